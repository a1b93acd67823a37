package io.cxt.fault;

import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Await;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tenant that refuses everything for a while, over a backlog of thousands. */
@Timeout(300)
@ExtendWith(Verdicts.class)
@Tag("slow")
class StormIT {
    private static final int CHATS = 2_000;
    private static final int REFUSALS = 120;
    private static final int MARGIN_MB = 8;

    @TempDir
    Path data;

    @Test
    @Tag("fault-25")
    void memory_stays_flat_while_every_call_is_refused_and_then_each_transcript_is_sent_once() throws Exception {
        Fault[] storm = IntStream.range(0, REFUSALS)
                .mapToObj(i -> i % 4 == 0 ? Fault.tooManyRequests() : Fault.tooManyRequests("0"))
                .toArray(Fault[]::new);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-wait-ms", "100")) {
            cxone.next(storm);
            cxt.put("chats.ndjson", lines("chat", CHATS).getBytes(StandardCharsets.UTF_8));

            cxt.awaits(() -> cxone.counts().posts() >= REFUSALS / 8);
            long early = heapMb();
            cxt.awaits(() -> cxone.counts().posts() >= REFUSALS * 7 / 8);
            long late = heapMb();
            long sentMeanwhile = cxone.counts().accepted();
            Await.until(() -> cxt.files("inbox").equals(List.of(".done/chats.ndjson")), Duration.ofSeconds(150));

            assertThat(sentMeanwhile).isZero();
            assertThat(late).isLessThanOrEqualTo(early + MARGIN_MB);
            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(CHATS);
            assertThat(cxone.counts().repeats()).isZero();
            assertThat(cxone.counts().posts()).isEqualTo(CHATS + REFUSALS);
            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .containsExactly("SENT " + CHATS);
            Verdicts.add(
                    "429 for %d calls in a row, %d transcripts wait".formatted(REFUSALS, CHATS),
                    cxone.counts().posts(),
                    "SENT, each once; heap in use %d MB, then %d MB".formatted(early, late));
        }
    }

    /** In use after a collection of the whole heap. */
    private static long heapMb() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
    }
}
