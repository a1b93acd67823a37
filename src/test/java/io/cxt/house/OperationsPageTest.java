package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** config/cxt.service and what docs/operations.md says of it. */
class OperationsPageTest {
    private static final Path UNIT = Path.of("config/cxt.service");

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
}
