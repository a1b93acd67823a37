package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.Verb;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** The balance of a day, source by source, and what is said when it does not come out. */
@OnEachDatabase
class DayIT {
    @Parameter
    Store store;

    /** Noon of the day in the test of a clock that is ahead. */
    private static final long FAR = Instant.parse("2126-12-30T12:00:00Z").toEpochMilli();

    @TempDir
    Path data;

    @Test
    void what_was_read_is_what_became_of_it_source_by_source() throws Exception {
        try (CommandSite site = CommandSite.of(data, store.settings(data))) {
            Files.writeString(data.resolve("inbox/a.ndjson"), lines("chat", 3) + chat("bad", 0, "") + "\n");
            Files.writeString(data.resolve("inbox/b.json"), chat("one"));
            site.cxt(1, "run", "--once");
            Files.writeString(data.resolve("inbox/c.json"), chat("one"));
            site.cxt(0, "run", "--once");
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            LocalDate day = site.rows("SELECT count(*) FROM audit_event WHERE at LIKE '" + today + "%'")
                            .contains("0")
                    ? today.minusDays(1)
                    : today;

            JsonNode json = new ObjectMapper()
                    .readTree(site.cxt(0, "day", day.toString(), "--zone", "UTC", "-o", "json")
                            .out());
            assertThat(json.at("/sources")).hasSize(3);
            assertThat(json.at("/sources/0/source").asText()).isEqualTo("c.json");
            assertThat(json.at("/total").toString())
                    .contains("\"read\":6,\"sent\":4,\"duplicate\":1,\"rejected\":1", "\"unexplained\":0");
            assertThat(json.at("/timeToDeliver/parts").asInt()).isEqualTo(4);
            assertThat(json.at("/timeToDeliver/longestMs").asLong())
                    .isGreaterThanOrEqualTo(json.at("/timeToDeliver/medianMs").asLong());

            assertThat(site.cxt(0, "day", day.toString()).out())
                    .containsPattern(" 3 +0 +1 +0.* 4 +0  a.ndjson")
                    .containsPattern(" 4 +1 +1 +0.* 6 +0  total of 3 sources")
                    .contains("pickup to answer of 4 parts");
            assertThat(site.cxt(0, "day", "2001-01-01").out()).contains("total of 0 sources", "of 0 parts");
            site.cxt(2, "day", "2001-13-01");
            site.cxt(2, "day", "--zone", "Nowhere");

            site.rows(
                    "UPDATE audit_event SET detail = replace(detail, 'sent=3', 'sent=2') WHERE event = 'INTAKE_CLOSED'");
            assertThat(site.cxt(6, "day", day.toString()).out()).containsPattern(" 4 +1  a.ndjson");
        }
    }

    /** The first two events have the times of a boot whose clock was a month ahead; only they are moved, hashes do not matter here. */
    @Test
    @Tag("fault-142")
    void where_the_clock_was_ahead_for_a_while_sources_and_parts_count_on_the_same_day() throws Exception {
        try (CommandSite site = CommandSite.of(data, store.settings(data))) {
            Files.writeString(data.resolve("inbox/early.ndjson"), lines("early", 2));
            site.cxt(0, "run", "--once");
            site.rows("UPDATE audit_event SET at = '2126-12-30' || substr(at, 11) WHERE chain <> 'operator'");
            site.rows("UPDATE intake SET closed_at = %s".formatted(FAR));
            site.rows("UPDATE delivery SET received_at = %1$s, finished_at = %1$s".formatted(FAR));
            Files.writeString(data.resolve("inbox/late.ndjson"), lines("late", 3));
            site.cxt(0, "run", "--once");

            Ended far = site.cxt(0, "day", "2126-12-30");
            Ended today = site.cxt(0, "day", LocalDate.now(ZoneOffset.UTC).toString());

            assertThat(far.out()).containsPattern(" 2 +0  early.ndjson").contains("total of 1 sources", "of 2 parts");
            assertThat(today.out()).containsPattern(" 3 +0  late.ndjson").contains("total of 1 sources", "of 3 parts");
            assertThat(far.err() + today.err()).contains("a clock was set back");
            assertThat(site.cxt(0, "day", "2001-01-01").err()).doesNotContain("clock");
        }
    }

    /** What became of the rest of it nobody knows, and the day on which it was begun says so however late one asks. */
    @Test
    void a_file_that_was_removed_in_the_middle_is_a_row_and_the_day_does_not_come_out() throws Exception {
        try (CommandSite site = CommandSite.of(data, store.settings(data))) {
            Path file = Files.writeString(data.resolve("inbox/a.ndjson"), lines("chat", 9));
            site.environment().put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=answered:3");
            site.environment().put("CXONE_MAX_IN_FLIGHT", "1");
            Command.run(data, site.environment(), "run", "--once");
            site.environment().remove("JAVA_TOOL_OPTIONS");
            String day = LocalDate.now(ZoneOffset.UTC).toString();

            assertThat(site.cxt(6, "day", day).out()).contains("a.ndjson (not finished)");
            Files.delete(file);
            site.cxt(6, "run", "--once");

            assertThat(site.cxt(6, "day", day).out())
                    .containsPattern(" 2 .* [34] +[12]  a.ndjson .lost: it was removed before all of it was read")
                    .containsPattern(" [34] +[12]  total of 1 sources");
            JsonNode json = new ObjectMapper()
                    .readTree(site.cxt(6, "day", day, "-o", "json").out());
            assertThat(json.at("/sources/0/notReleased").asText()).startsWith("lost");
            assertThat(json.at("/total").toString()).contains("\"sent\":2", "\"lostSources\":1", "\"openSources\":0");
            assertThat(site.cxt(6, "day", day, "-o", "csv").out()).contains("a.ndjson");
            assertThat(site.cxt(0, "status").out())
                    .containsPattern("lostSources +1")
                    .contains("a.ndjson");

            Files.writeString(file, lines("chat", 9));
            site.cxt(0, "run", "--once");

            assertThat(site.cxt(0, "status").out()).containsPattern("lostSources +0");
        }
    }

    @Test
    void a_file_of_a_job_that_was_moved_in_the_middle_is_a_row_too() throws Exception {
        try (CommandSite site = CommandSite.of(data, store.settings(data))) {
            Path file = Files.writeString(
                    Files.createDirectory(data.resolve("exports")).resolve("f2.ndjson"), lines("chat", 9));
            site.environment().put("BACKFILL_FOLDERS", file.getParent().toString());
            site.environment().put("CXONE_MAX_IN_FLIGHT", "1");
            site.cxt(0, "run", "--once");
            site.cxt(0, "jobs", "start", "backfill", file.toString());
            site.environment().put("JAVA_TOOL_OPTIONS", "-Dcxt.halt-at=answered:3");
            Command.run(data, site.environment(), "run", "--once");
            site.environment().remove("JAVA_TOOL_OPTIONS");
            Files.move(file, file.resolveSibling("elsewhere.txt"));
            Verb.of(site.environment(), "run", "--once");

            assertThat(site.cxt(6, "day", LocalDate.now(ZoneOffset.UTC).toString())
                            .out())
                    .containsPattern(" 2 .* [34] +[12]  .*f2.ndjson.* .lost:");
            assertThat(site.cxt(0, "status").out()).containsPattern("lostSources +1");
        }
    }
}
