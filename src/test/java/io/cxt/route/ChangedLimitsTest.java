package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A chat is the same one however it is cut: limits that change between two of its parts double and lose nothing. */
class ChangedLimitsTest {
    private static final String MOST = "transcript.max-messages";
    private static final String LARGE = chat("large", 10, "text ".repeat(9));

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @ParameterizedTest
    @CsvSource({
        "5,   split,  1 of 3|2 of 3|3 of 3", // 4, then 5 and 1
        "2,   split,  1 of 3|2 of 4|3 of 4|4 of 4",
        "500, split,  1 of 3|2 of 2",
        "500, reject, 1 of 3|2 of 2",
    })
    @Tag("fault-79")
    void what_was_begun_goes_on_behind_what_cxone_has(int most, String oversize, String parts) throws Exception {
        sendTheFirstOfThree();

        try (RunningCxt cxt =
                RunningCxt.start(data, cxone, MOST, Integer.toString(most), "transcript.oversize", oversize)) {
            cxt.drops("again.json", LARGE);

            assertThat(cxt.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
                    .singleElement()
                    .asString()
                    .startsWith("SENT");
            assertThat(cxt.rows("SELECT part || ' of ' || parts FROM delivery ORDER BY part"))
                    .containsExactly(parts.split("\\|"));
            assertEachMessageOnce(cxt);
            assertThat(cxt.events("large")).doesNotContain("CONFLICT");

            cxt.drops("and-again.json", LARGE);

            assertThat(cxt.text("reports/and-again.json.report.json")).contains("\"duplicate\" : 1");
            assertThat(cxt.ledger().audit().verify().fault()).isNull();
        }
    }

    @Test
    @Tag("fault-79")
    void bytes_that_are_fewer_now_cut_only_what_is_left() throws Exception {
        sendTheFirstOfThree();

        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.max-bytes", "1024")) {
            cxt.drops("again.json", LARGE);

            assertThat(cxt.rows("SELECT messages, state FROM delivery ORDER BY part"))
                    .startsWith("4 SENT", "3 SENT")
                    .allMatch(row -> row.endsWith("SENT"));
            assertEachMessageOnce(cxt);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "10"})
    @Tag("fault-79")
    void what_was_sent_whole_or_in_parts_is_a_duplicate_under_any_limit(String before) throws Exception {
        long posts;
        try (RunningCxt cxt = RunningCxt.start(data, cxone, MOST, before)) {
            cxt.drops("chat.json", LARGE);
            posts = cxone.counts().posts();
        }
        for (String[] now : List.of(new String[] {MOST, "2"}, new String[] {MOST, "500"}, new String[] {
            MOST, "5", "transcript.oversize", "reject"
        })) {
            try (RunningCxt cxt = RunningCxt.start(data, cxone, now)) {
                cxt.drops("again.json", LARGE);

                assertThat(cxt.files("reports").stream()
                                .filter(name -> name.startsWith("again"))
                                .toList())
                        .isNotEmpty()
                        .allSatisfy(
                                name -> assertThat(cxt.text("reports/" + name)).contains("\"duplicate\" : 1"));
                assertThat(cxt.files("dead-letters")).isEmpty();
            }
        }
        assertThat(cxone.counts().posts()).isEqualTo(posts);
    }

    @Test
    @Tag("fault-79")
    void what_was_put_in_order_is_a_duplicate_where_another_order_is_refused_by_now() throws Exception {
        String swapped = chat("swapped").replace("00:00:00Z", "09:00:00Z");
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.order", "sort")) {
            cxt.drops("chat.json", swapped);
        }

        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.order", "reject")) {
            cxt.drops("again.json", swapped);

            assertThat(cxt.text("reports/again.json.report.json")).contains("\"duplicate\" : 1");
            assertThat(cxone.counts().posts()).isEqualTo(1);
        }
    }

    @Test
    @Tag("fault-79")
    void other_content_is_a_conflict_whose_advice_doubles_no_part() throws Exception {
        sendTheFirstOfThree();

        try (RunningCxt cxt = RunningCxt.start(data, cxone, MOST, "5")) {
            cxt.drops("again.json", chat("large", 10, "other"));

            assertThat(cxt.rows("SELECT part, state FROM delivery WHERE part < 2 ORDER BY part"))
                    .containsExactly("0 CONFLICT", "1 SENT");
            assertThat(cxt.text("dead-letters/OTHER-CONTENT/large.reason.json"))
                    .contains("do not send it whole under another id");
        }
    }

    @Test
    void parts_of_a_ledger_that_knows_no_whole_are_a_conflict_as_before() throws Exception {
        sendTheFirstOfThree();
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = ledger.createStatement()) {
            statement.execute("UPDATE delivery SET transcript_hash = NULL");
        }

        try (RunningCxt cxt = RunningCxt.start(data, cxone, MOST, "5")) {
            cxt.drops("again.json", LARGE);

            assertThat(cxt.events("large")).contains("CONFLICT");
        }
    }

    /** Of 10 messages the first 4; the second part is refused. */
    private void sendTheFirstOfThree() throws Exception {
        cxone.next(Fault.none(), Fault.status(422));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, MOST, "4")) {
            cxt.drops("chat.json", LARGE);

            assertThat(cxt.rows("SELECT part, state FROM delivery ORDER BY part"))
                    .containsExactly("1 SENT", "2 REJECTED");
        }
    }

    private static void assertEachMessageOnce(RunningCxt cxt) {
        String all = String.join("\n", cxt.archive().values());
        List<String> ids = Pattern.compile("\"id\":\"(msg_\\d+)\"")
                .matcher(all)
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 10).mapToObj(i -> "msg_" + i).toList());
    }
}
