package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that ends, with sources that cannot be decided: it ends, says so, and so does status. */
class LeftUndecidedIT {
    private static final String RIGHTS = "-dac_override,-dac_read_search";

    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();
    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", "secret-1"));
        Files.createDirectories(scratch.resolve("d/inbox"));
        environment.put("DATA_DIR", scratch.resolve("d").toString());
        environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
        environment.put("CXONE_CLIENT_ID", "client-1");
        environment.put("CXONE_CLIENT_SECRET", "secret-1");
        environment.put("PICKUP_FILE_SETTLE_MS", "0");
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private Path drop(String name, String content) throws IOException {
        return Files.writeString(scratch.resolve("d/inbox").resolve(name), content);
    }

    private JsonNode status() throws Exception {
        return new ObjectMapper()
                .readTree(Verb.of(environment, "status", "-o", "json").out());
    }

    /** Without the rights of root, by which every file may be read. */
    private Ended unprivileged(String... arguments) throws Exception {
        boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(!root || Files.isExecutable(Path.of("/usr/bin/setpriv")));
        List<String> before =
                root ? List.of("/usr/bin/setpriv", "--bounding-set=" + RIGHTS, "--inh-caps=" + RIGHTS) : List.of();
        return Command.runBy(before, scratch, environment, arguments);
    }

    @Test
    @Tag("fault-70")
    void validate_says_what_may_not_be_read_and_checks_the_rest() throws Exception {
        Path inbox = scratch.resolve("d/inbox");
        Path closed = drop("closed.json", chat("one"));
        Path table = drop("closed.csv", "conversation_id");
        drop("good.ndjson", lines("chat", 2));
        Path link = Files.createSymbolicLink(scratch.resolve("link.json"), scratch.resolve("nothing.json"));
        Path toClosed = Files.createSymbolicLink(scratch.resolve("toClosed.json"), closed);
        Path barred = Files.createDirectory(scratch.resolve("barred"));
        Path listed = Files.createDirectory(scratch.resolve("listed"));
        Path inside = Files.writeString(listed.resolve("inside.json"), chat("two"));
        Files.createDirectory(inbox.resolve("folder.json"));
        assumeTrue(new ProcessBuilder("mkfifo", inbox.resolve("pipe.json").toString())
                        .start()
                        .waitFor()
                == 0);
        for (Path path : List.of(closed, table, barred)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        }
        Files.setPosixFilePermissions(listed, PosixFilePermissions.fromString("r--r--r--"));

        Ended all = unprivileged(
                "validate",
                barred.toString(),
                listed.toString(),
                inside.toString(),
                inbox.toString(),
                toClosed.toString());
        drop("wrong.json", "{");
        Ended found = unprivileged("validate", "-o", "json", inbox.toString());
        Ended dangling = unprivileged("validate", link.toString());
        Files.setPosixFilePermissions(listed, PosixFilePermissions.fromString("rwx------"));

        assertThat(all.exit()).as(all.err()).isEqualTo(6);
        assertThat(all.err())
                .contains(
                        closed + " may not be read: it is " + Files.getOwner(closed) + "'s, ---------",
                        toClosed + " may not be read: it is " + Files.getOwner(closed) + "'s, ---------",
                        "chmod u+r '" + closed + "'",
                        table + " may not be read",
                        barred + " may not be read",
                        inside + " may not be read: a folder above it is closed to " + System.getProperty("user.name"),
                        "folder.json would be passed over",
                        "pipe.json would be passed over",
                        "chmod u+rx '" + barred + "'",
                        "2 transcripts in 1 files, 0 would be rejected",
                        "6 files or folders were not checked")
                .doesNotContain("Unforeseen");
        assertThat(found.exit()).isEqualTo(1);
        assertThat(new ObjectMapper().readTree(found.out())).hasSize(1);
        assertThat(found.err()).contains("closed.json may not be read", "2 files or folders were not checked");
        assertThat(dangling.exit()).isEqualTo(2);
        assertThat(dangling.err()).contains("link.json is a link to a file that does not exist");
    }

    @Test
    @Tag("fault-70")
    void a_file_that_may_not_be_read_stays_and_whose_it_is_and_what_helps_is_said() throws Exception {
        Path file = drop("chat.json", chat("one"));
        drop("other.json", chat("two"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));

        Ended run = unprivileged("run", "--once");

        assertThat(run.exit()).isEqualTo(6);
        assertThat(run.out())
                .contains("1 read, 1 sent")
                .contains("could not be decided", "  chat.json: it may not be read");
        assertThat(run.err())
                .contains("may not be read source=chat.json", Files.getOwner(file) + "'s")
                .contains("Run, as " + System.getProperty("user.name") + ": chmod u+r '" + file + "'");
        assertThat(file).exists();
        assertThat(cxone.counts().posts()).isEqualTo(1);
        JsonNode status = status();
        assertThat(status.at("/undecidedSources").asInt()).isEqualTo(1);
        assertThat(status.at("/undecided/0").asText())
                .startsWith("chat.json since ")
                .contains("chmod");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        assertThat(Verb.of(environment, "run", "--once").exit()).isZero();
        assertThat(status().at("/undecidedSources").asInt()).isZero();
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }

