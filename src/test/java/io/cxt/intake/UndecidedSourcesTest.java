package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.archive.Report;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.files.FolderUnavailableException;
import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Parts;
import io.cxt.fixture.Transcripts;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.pace.LaneClosedException;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class UndecidedSourcesTest {
    @TempDir
    Path data;

    private Ledger ledger;
    private UndecidedSources undecided;
    private String id;

    @BeforeEach
    void openLedger() {
        ledger = Ledger.open(
                new LedgerSettings("jdbc:sqlite:" + data.resolve("ledger.db"), null, null, data),
                "config",
                true,
                Clock.systemUTC());
        undecided = new UndecidedSources(ledger.intakes(), () -> false);
        id = ledger.intakes().open("file", "chats.json", 10);
    }

    @AfterEach
    void closeLedger() {
        ledger.close();
    }

    private static class OnDisk implements Source {
        @Override
        public String pickup() {
            return "file";
        }

        @Override
        public String name() {
            return "chats.json";
        }

        @Override
        public long bytes() {
            return 10;
        }

        @Override
        public EntryReader open(@Nullable ReplayedLetter letter, ReadingOptions options) throws IOException {
            throw new IOException("Input/output error");
        }
    }

    private SourceReading reading() {
        return new SourceReading(id, new OnDisk(), new Report(data, "chats.json"), 0, null, ByteBudget.Share.NONE);
    }

    @Test
    @Tag("fault-70")
    void a_step_that_fails_is_waited_for_ever_longer_and_told_ever_more_rarely_and_never_given_up() {
        try (LogRecorder log = LogRecorder.install()) {
            assertThat(LongStream.rangeClosed(1, 9).map(round -> {
                        SourceReading reading = reading();
                        undecided.breakOff(reading, null, new IllegalStateException("of theirs"), " route=r step=s");
                        assertThat(undecided.isBeyondHelp(reading)).isFalse();
                        assertThat(undecided.hopeless("file", "chats.json")).isEqualTo(round >= 5);
                        return undecided.untilNext(reading).toSeconds();
                    }))
                    .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);

            assertThat(log.lines().stream().filter(line -> line.contains("route=r step=s")))
                    .hasSize(4)
                    .noneMatch(line -> line.contains("of theirs"));
        }
        Await.until(
                () -> ledger.view().status().undecided().size() == 1,
                Duration.ofSeconds(60)); // nobody waits for the disk
        assertThat(ledger.view().status().undecided()).singleElement().satisfies(one -> assertThat(one.why())
                .contains("route=r step=s"));
        ledger.note(Type.STOPPED, null); // behind all others
        List<String> recorded = new ArrayList<>();
        ledger.view().audit().events(AuditQuery.ALL, event -> recorded.add(event.event()));
        assertThat(recorded).containsExactly("INTAKE_OPENED", "INTAKE_FAILED", "STOPPED");
    }

    @Test
    @Tag("fault-70")
    void a_file_that_its_disk_does_not_give_back_is_given_up_after_five_readings_and_counts_until_it_is_read() {
        for (int round = 1; round <= 5; round++) {
            SourceReading reading = reading();
            undecided.unreadable(reading, new IOException("Input/output error"));
            assertThat(undecided.isBeyondHelp(reading)).isEqualTo(round == 5);
        }
        Await.until(
                () -> ledger.view().status().undecided().size() == 1,
                Duration.ofSeconds(60)); // nobody waits for the disk

        ledger.intakes().close(id, "chats.json", 1, "read=1");

        assertThat(ledger.view().status().undecided()).isEmpty();
    }

    @Test
    void a_file_that_cannot_be_opened_for_now_is_not_given_up() {
        for (int round = 1; round <= 9; round++) {
            SourceReading reading = reading();
            undecided.unreadable(reading, new FileSystemException("chats.json", null, "Too many open files"));
            assertThat(undecided.isBeyondHelp(reading)).isFalse();
        }
    }

    /** As where the records of an export are sorted into temporary files while it is read. */
    @Test
    @Tag("fault-148")
    void a_file_that_can_be_read_is_not_given_up_because_a_folder_of_ours_is_full() throws IOException {
        Path inTheWay = Files.createFile(data.resolve("tmp"));
        try (LogRecorder log = LogRecorder.install()) {
            for (int round = 1; round <= 9; round++) {
                SourceReading reading = reading();
                undecided.unreadable(
                        reading, FolderUnavailableException.of(inTheWay, new IOException("No space left on device")));
                assertThat(undecided.isBeyondHelp(reading)).isFalse();
            }
            assertThat(log.lines().stream().filter(line -> line.contains("next=")))
                    .hasSize(4)
                    .allMatch(line -> line.contains("next=\"move it away; the source stays and is read again\""));
        }
    }

    @Test
    @Tag("fault-162")
    void a_chat_that_cannot_be_kept_while_it_waits_is_told_with_what_helps() throws Exception {
        Path folder = data.resolve("waiting");
        try (LogRecorder log = LogRecorder.install();
                WaitingTranscripts waiting = new WaitingTranscripts(folder, ReadingOptions.DEFAULT, 1)) {
            waiting.failWith(undecided::notKept);
            Files.delete(folder);
            Files.writeString(folder, "in the way");
            waitsAndEnds(waiting, List.of(), 0);
            Files.delete(folder);

            assertThat(undecided.all()).singleElement().satisfies(one -> assertThat(one.why())
                    .contains("waiting' is in the way"));
            assertThat(log.lines()).anyMatch(line -> line.contains("next=\"move it away; the source stays"));
        }
    }

    @Test
    void a_chat_that_waited_and_is_not_there_any_more_is_told() throws Exception {
        Path folder = data.resolve("waiting");
        CountDownLatch removed = new CountDownLatch(1);
        try (WaitingTranscripts waiting = new WaitingTranscripts(folder, ReadingOptions.DEFAULT, 1)) {
            waiting.failWith(undecided::notKept);
            waiting.threads().submit(() -> removed.await(1, TimeUnit.HOURS));
            SourceReading reading = waits(waiting, List.of(), 0);
            DurableFiles.empty(folder);
            removed.countDown();
            reading.transcripts().await();

            assertThat(undecided.all()).hasSize(1);
        }
    }

    @Test
    void an_error_of_ours_while_a_chat_is_kept_leaves_nobody_waiting() throws Exception {
        List<String> notes = new AbstractList<>() {
            @Override
            public String get(int index) {
                throw new StackOverflowError();
            }

            @Override
            public int size() {
                return 1;
            }
        };
        try (WaitingTranscripts waiting = new WaitingTranscripts(data.resolve("waiting"), ReadingOptions.DEFAULT, 1)) {
            waiting.failWith(undecided::notKept);

            waitsAndEnds(waiting, notes, Duration.ofHours(1).toNanos());

            assertThat(undecided.all()).hasSize(1);
            assertThat(waiting.count()).isZero();
        }
    }

    private void waitsAndEnds(WaitingTranscripts waiting, List<String> notes, long nanos) throws InterruptedException {
        waits(waiting, notes, nanos).transcripts().await();
    }

    private SourceReading waits(WaitingTranscripts waiting, List<String> notes, long nanos) {
        SourceReading reading = reading();
        Entry entry = new Entry(1, 1, new byte[3], Transcripts.valid(), List.of(), notes, 0);
        TranscriptInFlight transcript = new TranscriptInFlight(
                reading, reading.origin(entry), entry, entry.transcript(), ByteBudget.Share.NONE, waiting);
        reading.begin(transcript);
        transcript.waitFor(Parts.part("chat", "hello"), System.nanoTime() + nanos);
        transcript.routeEnded();
        return reading;
    }

    private SourceReading readingOf(Source source) {
        return new SourceReading(id, source, new Report(data, "chats.json"), 0, null, ByteBudget.Share.NONE);
    }

    private static Source source(@Nullable String mayNotBeRead, boolean comesAgain) {
        return new OnDisk() {
            @Override
            public @Nullable String mayNotBeRead() {
                return mayNotBeRead;
            }

            @Override
            public boolean comesAgain() {
                return comesAgain;
            }
        };
    }

    @Test
    void another_reason_begins_a_new_count_and_what_is_decided_has_none() {
        SourceReading reading = reading();
        for (int round = 1; round <= 3; round++) {
            reading = reading();
            undecided.breakOff(reading, null, new IllegalStateException(), " step=one");
        }
        assertThat(undecided.untilNext(reading)).isEqualTo(Duration.ofSeconds(4));

        reading = reading();
        undecided.breakOff(reading, null, new IllegalStateException(), " step=two");
        undecided.breakOff(reading, null, new IllegalStateException(), " step=three"); // the first one counts

        assertThat(undecided.untilNext(reading)).isEqualTo(Duration.ofSeconds(1));
        assertThat(undecided.all()).singleElement().satisfies(one -> {
            assertThat(one.why()).endsWith("step=two");
            assertThat(one.readings()).isEqualTo(1);
            assertThat(one.kind()).isEqualTo(UndecidedSources.Kind.STEP);
        });
        undecided.decided(reading);
        assertThat(undecided.all()).isEmpty();
        undecided.forGood("file", "chats.json", "it is gone");
        undecided.decided(reading);
        assertThat(undecided.all()).singleElement().returns("it is gone", UndecidedSources.Broken::why);
    }

    @Test
    void what_waits_for_the_lane_or_the_ledger_is_no_fault_of_the_source() {
        for (Exception passing :
                List.of(new LaneClosedException("the lane is closed"), new LedgerException("the disk is full", null))) {
            SourceReading reading = reading();

            undecided.breakOff(reading, null, passing, " step=one");

            assertThat(reading.brokenOff()).isEqualTo(passing.getMessage());
            assertThat(undecided.untilNext(reading)).isEqualTo(Duration.ofSeconds(1));
            assertThat(undecided.isBeyondHelp(reading)).isFalse();
        }
        assertThat(undecided.all()).isEmpty();
        assertThat(undecided.hopeless("file", "chats.json")).isFalse();
        SourceReading reading = reading();
        new UndecidedSources(ledger.intakes(), () -> true)
                .breakOff(reading, null, new LaneClosedException("the lane is closed"), "");
        assertThat(reading.brokenOff()).isEqualTo(Intake.STOPPING);
    }

    @Test
    void a_file_that_may_not_be_read_is_tried_each_minute_and_told_once() {
        try (LogRecorder log = LogRecorder.install()) {
            for (int round = 1; round <= 4; round++) {
                SourceReading reading = readingOf(source("of root: chmod o+r", true));
                undecided.unreadable(reading, new AccessDeniedException("chats.json"));
                assertThat(undecided.untilNext(reading)).isEqualTo(Duration.ofMinutes(1));
                assertThat(undecided.isBeyondHelp(reading)).isFalse();
                assertThat(undecided.hopeless("file", "chats.json")).isTrue();
            }
            assertThat(log.lines().stream().filter(line -> line.contains("may not be read")))
                    .singleElement()
                    .asString()
                    .contains("chmod o+r", "readings=1", "each minute");
        }
        SourceReading unknown = reading(); // by whom it could be read is not known
        undecided.unreadable(unknown, new AccessDeniedException("chats.json"));
        assertThat(undecided.untilNext(unknown)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void what_does_not_come_again_is_told_each_time_and_kept_by_nobody() {
        try (LogRecorder log = LogRecorder.install()) {
            for (int round = 1; round <= 3; round++) {
                undecided.breakOff(readingOf(source(null, false)), null, new IllegalStateException(), " step=one");
            }
            assertThat(log.lines().stream().filter(line -> line.contains("step=one")))
                    .hasSize(3)
                    .allMatch(line -> line.contains("readings=1"));
        }
        assertThat(undecided.all()).isEmpty();
    }

    @Test
    void a_file_that_is_not_fetched_is_on_record_once_and_left_alone_ever_longer() {
        try (LogRecorder log = LogRecorder.install()) {
            assertThat(notFetched("no such host", UndecidedSources.Kind.STEP)).isEqualTo(Duration.ofSeconds(1));
            for (int round = 1; round <= 3; round++) {
                assertThat(notFetched("timed out", UndecidedSources.Kind.STEP))
                        .isEqualTo(Duration.ofSeconds(1L << (round - 1)));
            }
            assertThat(notFetched("permission denied", UndecidedSources.Kind.PERSON))
                    .isEqualTo(Duration.ofMinutes(1));
            assertThat(log.lines().stream().filter(line -> line.startsWith("not fetched source=far.json")))
                    .hasSize(4)
                    .allMatch(line -> line.endsWith("next=\"look at it\""));
        }
        assertThat(undecided.hopeless("sftp", "far.json")).isTrue();
        assertThat(undecided.hopeless("sftp", "near.json")).isFalse();
        Await.until(() -> ledger.view().status().undecided().size() == 1, Duration.ofSeconds(60));

        assertThat(ledger.view().status().undecided()).singleElement().satisfies(one -> assertThat(one.why())
                .isEqualTo("no such host"));
    }

    private Duration notFetched(String why, UndecidedSources.Kind kind) {
        return undecided.notFetched("sftp", "far.json", why, kind, "look at it");
    }

    /** @param thrown by a step @return what the log says to do next */
    private String next(Throwable thrown) {
        try (LogRecorder log = LogRecorder.install()) {
            undecided.breakOff(reading(), null, thrown, "");
            return log.lines().stream()
                    .filter(line -> line.startsWith("broken off source=chats.json pickup=file"))
                    .map(line -> line.substring(line.indexOf("next=")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void the_log_says_what_helps() {
        assertThat(next(new IllegalStateException())).contains("for as long as it takes", "look at that step");
        assertThat(next(SiteStepException.forPerson("no such step"))).contains("correct the routes");
        assertThat(next(new LedgerException("the disk is full", null))).contains("when the ledger can be written");
    }
}
