package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.archive.Report;
import io.cxt.fixture.Await;
import io.cxt.fixture.Parts;
import io.cxt.fixture.Transcripts;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Part;
import io.cxt.transcript.ReadingOptions;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class WaitingTranscriptsTest {
    private static final int ROUNDS = 3;

    @TempDir
    Path data;

    private record Nothing() implements Source {
        @Override
        public String pickup() {
            return "file";
        }

        @Override
        public String name() {
            return "chats.ndjson";
        }

        @Override
        public long bytes() {
            return 10;
        }

        @Override
        public EntryReader open(@Nullable ReplayedLetter letter, ReadingOptions options) {
            throw new UnsupportedOperationException("it is read already");
        }
    }

    /** Those that go on wait again and again: they must not queue up behind those that are new. */
    @Test
    void more_than_there_are_places_for_all_come_through() throws Exception {
        Path folder = data.resolve("waiting");
        SourceReading reading = new SourceReading(
                "reading-1", new Nothing(), new Report(data, "chats.ndjson"), 0, null, ByteBudget.Share.NONE);
        Part part = Parts.part("chat", "hello");
        Map<TranscriptInFlight, AtomicInteger> rounds = new ConcurrentHashMap<>();
        try (WaitingTranscripts waiting = new WaitingTranscripts(folder, ReadingOptions.DEFAULT, 1, 2)) {
            waiting.resumeWith(transcript -> {
                if (rounds.computeIfAbsent(transcript, none -> new AtomicInteger())
                                .incrementAndGet()
                        < ROUNDS) {
                    transcript.waitFor(part, System.nanoTime());
                } else {
                    transcript.cut(1);
                    transcript.sent(Outcome.SENT, "1");
                }
                transcript.routeEnded();
            });
            for (int i = 1; i <= 50; i++) { // the readers of sources
                Entry entry = new Entry(i, i, new byte[3], Transcripts.valid(), List.of(), List.of(), 0);
                TranscriptInFlight transcript = new TranscriptInFlight(
                        reading, reading.origin(entry), entry, entry.transcript(), ByteBudget.Share.NONE, waiting);
                reading.begin(transcript);
                transcript.waitFor(part, System.nanoTime());
                transcript.routeEnded();
            }

            Await.until(() -> reading.tally().of(Outcome.SENT) == 50, Duration.ofSeconds(50));

            assertThat(rounds.values()).hasSize(50).allMatch(times -> times.get() == ROUNDS);
            assertThat(waiting.count()).isZero();
            try (var left = Files.list(folder)) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void beyond_the_places_the_reader_of_a_source_waits_and_a_stop_leaves_all_undecided() throws Exception {
        Path folder = data.resolve("waiting");
        SourceReading reading = new SourceReading(
                "reading-1", new Nothing(), new Report(data, "chats.ndjson"), 0, null, ByteBudget.Share.NONE);
        Set<TranscriptInFlight> resumed = ConcurrentHashMap.newKeySet();
        Path ofAnEarlierProcess =
                Files.writeString(Files.createDirectory(folder).resolve("7"), "{}");
        try (WaitingTranscripts waiting = new WaitingTranscripts(folder, ReadingOptions.DEFAULT, 1, 2)) {
            assertThat(ofAnEarlierProcess).doesNotExist();
            waiting.resumeWith(resumed::add);
            waits(waiting, reading, 1);
            waits(waiting, reading, 2);
            Thread third = new Thread(() -> waits(waiting, reading, 3));
            third.start();
            Await.until(() -> third.getState() == Thread.State.WAITING, Duration.ofSeconds(50));
            assertThat(waiting.count()).isEqualTo(2);
            assertThat(resumed).isEmpty();
            assertThat(reading.brokenOff()).isNull();

            waiting.stop();

            third.join(); // it has a place now, and ends as the others
            assertThat(waiting.count()).isZero();
            assertThat(reading.brokenOff()).isEqualTo(Intake.STOPPING);
            assertThat(resumed).isEmpty();
        }
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    /** They wait for it, so it must not wait for what they hold. */
    @Test
    @Tag("fault-161")
    void one_that_goes_on_does_not_wait_for_the_memory_of_those_behind_it() throws Exception {
        SourceReading reading = new SourceReading(
                "reading-1", new Nothing(), new Report(data, "chats.ndjson"), 0, null, ByteBudget.Share.NONE);
        ByteBudget budget = new ByteBudget(1 << 20, 2);
        CountDownLatch allTaken = new CountDownLatch(1);
        try (WaitingTranscripts waiting = new WaitingTranscripts(data.resolve("waiting"), ReadingOptions.DEFAULT, 1)) {
            waiting.resumeWith(transcript -> {
                transcript.cut(1);
                transcript.sent(Outcome.SENT, "1");
                transcript.routeEnded();
            });
            waiting.threads().submit(() -> allTaken.await(1, TimeUnit.HOURS));
            TranscriptInFlight first = begun(waiting, reading, 1, budget);
            first.waitFor(Parts.part("chat", "hello"), System.nanoTime());
            first.routeEnded();
            TranscriptInFlight second = begun(waiting, reading, 2, budget);
            begun(waiting, reading, 3, budget);
            allTaken.countDown();

            Await.until(() -> first.outcome() == Outcome.SENT, Duration.ofSeconds(60));
            second.awaitTurn();
        }
    }

    @Test
    @Tag("fault-162")
    void nothing_is_left_of_one_that_cannot_be_written() {
        Entry entry = new Entry(1, 1, new byte[3], Transcripts.valid(), List.of(), List.of(), 0);
        Path file = data.resolve("1");

        Thread.currentThread().interrupt(); // the disk takes nothing more
        try {
            assertThatThrownBy(() -> ShelvedContent.write(file, entry, Transcripts.valid()))
                    .isInstanceOf(ClosedByInterruptException.class);
        } finally {
            Thread.interrupted();
        }

        assertThat(file).doesNotExist();
    }

    private static TranscriptInFlight begun(
            WaitingTranscripts waiting, SourceReading reading, int index, ByteBudget budget) throws Exception {
        Entry entry = new Entry(index, index, new byte[3], Transcripts.valid(), List.of(), List.of(), 0);
        ByteBudget.Share share = budget.share(3);
        share.take();
        TranscriptInFlight transcript =
                new TranscriptInFlight(reading, reading.origin(entry), entry, entry.transcript(), share, waiting);
        reading.begin(transcript);
        return transcript;
    }

    /** Until an hour from now. */
    private static void waits(WaitingTranscripts waiting, SourceReading reading, int index) {
        Entry entry = new Entry(index, index, new byte[3], Transcripts.valid(), List.of(), List.of(), 0);
        TranscriptInFlight transcript = new TranscriptInFlight(
                reading, reading.origin(entry), entry, entry.transcript(), ByteBudget.Share.NONE, waiting);
        reading.begin(transcript);
        transcript.waitFor(
                Parts.part("chat", "hello"),
                System.nanoTime() + Duration.ofHours(1).toNanos());
        transcript.routeEnded();
    }
}
