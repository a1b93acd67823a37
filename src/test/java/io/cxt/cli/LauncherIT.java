package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two scripts {@code cxt}, in each shell that is here, with a Java and a Maven that only say that they were called. */
@Timeout(120)
class LauncherIT {
    @TempDir
    Path folder;

    private Path rehearsal;

    private record Ended(int exit, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        Path script = folder.resolve("bin/cxt");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of("src/main/dist/bin/cxt"), script, StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(folder.resolve("lib"));
        Files.createFile(folder.resolve("lib/cxt.jar"));
        rehearsal = folder.resolve("rehearsal");
        program(
                "java/bin/java",
                "case \"$*\" in",
                "*'Main rehearse /'*) : >'%1$s.begun'; read go <'%1$s'; : >'%1$s.ended'; exit 1 ;;"
                        .formatted(rehearsal),
                "-version) echo 'openjdk version \"11.0.2\" 2019-01-15' >&2 ;;",
                "*) echo started; ls /proc/$$/fd | tr '\\n' ' ' ;;",
                "esac");
        program("path/awk", "exit 0"); // there is room for a rehearsal
        program("path/mvn", "echo built; mkdir -p target/cxt/bin");
        release("17.0.2");
    }

    private void program(String name, String... lines) throws IOException {
        Path program = folder.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void release(String version) throws IOException {
        Files.writeString(
                folder.resolve("java/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    }

    private Process start(String... line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", folder.resolve("path") + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", folder.resolve("java").toString());
        return builder.start();
    }

    /** Both streams to their ends, as a pipe and ssh read them. */
    private Ended run(String... line) throws Exception {
        Process process = start(line);
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> all(process.inputReader()));
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> all(process.errorReader()));
        return new Ended(process.waitFor(), out.get(20, TimeUnit.SECONDS), err.get(20, TimeUnit.SECONDS));
    }

    private static String all(BufferedReader from) {
        return String.join("\n", from.lines().toList());
    }

    private static List<String> shells() {
        return List.of("dash", "bash", "ksh", "busybox").stream()
                .filter(shell ->
                        Files.isExecutable(Path.of("/bin", shell)) || Files.isExecutable(Path.of("/usr/bin", shell)))
                .toList();
    }

    private String[] in(String shell, String... arguments) {
        List<String> line = new ArrayList<>(List.of(shell));
        if (shell.equals("busybox")) {
            line.add("sh");
        }
        line.addAll(List.of(arguments));
        return line.toArray(String[]::new);
    }

    @Test
    @Tag("fault-118")
    void the_first_command_in_a_pipe_ends_while_the_rehearsal_goes_on() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", rehearsal.toString()).start().waitFor())
                .isZero();
        for (String shell : shells()) {
            try (RandomAccessFile go = new RandomAccessFile(rehearsal.toFile(), "rw")) {
                try {
                    Ended ended = run(in(shell, "-c", String.join(" ", in(shell, "bin/cxt status 3>&1 9>&1"))));

                    assertThat(ended.out()).as(shell).startsWith("started");
                    assertThat(folder.resolve("rehearsal.ended")).doesNotExist();
                } finally {
                    Await.until(() -> Files.exists(folder.resolve("rehearsal.begun")), Duration.ofSeconds(20));
                    go.writeBytes("go\n");
                    Await.until(() -> Files.exists(folder.resolve("rehearsal.ended")), Duration.ofSeconds(20));
                }
            }
            Files.delete(folder.resolve("rehearsal.ended"));
            Files.delete(folder.resolve("rehearsal.begun"));
            assertThat(new ProcessBuilder("rm", "-rf", folder.resolve("cache").toString())
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    @Test
    @Tag("fault-118")
    void rehearse_takes_no_arguments_and_help_is_help() throws Exception {
        for (String shell : shells()) {
            assertThat(run(in(shell, "bin/cxt", "rehearse", "--help")).out()).startsWith("started");
            Ended ended = run(in(shell, "bin/cxt", "rehearse", "folder"));

            assertThat(ended.exit()).isEqualTo(2);
            assertThat(ended.err()).contains("takes no arguments", "cxt rehearse --help");
        }
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @CsvSource({"11.0.2, 11", "1.8.0_392, 8", "9, 9", "16-ea, 16", "none, 11"})
    @Tag("fault-123")
    @ParameterizedTest
    void a_java_that_is_too_old_is_named(String release, String version) throws Exception {
        release(release);
        if (release.equals("none")) {
            Files.delete(folder.resolve("java/release"));
        }

        Ended ended = run("bin/cxt", "status");

        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.err())
                .contains("needs Java 17 or newer; " + folder.resolve("java/bin/java") + " is Java " + version + ". ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    @Tag("fault-123")
    void a_java_home_without_java_is_named_with_what_to_do() throws Exception {
        Files.delete(folder.resolve("java/bin/java"));

        Ended ended = run("bin/cxt", "status");

        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.err()).contains("JAVA_HOME is " + folder.resolve("java"), "or unset it");
    }

    /** Else the next file that Java opens has the number, for example the ledger, and the answer is written into it. */
    @Test
    @Tag("fault-123")
    void a_stream_that_is_closed_is_opened_on_nothing() throws Exception {
        for (String shell : shells()) {
            Ended ended = run(in(shell, "-c", String.join(" ", in(shell, "bin/cxt -V 2>fds <&- 1>&2 2>&-; cat fds"))));

            assertThat(ended.out().split("\\s+")).as(shell).contains("started", "0", "1", "2");
        }
    }

    @Test
    @Tag("fault-118")
    void in_a_checkout_the_program_is_built_again_and_routes_and_settings_are_read_where_they_are() throws Exception {
        Files.copy(Path.of("cxt"), folder.resolve("cxt"), StandardCopyOption.COPY_ATTRIBUTES);
        program("target/cxt/bin/cxt", "echo \"home $CXT_HOME\"");
        for (String file : List.of("pom.xml", "src/main/java/A.java", "routes/a.camel.yaml", "config/a.properties")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.createFile(folder.resolve(file));
            boolean program = file.startsWith("pom") || file.startsWith("src");
            Files.setLastModifiedTime(
                    folder.resolve(file),
                    FileTime.from(
                            program
                                    ? Instant.now().minusSeconds(60)
                                    : Instant.now().plusSeconds(60)));
        }

        assertThat(run("./cxt", "status").out()).isEqualTo("home " + folder.toRealPath());

        Files.setLastModifiedTime(
                folder.resolve("src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run("./cxt", "status").err()).contains("built");
    }
}
