package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The alerts of config/monitoring do what their tests say; promtool is part of Prometheus. */
class MonitoringIT {
    @Test
    void alerts_fire_when_they_should_and_not_before() throws Exception {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));
        assumeTrue(installed, "no promtool: the alerts are not tried");

        Process promtool = new ProcessBuilder("promtool", "test", "rules", "src/test/monitoring/cxt-alerts-test.yaml")
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(promtool.waitFor()).as(said).isZero();
    }
}
