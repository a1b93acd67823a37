package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** config/cxt.service and what docs/operations.md says of it; and the log events of the program. */
class OperationsPageTest {
    private static final Path UNIT = Path.of("config/cxt.service");

    private static final Pattern CALL =
            Pattern.compile("LOG\\.(?:info|warn|error)\\(\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)");
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern KEY = Pattern.compile("(?:^| )([a-z][a-z.-]*)=(?=\\{}|\\\\\"|\\w)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*`) \\| (?:INFO|WARN|ERROR) \\| ([^|]*)\\|");

    @TempDir
    Path folder;

    @Test
    void systemd_has_nothing_to_say_about_the_unit() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")));
        Path unit = folder.resolve("cxt.service");
        Files.writeString(unit, Files.readString(UNIT).replace("/opt/cxt/bin/cxt", "/bin/true"));

        Process verify = new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(verify.waitFor()).isZero();
    }

    @Test
    void a_stop_is_no_failure_and_a_wrong_configuration_is_not_started_again() throws Exception {
        String page = Files.readString(Path.of("docs/operations.md"));

        assertThat(Files.readString(UNIT))
                .contains("SuccessExitStatus=130", "RestartPreventExitStatus=2 3", "TimeoutStopSec=30", "UMask=0077")
                .contains("LoadCredential=client-secret:/etc/cxt/client-secret")
                .contains("CXONE_CLIENT_SECRET_FILE=%d/client-secret");
        assertThat(page).contains("/etc/cxt/client-secret", "`/var/lib/cxt`", "terminationGracePeriodSeconds: 30");
    }

    @Test
    void each_log_event_is_on_the_page_with_its_keys() throws Exception {
        String page = Files.readString(Path.of("docs/operations.md"));
        List<MatchResult> rows = ROW.matcher(page).results().toList();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                for (String line : lines(Files.readString(file))) {
                    assertThat(rows.stream().filter(row -> begins(line, row.group(1))))
                            .as("%s logs: %s", file.getFileName(), line)
                            .isNotEmpty()
                            .anySatisfy(row -> assertThat(words(row.group(2)))
                                    .containsAll(KEY.matcher(line)
                                            .results()
                                            .map(key -> key.group(1))
                                            .toList()));
                }
            }
        }
    }

    /** What is logged, without the lines whose first word is a variable. */
    private static List<String> lines(String source) {
        return CALL.matcher(source)
                .results()
                .map(call -> TEXT.matcher(call.group(1))
                        .results()
                        .map(part -> part.group(1))
                        .collect(Collectors.joining()))
                .filter(line -> !line.startsWith("{}"))
                .toList();
    }

    private static boolean begins(String line, String events) {
        return Arrays.stream(events.split("`"))
                .filter(event -> event.matches("\\w.*"))
                .map(event -> event.replace("cannot be deleted", "cannot be {}"))
                .anyMatch(event -> (line + " ").startsWith(event + " ")
                        || line.startsWith(event + ";")
                        || line.startsWith(event + "="));
    }

    private static List<String> words(String fields) {
        return List.of(fields.replaceAll("[`,]", "").split("\\s+"));
    }
}
