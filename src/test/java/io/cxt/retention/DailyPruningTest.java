package io.cxt.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.FeedSource;
import io.cxt.fixture.SteppedClock;
import io.cxt.ledger.Book;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is past its time goes once a day, at that time, beside a ledger that is in use. */
class DailyPruningTest {
    @TempDir
    Path folder;

    private final SteppedClock clock = new SteppedClock(Instant.now());

    @Test
    void it_goes_once_a_day_and_is_on_record() throws Exception {
        try (Book book = Book.open(folder);
                FeedSource feed = book.ledger.feedSource()) {
            feed.createTable();
            try (Connection connection = feed.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO audit_record (delivery_key, status, interaction_id, part, parts,"
                        + " archive_success, timestamp) VALUES ('a', 'injected', 'a', 1, 1, 1, '" + clock.instant()
                        + "')");
            }
            Path report = Files.createDirectories(folder.resolve("reports")).resolve("a.report.json");
            Files.writeString(report, "{}");
            RetentionSettings.Daily daily = new RetentionSettings.Daily(LocalTime.of(3, 0), ZoneOffset.UTC);
            RetentionSettings settings = new RetentionSettings(
                    Map.of(Kept.REPORTS, 1, Kept.FEED, 1),
                    daily,
                    folder,
                    folder.resolve("inbox"),
                    folder.resolve("archive"),
                    List.of());

            try (DailyPruning pruning =
                    new DailyPruning(settings, daily, Book.settings(folder), book.ledger.instance(), feed, clock)) {
                clock.set(daily.after(clock.instant()).minusMillis(1));
                pruning.look();
                assertThat(report).exists();

                clock.set(daily.after(clock.instant().plus(Duration.ofDays(2))));
                pruning.look();
                assertThat(report).doesNotExist();
                assertThat(book.rows("SELECT count(*) FROM audit_record")).containsExactly("0");
                assertThat(book.rows("SELECT actor, reason FROM audit_event WHERE event = 'PRUNED' ORDER BY reason"))
                        .containsExactly("cxt feed", "cxt reports");

                Files.writeString(report, "{}");
                clock.set(clock.instant().plusSeconds(60));
                pruning.look();
                assertThat(report).exists(); // not twice on a day
            }
        }
    }
}
