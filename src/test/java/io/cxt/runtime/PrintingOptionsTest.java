package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.LogRecorder;
import java.util.List;
import java.util.Map;
import org.apache.camel.main.MainConfigurationProperties;
import org.junit.jupiter.api.Test;

/** Options of Camel that may print a chat or the token are warned of, and tracing is refused. */
class PrintingOptionsTest {
    private final MainConfigurationProperties options = new MainConfigurationProperties();

    private List<String> warned() {
        try (LogRecorder log = LogRecorder.install()) {
            PrintingOptions.check(options);
            return log.lines().stream()
                    .filter(line -> line.startsWith("option of camel option="))
                    .map(line -> line.split("[= ]")[4])
                    .toList();
        }
    }

    @Test
    void each_is_warned_of() {
        options.setAutoConfigurationLogSummary(false);
        options.setLogDebugMaxChars(-1);
        assertThat(warned()).isEmpty();
        Map<Runnable, String> each = Map.of(
                () -> options.setTracingStandby(true), "camel.main.tracingStandby",
                () -> options.tracerConfig().setEnabled(true), "camel.trace.enabled",
                () -> options.debuggerConfig().setEnabled(true), "camel.debug.enabled",
                () -> options.setMessageHistory(true), "camel.main.messageHistory",
                () -> options.setLogExhaustedMessageBody(true), "camel.main.logExhaustedMessageBody",
                () -> options.setLogDebugMaxChars(100), "camel.main.logDebugMaxChars",
                () -> options.setDumpRoutes("yaml"), "camel.main.dumpRoutes",
                () -> options.setAutoConfigurationLogSummary(true), "camel.main.autoConfigurationLogSummary");
        each.forEach((set, name) -> {
            set.run();
            assertThat(warned()).contains(name);
        });
        assertThat(warned()).hasSameSizeAs(each.keySet());
    }

    @Test
    void tracing_is_refused() {
        options.setTracing(true);

        assertThatThrownBy(() -> PrintingOptions.check(options))
                .hasMessageContaining("camel.main.tracing is true: Camel would print the token, ids and chats")
                .hasMessageContaining("Remove it");
    }
}
