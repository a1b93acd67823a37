package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.archive.Report;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.ledger.Ledger;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private record OnDisk() implements Source {
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
        return new SourceReading(id, new OnDisk(), new Report(data, "chats.json"), 0, false, ByteBudget.Share.NONE);
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
                Duration.ofSeconds(30)); // nobody waits for the disk
        assertThat(ledger.view().status().undecided()).singleElement().satisfies(one -> assertThat(one.why())
                .contains("route=r step=s"));
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
                Duration.ofSeconds(30)); // nobody waits for the disk

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
}