    @Test
    @Tag("fault-107")
    void an_error_in_a_step_breaks_off_its_source_and_ends_the_process_and_the_next_start_goes_on() throws Exception {
        Path home = scratch.resolve("home");
        Path route = RunningCxt.copyOfRoutes(home.resolve("routes")).resolve("prepare-transcript.camel.yaml");
        Files.createDirectories(home.resolve("config"));
        Files.copy(Path.of("config/application.properties"), home.resolve("config/application.properties"));
        String shipped = Files.readString(route);
        String here = "        - bean:\n            id: map-and-cut";
        Files.writeString(route, shipped.replace(here, """
                        - filter:
                            id: of-the-third
                            simple: "${body.interactionId} == 'chat-2'"
                            steps:
                              - bean:
                                  id: dies
                                  beanType: io.cxt.fixture.Dying
                                  method: step
                """ + here));
        environment.put("CXT_HOME", home.toString());
        drop("chats.ndjson", lines("chat", 5));

        Ended died = Command.run(scratch, environment, "run", "--once");

        assertThat(died.exit()).as(died.err()).isEqualTo(3);
        assertThat(died.err())
                .contains("broken off source=chats.ndjson pickup=file reason=\"java.lang.NoClassDefFoundError")
                .contains(
                        "ended by=java.lang.NoClassDefFoundError somewhere/Gone at io.cxt.fixture.Dying.step",
                        "nothing is lost");
        assertThat(scratch.resolve("d/inbox/chats.ndjson")).exists();

        Files.writeString(route, shipped);

        assertThat(Verb.of(environment, "run", "--once").exit()).isZero();
        assertThat(cxone.counts().acceptedDistinct()).isEqualTo(5);
        // a call may be under way when the process ends: what arrived twice is marked
        assertThat(cxone.counts().repeats())
                .isLessThanOrEqualTo(Verb.of(environment, "audit", "query", "--event", "CLAIMED", "-o", "json")
                        .out()
                        .lines()
                        .filter(line -> line.contains("may-repeat"))
                        .count());
        assertThat(Verb.of(environment, "audit", "verify").exit()).isZero();
    }

    @Test
    @Tag("fault-69")
    void transcripts_that_a_route_leaves_out_end_the_run_with_6_and_kept_out_ones_with_0() throws Exception {
        Path home = scratch.resolve("home");
        Path route = RunningCxt.copyOfRoutes(home.resolve("routes")).resolve("prepare-transcript.camel.yaml");
        Files.createDirectories(home.resolve("config"));
        Files.copy(Path.of("config/application.properties"), home.resolve("config/application.properties"));
        environment.put("CXT_HOME", home.toString());
        String shipped = Files.readString(route);
        String filter = """
                        - filter:
                            id: of-test
                            simple: "${body.interactionId} == 'chat-1'"
                            steps:
                KEPT-OUT
                              - stop:
                                  id: no-further
                        - bean:
                            id: map-and-cut\
                """;
        String keptOut = """
                              - bean:
                                  id: note-kept-out
                                  ref: cxtSetAside
                                  method: keptOut\
                """;
        String here = "        - bean:\n            id: map-and-cut";
        assertThat(shipped).contains(here);
        Files.writeString(route, shipped.replace(here, filter.replace("KEPT-OUT\n", "")));
        drop("chats.ndjson", lines("chat", 3));

        Ended left = Verb.of(environment, "run", "--once", "-o", "json");

        assertThat(left.exit()).isEqualTo(6);
        assertThat(left.err())
                .contains("left out source=chats.ndjson", "chats.ndjson#2 (chat-1)", "cxtSetAside.keptOut");
        JsonNode summary = new ObjectMapper().readTree(left.out());
        assertThat(summary.at("/read").asInt()).isEqualTo(3);
        assertThat(summary.at("/sent").asInt()).isEqualTo(2);
        assertThat(summary.at("/undecided/0").asText()).contains("chats.ndjson#2 (chat-1)");
        assertThat(scratch.resolve("d/inbox/chats.ndjson")).exists();

        Files.writeString(route, shipped.replace(here, filter.replace("KEPT-OUT", keptOut)));
        Ended kept = Verb.of(environment, "run", "--once");

        assertThat(kept.exit()).isZero();
        assertThat(kept.out()).startsWith("3 read, 2 sent").contains("1 excluded");
        assertThat(scratch.resolve("d/inbox/.done/chats.ndjson")).exists();
        JsonNode status = status();
        assertThat(status.at("/deadLetters").asInt()).isZero();
        assertThat(status.at("/deliveries/EXCLUDED").asInt()).isEqualTo(1);
        assertThat(status.at("/failureCount").asInt()).isZero();
        assertThat(status.at("/totalInjections").asInt()).isEqualTo(2);
        assertThat(status.at("/undecidedSources").asInt()).isZero();
        assertThat(Verb.of(environment, "find", "chat-1").out())
                .contains("was kept out of CXone on purpose", "What to do: nothing", "EXCLUDED");
        assertThat(cxone.counts().posts()).isEqualTo(2);
    }
}
