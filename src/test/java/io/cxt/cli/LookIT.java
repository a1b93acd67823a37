package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.archive.DeadLetters;
import io.cxt.archive.Refusal;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look: at nothing, at what cannot be read, at odd names, beside a run that is busy. */
@Timeout(120)
class LookIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UNREAD = "gr\u00f6\u00dfe.json";
    private static final String HOSTILE = "a b=\"c\" \u202enosj\u2028.json";
    private static final List<List<String>> LOOKS = List.of(
            List.of("status"),
            List.of("find", "one"),
            List.of("audit", "query"),
            List.of("audit", "verify"),
            List.of("dead-letters", "list"),
            List.of("dead-letters", "show", "X/one"),
            List.of("dead-letters", "replay", "--all"));

    /** What one cxt has done, for all cases. */
    @TempDir
    private static Path used;

    @TempDir
    Path scratch;

    @BeforeAll
    static void bringSomeIn() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(used, cxone)) {
            cxt.drops("good.json", chat("j\u00fcrgen-1"));
            cxt.drops(UNREAD, chat("").replace("\"interactionId\":\"\",", ""));
            cxt.drops(HOSTILE, chat("of-hostile"));
            cxt.drops(Normalizer.normalize("\u00e4pfel.json", Normalizer.Form.NFD), chat("").replace("from", "form"));
        }
    }

    private static Ended look(Path data, String... arguments) {
        return Verb.run(Map.of("data.dir", data.toString()), arguments);
    }

    private static Ended look(Path data, List<String> arguments) {
        return look(data, arguments.toArray(String[]::new));
    }

    private List<List<String>> looks() {
        List<List<String>> looks = new ArrayList<>(LOOKS);
        looks.add(List.of(
                "archive", "restore", "one", "--to", scratch.resolve("to").toString()));
        return looks;
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    @Test
    @Tag("fault-120")
    void a_folder_that_is_not_there_is_wrong_usage_and_named_with_where_its_name_comes_from() throws Exception {
        Path mistyped = scratch.resolve("dtaa");

        for (List<String> look : looks()) {
            Ended ended = look(mistyped, look);

            assertThat(ended.exit()).as(look + ended.err()).isEqualTo(2);
            assertThat(ended.err())
                    .contains("There is no folder " + mistyped, "the system property data.dir", "Check its spelling");
            assertThat(ended.out()).isEmpty();
        }
        assertThat(scratch).isEmptyDirectory();
        Ended byEnvironment = Command.run(scratch, Map.of("DATA_DIR", mistyped.toString()), "status");
        assertThat(byEnvironment.exit()).isEqualTo(2);
        assertThat(byEnvironment.err()).contains(mistyped.toString(), "DATA_DIR in the environment");
    }

    @Test
    @Tag("fault-120")
    void a_folder_without_a_ledger_that_can_be_read_is_an_error_and_nothing_is_made_in_it() throws Exception {
        Path ledger = scratch.resolve("d/ledger.db");
        Files.createDirectories(ledger.getParent());
        refusedBecause("nothing has run here yet, or another data.dir");
        Files.createFile(ledger);
        refusedBecause("nothing has run here yet, or another data.dir");
        Files.writeString(ledger, "no database at all, and longer than the head of one".repeat(20));
        refusedBecause("Another file has its name, or it was damaged");
        Files.copy(used.resolve("ledger.db"), ledger, StandardCopyOption.REPLACE_EXISTING);
        sql(ledger, "INSERT INTO cxt_schema (version) VALUES (99)");
        refusedBecause("written by a newer cxt (schema 99; ");
        sql(ledger, "DELETE FROM cxt_schema WHERE version > 1");
        refusedBecause("written by an older cxt (schema 1; ");
        sql(ledger, "DROP TABLE cxt_schema");
        refusedBecause("nothing has run here yet, or another data.dir");
    }

    private void refusedBecause(String why) throws IOException {
        Path data = scratch.resolve("d");
        List<String> before = files(scratch);
        for (List<String> look : looks()) {
            if (look.get(0).equals("dead-letters")
                    && !look.get(1).equals("replay")
                    && data.resolve("ledger.db").toFile().length() > 0) {
                continue; // letters are files: they are shown whatever becomes of the ledger
            }
            Ended ended = look(data, look);

            assertThat(ended.exit()).as(look + ended.err()).isIn(4, 2).isEqualTo(nothingToReplay(ended) ? 2 : 4);
            assertThat(ended.err()).contains("data.dir " + data);
            if (!nothingToReplay(ended)) {
                assertThat(ended.err()).contains(why);
            }
            assertThat(ended.out()).isEmpty();
            assertThat(files(scratch)).isEqualTo(before);
        }
        Ended json = look(data, "status", "-o", "json");
        assertThat(json.exit()).isEqualTo(4);
        assertThat(read(json).at("/error").asText()).contains(why);
    }

    private static boolean nothingToReplay(Ended ended) {
        return ended.err().contains("There is nothing to replay");
    }

    private static void sql(Path ledger, String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement change = connection.createStatement()) {
            change.execute(statement);
        }
    }

    private static JsonNode read(Ended ended) throws IOException {
        return JSON.readerFor(JsonNode.class)
                .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readValue(ended.out());
    }

    @Test
    @Tag("fault-120")
    void a_look_says_where_it_looked_and_leaves_nothing_behind() throws Exception {
        List<String> before = files(used);

        for (List<String> look : LOOKS.subList(0, 5)) {
            assertThat(look(used, look).err()).contains("data.dir " + used);
        }
        JsonNode status = read(look(used, "status", "-o", "json"));
        JsonNode verified = read(look(used, "audit", "verify", "-o", "json"));
        JsonNode nothing = read(look(used, "find", "nobody", "-o", "json"));

        assertThat(status.at("/dataDir").asText()).isEqualTo(used.toString());
        assertThat(status.at("/deliveries/SENT").asInt()).isEqualTo(2);
        assertThat(verified.at("/whole").asBoolean()).isTrue();
        assertThat(verified.at("/events").asInt()).isPositive();
        assertThat(nothing.at("/error").asText()).contains(used.toString(), "knows nothing of nobody");
        assertThat(files(used)).isEqualTo(before);
    }

    @Test
    @Tag("fault-120")
    void a_copy_that_cannot_be_written_is_read_and_a_lock_of_a_writer_keeps_nobody_from_looking() throws Exception {
        Path copy = Files.createDirectory(scratch.resolve("c#o%py"));
        for (String name : List.of("ledger.db", "instance-id")) {
            Files.copy(used.resolve(name), copy.resolve(name));
        }
        try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + copy.resolve("ledger.db"));
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("UPDATE delivery SET reason = 'x'");
            assertThat(look(copy, "status").exit()).isZero();
            statement.execute("ROLLBACK");
        }
        boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(!root || Files.isExecutable(Path.of("/usr/bin/setpriv")));
        String rights = "-dac_override,-dac_read_search";
        List<String> before =
                root ? List.of("/usr/bin/setpriv", "--bounding-set=" + rights, "--inh-caps=" + rights) : List.of();
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r-x------"));
        Map<String, String> environment = Map.of("DATA_DIR", copy.toString());

        Ended found = Command.runBy(before, scratch, environment, "find", "j\u00fcrgen-1");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("---------"));
        Ended barred = Command.runBy(before, scratch, environment, "find", "one");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));

        assertThat(found.exit()).as(found.err()).isZero();
        assertThat(found.out()).contains("is in CXone as conversation");
        assertThat(barred.exit()).isEqualTo(4);
        assertThat(barred.err()).contains("data.dir " + copy + " may not be read: it is ", "chmod u+rx");
        assertThat(files(copy)).hasSize(3);
    }

    @Test
    @Tag("fault-120")
    void a_question_that_means_nothing_is_wrong_usage_and_says_what_does() {
        assertThat(look(used, "audit", "query", "--event", "SEND").err())
                .contains("There is no event SEND. The nearest is SENT; all are: STARTED, ");
        for (List<String> asked : List.of(
                List.of("audit", "query", "--event", "NOPE"),
                List.of("audit", "query", "--from", "yesterday"),
                List.of("audit", "query", "--until", "2026-13"),
                List.of("audit", "query", "--from", "2026-02-30"),
                List.of("audit", "query", "--from", "2026-11", "--until", "2026-10-01T00:00:00+02:00"),
                List.of("audit", "query", "--limit", "0"),
                List.of("audit", "query", "--source", ""),
                List.of("audit", "query", "-o", "xml"),
                List.of("find", ""),
                List.of("find", " "))) {
            assertThat(look(used, asked).exit()).as(asked.toString()).isEqualTo(2);
        }
        for (List<String> asked : List.of(
                List.of("audit", "query", "--event", "sent"),
                List.of("audit", "query", "--from", "2026"),
                List.of("audit", "query", "--from", "2020-01-01T10:00:00.5"),
                List.of("audit", "query", "--from", "2020-01-01T10:00+01:00", "--until", "9999-12-31"),
                List.of("find", " of-hostile "))) {
            Ended ended = look(used, asked);
            assertThat(ended.exit())
                    .as(asked + ended.err())
                    .isEqualTo(asked.toString().contains("10:00+") ? 2 : 0);
        }
    }

    @Test
    @Tag("fault-120")
    void letters_that_come_and_go_meanwhile_fail_no_list_show_or_replay() throws Exception {
        Path data = Files.createDirectory(scratch.resolve("busy"));
        for (String name : List.of("ledger.db", "instance-id", "checkpoint.key")) {
            Files.copy(used.resolve(name), data.resolve(name));
        }
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> busy = CompletableFuture.runAsync(() -> comeAndGo(data, over));
        try {
            for (int round = 0; round < 30; round++) {
                Ended list = look(data, "dead-letters", "list", "-o", "json");
                assertThat(list.exit()).as(list.err()).isZero();
                read(list);
                assertThat(look(data, "dead-letters", "show", "R0/id-0").exit()).isIn(0, 2);
                assertThat(look(data, "status").exit()).isZero();
                Ended replay = look(data, "dead-letters", "replay", "--all");
                assertThat(replay.exit()).as(replay.err()).isIn(0, 2);
            }
        } finally {
            over.set(true);
            busy.join();
        }
    }

    /** As a run does that sets aside, and people who replay. */
    private static void comeAndGo(Path data, AtomicBoolean over) {
        Path folder = data.resolve("dead-letters");
        DeadLetters letters = new DeadLetters(folder, data);
        try {
            while (!over.get()) {
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < 5; j++) {
                        letters.keep(
                                new Refusal(
                                        "failed", "R" + i, "id-" + j, "s", 1, 1, null, 503, 1, "w", null, "t", "t",
                                        null),
                                "{}".getBytes(UTF_8));
                    }
                }
                for (DeadLetters.Letter letter : letters.list()) {
                    Files.deleteIfExists(letter.reason());
                    Files.deleteIfExists(letter.transcript());
                    letter.reason().getParent().toFile().delete(); // when it is empty
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    @Tag("fault-121")
    void names_and_ids_of_any_script_are_found_as_they_are_written_and_shown_escaped_once() throws Exception {
        Ended byPlace = look(used, "find", UNREAD + "#1");
        Ended bySource = look(used, "audit", "query", "--source", UNREAD, "-o", "json");
        Ended byId = look(used, "find", "j\u00fcrgen-1");
        Ended decomposed = look(used, "find", Normalizer.normalize("j\u00fcrgen-1", Normalizer.Form.NFD));
        Ended composed = look(used, "find", "\u00e4pfel.json#1");
        Ended hostile = look(used, "audit", "query", "--source", HOSTILE);
        Ended asShown = look(used, "audit", "query", "--source", "a b=\\u0022c\\u0022 \\u202enosj\\u2028.json");
        Ended letters = look(used, "dead-letters", "list");
        Ended restored = look(
                used,
                "archive",
                "restore",
                "j\u00fcrgen-1",
                "--to",
                scratch.resolve("to").toString());

        assertThat(byPlace.exit()).as(byPlace.err()).isZero();
        assertThat(byPlace.out()).contains(UNREAD + " line 1", UNREAD + "#1");
        assertThat(read(bySource))
                .extracting(event -> event.at("/source").asText())
                .contains(UNREAD, UNREAD + "#1");
        assertThat(byId.out()).contains("j\u00fcrgen-1", "from good.json line 1");
        assertThat(decomposed.out()).isEqualTo(byId.out());
        assertThat(composed.exit()).as(composed.err()).isZero();
        assertThat(hostile.out())
                .contains("a b=\\u0022c\\u0022 \\u202enosj\\u2028.json")
                .doesNotContain("\u202e");
        assertThat(asShown.out()).isEqualTo(hostile.out());
        assertThat(letters.out()).contains(UNREAD + "#1");
        assertThat(look(used, "dead-letters", "show", "ID-INTERACTION/" + UNREAD + "#1", "-o", "json")
                        .out())
                .contains("\"source\" : \"" + UNREAD, "\"transcript\" : ");
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(look(used, "audit", "verify").exit()).isZero();
    }

    /** The rows and events are of the form that they had before. */
    @Test
    @Tag("fault-121")
    void names_in_a_ledger_of_before_are_found_and_a_reading_of_then_goes_on() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            Path data = Files.createDirectory(scratch.resolve("old"));
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                String id = cxt.engine().components().ledger().intakes().open("file", "gr\\u00f6\\u00dfe.json", 7);
                assertThat(id).isNotEmpty();
            }
            Ended before = look(data, "audit", "query", "--source", UNREAD);
            Files.writeString(data.resolve("inbox").resolve(UNREAD), chat("of-gr\u00f6\u00dfe"));
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                cxt.awaits(() -> Files.exists(data.resolve("inbox/.done").resolve(UNREAD)));
                cxt.awaits(() -> cxt.engine().components().backlog().openReadings() == 0);

                assertThat(cxt.rows("SELECT source FROM intake")).containsExactly(UNREAD);
                assertThat(cxt.rows("SELECT count(*) FROM intake WHERE closed_at IS NULL"))
                        .containsExactly("0");
            }

            assertThat(before.out())
                    .contains("INTAKE_OPENED", "gr\\u00f6\\u00dfe.json")
                    .doesNotContain("u005c");
            assertThat(look(data, "audit", "query", "--source", UNREAD).out())
                    .contains("gr\\u00f6\\u00dfe.json", UNREAD);
            assertThat(look(data, "audit", "verify").exit()).isZero();
        }
    }
}
