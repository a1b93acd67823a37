package io.cxt.cli;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @TempDir
    Path data;

    @Test
    @Tag("fault-124")
    void a_pause_has_its_reason_and_the_last_line_says_that_all_is_done() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-wait-ms", "3600000")) {
            Progress progress = progress(cxt);
            cxone.next(Fault.tooManyRequests("3000"));
            cxt.put("chats.ndjson", lines("chat", 40).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().pausedFor().toSeconds() > 2_000);

            shows(cxt, progress, ", paused [0-9]+ s, HTTP 429 from CXone");
            progress.end(false);
            assertThat(said()).doesNotContain("left").doesNotContain("100%");
            progress.end(true);
            assertThat(said()).contains("share=100%").doesNotContain("left").doesNotContain("paused");
        }
    }

    /** A pause begins a moment before its reason is known. */
    private String shows(RunningCxt cxt, Progress progress, String words) {
        AtomicReference<String> said = new AtomicReference<>("");
        cxt.awaits(() -> {
            progress.show();
            said.set(said());
            return Pattern.compile(words).matcher(said.get()).find();
        });
        return said.get();
    }

    @Test
    @Tag("fault-124")
    void a_pause_after_failed_calls_is_not_said_to_be_what_cxone_asked_for() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "20")) {
            Progress progress = progress(cxt);
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.resetBeforeBody(), 100)));
            cxt.put("chats.ndjson", lines("chat", 40).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> cxt.engine().components().lane().pausedFor().toMillis() > 600);

            assertThat(shows(cxt, progress, "half of the last calls failed")).doesNotContain("by CXone");
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        }
    }

    private Progress progress(RunningCxt cxt) {
        return new Progress(
                cxt.engine().components(), false, Duration.ZERO, new PrintStream(shown, true, StandardCharsets.UTF_8));
    }

    private String said() {
        String text = shown.toString(StandardCharsets.UTF_8);
        shown.reset();
        return text;
    }
}
