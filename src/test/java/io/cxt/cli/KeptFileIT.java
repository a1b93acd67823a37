package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.SharedClasses;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/cxt} keeps between starts: made by a rehearsal, used when it can be trusted, else done without. */
@Tag("slow")
class KeptFileIT {
    private static final String FROM_THE_FILE = "io.cxt.Main source: shared objects file";

    @TempDir
    private static Path folder;

    private static Path kept;
    private static Path library;

    private record Ended(int exit, String out) {}

    @BeforeAll
    static void rehearse() throws Exception {
        install();
        Ended rehearsal = cxt("", "rehearse");

        assertThat(rehearsal.exit()).as(rehearsal.out()).isZero();
        kept = inCache("*.{jsa,aot}");
        library = inCache("*.library");
    }

    @Test
    void the_next_start_takes_its_classes_from_it() throws Exception {
        assertThat(start()).contains(FROM_THE_FILE);
    }

    @Test
    void one_that_was_cut_off_is_not_used_and_does_no_harm() throws Exception {
        Path whole = Files.copy(kept, folder.resolve("whole"));
        try (FileChannel file = FileChannel.open(kept, StandardOpenOption.WRITE)) {
            file.truncate(1_000_000);
        }

        String started = start();

        Files.move(whole, kept, StandardCopyOption.REPLACE_EXISTING);
        assertThat(started).doesNotContain(FROM_THE_FILE);
    }

    @Test
    void one_that_others_can_write_is_not_used() throws Exception {
        assertThat(startWith(kept, "rw-rw-rw-")).doesNotContain(FROM_THE_FILE);
        assertThat(startWith(kept.getParent(), "rwxrwxr-x")).doesNotContain(FROM_THE_FILE);
        assertThat(start()).contains(FROM_THE_FILE);
    }

    @Test
    void a_library_that_others_can_write_is_not_used() throws Exception {
        String name = library.getFileName().toString();

        assertThat(start()).contains(name);
        assertThat(startWith(library, "rw-rw-r--")).doesNotContain(name);
    }

    @Test
    void without_it_where_that_is_asked_for() throws Exception {
        assertThat(cxt("off", "--version").out()).contains("cxt ").doesNotContain(FROM_THE_FILE);
    }

    private static String start() throws Exception {
        Ended started = cxt("", "--version");
        assertThat(started.exit()).as(started.out()).isZero();
        return started.out();
    }

    private static String startWith(Path path, String permissions) throws Exception {
        var before = Files.getPosixFilePermissions(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        try {
            return start();
        } finally {
            Files.setPosixFilePermissions(path, before);
        }
    }

    /** Says each class and where it came from, and with which options Java was started. */
    private static Ended cxt(String cache, String verb) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(folder.resolve("bin/cxt").toString(), verb).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", folder.resolve("tools") + File.pathSeparator + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("CXT_HOME", Path.of("").toAbsolutePath().toString());
        builder.environment().put("DATA_DIR", folder.resolve("data").toString());
        builder.environment().put("CXT_CACHE", cache);
        builder.environment().put("JAVA_OPTS", "-Xlog:class+load -XshowSettings:properties -XX:TieredStopAtLevel=1");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes());
        return new Ended(process.waitFor(), out);
    }

    private static Path inCache(String name) throws IOException {
        try (var found = Files.newDirectoryStream(folder.resolve("cache"), name)) {
            return found.iterator().next();
        }
    }

    /** As the distribution is laid out; its class path is this test's. */
    private static void install() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("data"));
        // beside other tests a rehearsal that gives way would take minutes
        Path nice = Files.createDirectories(folder.resolve("tools")).resolve("nice");
        Files.writeString(nice, "#!/bin/sh\nshift 2\nexec \"$@\"\n");
        Files.setPosixFilePermissions(nice, PosixFilePermissions.fromString("rwx------"));
        Files.copy(Path.of("src/main/dist/bin/cxt"), folder.resolve("bin/cxt"), StandardCopyOption.COPY_ATTRIBUTES);
        SharedClasses.jar(Path.of("target/classes"), folder.resolve("lib/cxt.jar"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            if (Files.isRegularFile(jar)) {
                Files.copy(jar, folder.resolve("lib").resolve(jar.getFileName()));
            }
        }
    }
}
