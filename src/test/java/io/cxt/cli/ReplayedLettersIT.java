package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A dead letter stays one letter, however often it is replayed, and the ledger knows all of them. */
@OnEachDatabase
class ReplayedLettersIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameter
    Store store;

    @TempDir
    Path data;

    private CommandSite site;
    private Map<String, String> environment;
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws Exception {
        site = CommandSite.of(data, store.settings(data));
        cxone = site.cxone();
        environment = site.environment();
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private Ended cxt(String... arguments) {
        Ended ended = Verb.of(environment, arguments);
        assertThat(ended.exit()).as(ended.err()).isIn(0, 1);
        return ended;
    }

    private void drop(String... transcripts) throws Exception {
        Files.writeString(data.resolve("inbox/chats.ndjson"), String.join("\n", transcripts) + "\n");
        cxt("run", "--once");
    }

    private static final String BROKEN = "{\"interactionId\": ";
    private static final String UNKNOWN_FIELD = "{\"interactionId\": 5, \"colour\": \"red\"}";
    private static final String FOREIGN = "{\"entries\": []}";

    private List<JsonNode> letters(String... more) throws Exception {
        List<String> asked = new ArrayList<>(List.of("dead-letters", "list", "-o", "json"));
        asked.addAll(List.of(more));
        Ended list = cxt(asked.toArray(String[]::new));
        assertThat(list.err()).isEmpty();
        List<JsonNode> letters = new ArrayList<>();
        JSON.readTree(list.out()).forEach(letters::add);
        return letters;
    }

    private List<String> names(String... more) throws Exception {
        return letters(more).stream().map(letter -> letter.at("/name").asText()).toList();
    }

    private List<String> rows(String sql) throws Exception {
        return site.rows(sql);
    }

    /** As in a host, whose pickup of files is off unless it is switched on. */
    @Test
    @Tag("fault-157")
    void a_named_letter_is_replayed_by_a_job_where_the_inbox_is_not_read() throws Exception {
        assumeTrue(store == Store.SQLITE, "no matter of the database");
        cxone.next(Fault.status(400), Fault.status(400));
        drop(chat("one"), chat("two"));
        assertThat(names()).containsExactlyInAnyOrder("CXONE-400/one", "CXONE-400/two");

        try (RunningCxt running = RunningCxt.start(data, cxone, "pickup.file.enabled", "false")) {
            Ended replay = cxt("dead-letters", "replay", "CXONE-400/one");

            assertThat(replay.out()).contains("does not read the inbox, so job 1 replays CXONE-400/one.");
            running.awaits(() -> cxone.counts().acceptedDistinct() == 1);
            running.awaits(() -> rows("SELECT state FROM job").equals(List.of("DONE")));
            assertThat(names()).containsExactly("CXONE-400/two");
        }
        assertThat(Files.list(data.resolve("inbox")).filter(Files::isRegularFile))
                .isEmpty();
    }

    @Test
    void letters_without_an_id_stay_as_many_however_often_they_are_replayed() throws Exception {
        drop(chat("one"), BROKEN, UNKNOWN_FIELD);
        List<String> first = names();
        List<String> rows = rows("SELECT interaction_id, state FROM delivery ORDER BY interaction_id");
        assertThat(first).hasSize(2);
        assertThat(rows).contains("chats.ndjson#2 REJECTED");

        for (int round = 1; round <= 3; round++) {
            cxt("dead-letters", "replay", "--all");
            assertThat(names()).isEmpty();
            assertThat(rows("SELECT DISTINCT state FROM letter")).containsExactly("REPLAYED");
            cxt("run", "--once");

            assertThat(names()).isEqualTo(first);
            assertThat(letters()).allSatisfy(letter -> {
                assertThat(letter.at("/refusal/source").asText()).isEqualTo("chats.ndjson");
                assertThat(letter.at("/refusal/line").asInt())
                        .isEqualTo(letter.at("/refusal/index").asInt());
            });
            assertThat(rows("SELECT state, replays FROM letter")).containsExactly("OPEN " + round, "OPEN " + round);
            assertThat(rows("SELECT interaction_id, state FROM delivery ORDER BY interaction_id"))
                    .isEqualTo(rows);
        }
        try (Stream<Path> files = Files.walk(data.resolve("dead-letters"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(4);
        }
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    void a_letter_of_another_format_is_the_same_letter_with_its_content() throws Exception {
        drop(chat("one"), FOREIGN, "<html></html>");
        assertThat(names()).hasSize(2);

        for (int round = 1; round <= 2; round++) {
            cxt("dead-letters", "replay", "--all");
            cxt("run", "--once");

            assertThat(names()).hasSize(2).allMatch(name -> name.startsWith("JSON-OTHER-FORM/"));
            assertThat(rows("SELECT state, replays FROM letter")).containsExactly("OPEN " + round, "OPEN " + round);
            assertThat(names())
                    .allSatisfy(name -> assertThat(Files.readString(data.resolve("dead-letters/" + name + ".json")))
                            .isIn(FOREIGN, "<html></html>"));
        }
    }

    @Test
    void a_letter_that_is_corrected_and_replayed_is_settled() throws Exception {
        drop(BROKEN);
        Path letter = data.resolve("dead-letters/" + names().get(0) + ".json");
        Files.writeString(letter, chat("late"));

        cxt("dead-letters", "replay", "--all");
        cxt("run", "--once");

        assertThat(names()).isEmpty();
        assertThat(rows("SELECT state, replays FROM letter")).containsExactly("SETTLED 1");
        assertThat(cxone.delivery("late", 1)).isPresent();
        assertThat(cxt("audit", "verify").exit()).isZero();
    }

    @Test
    void a_letter_that_fails_for_another_reason_is_the_same_letter() throws Exception {
        drop(BROKEN);
        String id = rows("SELECT id FROM letter").get(0);
        Files.writeString(data.resolve("dead-letters/" + names().get(0) + ".json"), UNKNOWN_FIELD);

        cxt("dead-letters", "replay", "--all");
        cxt("run", "--once");

        assertThat(rows("SELECT id, state FROM letter")).containsExactly(id + " OPEN");
        assertThat(names()).singleElement().asString().doesNotStartWith("JSON-SYNTAX/");
    }

    @Test
    void the_same_dropped_again_is_the_same_letter() throws Exception {
        drop(chat("one"), BROKEN);
        drop(chat("one"), BROKEN);

        assertThat(names()).hasSize(1);
        assertThat(rows("SELECT state FROM letter")).containsExactly("OPEN");
    }

    @Test
    void the_list_is_filtered() throws Exception {
        drop(BROKEN, UNKNOWN_FIELD);
        String reason = letters().get(1).at("/refusal/reason").asText();

        assertThat(names("--reason", reason)).hasSize(1);
        assertThat(names("--source", "chats.ndjson")).hasSize(2);
        assertThat(names("--source", "other.ndjson")).isEmpty();
        assertThat(names("--since", "1h")).hasSize(2);
        assertThat(names("--since", "2100-01-01")).isEmpty();
        assertThat(cxt("dead-letters", "list", "--reason", reason).out().lines())
                .hasSize(2);
        assertThat(Verb.of(environment, "dead-letters", "list", "--since", "soon")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void a_start_compares_folder_and_table() throws Exception {
        drop(BROKEN, UNKNOWN_FIELD);
        List<String> before = names();
        rows("DELETE FROM letter WHERE name LIKE 'JSON-SYNTAX/%'"); // as an earlier version left it
        assertThat(Verb.of(environment, "dead-letters", "list").err()).contains("does not have all of them yet");
        assertThat(cxt("dead-letters", "list", "-o", "json").out()).contains(before);

        cxt("run", "--once");
        assertThat(names()).containsExactlyInAnyOrderElementsOf(before);

        Files.delete(data.resolve("dead-letters/" + before.get(0) + ".json"));
        Files.delete(data.resolve("dead-letters/" + before.get(0) + ".reason.json"));
        cxt("run", "--once");
        assertThat(names()).containsExactly(before.get(1));
        assertThat(rows("SELECT state FROM letter ORDER BY state")).containsExactly("GONE", "OPEN");
    }

    @Test
    void another_instance_lists_them_with_whose_they_are() throws Exception {
        assumeTrue(store == Store.POSTGRESQL);
        drop(BROKEN);
        String name = names().get(0);
        String instance = Files.readString(data.resolve("instance-id")).strip();
        Path other = Files.createDirectories(data.resolve("other/inbox")).getParent();
        environment.put("DATA_DIR", other.toString());
        cxt("run", "--once");

        assertThat(letters()).singleElement().satisfies(letter -> {
            assertThat(letter.at("/name").asText()).isEqualTo(name);
            assertThat(letter.at("/instance").asText()).isEqualTo(instance);
            assertThat(letter.at("/refusal/reason").asText()).isEqualTo("JSON-SYNTAX");
            assertThat(letter.at("/refusal/source").asText()).isEqualTo("chats.ndjson");
        });
        Ended table = cxt("dead-letters", "list");
        assertThat(table.out()).contains(instance + ": " + name);
        assertThat(table.err()).contains("data.dir of another instance");
    }

    @Test
    void an_older_ledger_is_no_obstacle_to_the_list() throws Exception {
        drop(BROKEN);
        List<String> before = names();
        rows("DELETE FROM cxt_schema WHERE version > 7");

        Ended list = cxt("dead-letters", "list", "-o", "json");

        assertThat(list.err()).contains("written by an older cxt", "letters of this data.dir");
        assertThat(list.out()).contains(before);
    }
}
