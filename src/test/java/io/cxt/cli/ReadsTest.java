package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who looks at what is on record. */
class ReadsTest {
    @TempDir
    Path data;

    @BeforeEach
    void sent() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("one.json", chat("one", 2, "hello"));
        }
    }

    private Ended asked(String reads, String... arguments) {
        return Verb.of(Map.of("DATA_DIR", data.toString(), "AUDIT_READS", reads), arguments);
    }

    private List<String> onRecord() {
        return RunningCxt.rows(
                data,
                "SELECT event || ' ' || actor || ' ' || coalesce(interaction_id, '-') || ' ' || detail FROM audit_event"
                        + " WHERE event LIKE '%READ' ORDER BY seq");
    }

    @Test
    void look_ups_and_text_are_on_record_with_the_person_and_what_nobody_knows_is_not() {
        String me = System.getProperty("user.name");

        assertThat(asked("true", "find", "one").out()).contains("one");
        assertThat(asked("true", "find", "Jane Doe").exit()).isEqualTo(2);
        assertThat(asked("true", "find", "--customer", "cust-1").out()).contains("one");
        Ended query =
                asked("true", "audit", "query", "--interaction", "Jane Doe", "--event", "sent", "--from", "2026-01");
        assertThat(query.exit()).as(query.err()).isZero();
        Ended restored = asked(
                "true",
                "archive",
                "restore",
                "one",
                "Jane Doe",
                "--to",
                data.resolve("out").toString());
        assertThat(restored.exit()).isEqualTo(6);

        assertThat(onRecord())
                .containsExactly(
                        "READ " + me + " one find",
                        "READ " + me + " - find customer=" + customer(),
                        "READ " + me + " - audit query event=SENT from=2026-01",
                        "TEXT_READ " + me + " one archive restore");
        assertThat(asked("true", "audit", "verify").exit()).isZero();
    }

    private String customer() {
        return RunningCxt.rows(data, "SELECT customer FROM delivery").get(0);
    }

    @Test
    void look_ups_are_not_on_record_where_that_is_not_wanted_and_text_is() {
        assertThat(asked("false", "find", "one").exit()).isZero();
        assertThat(asked("false", "audit", "query").exit()).isZero();
        assertThat(asked(
                                "false",
                                "archive",
                                "restore",
                                "one",
                                "--to",
                                data.resolve("out").toString())
                        .exit())
                .isZero();

        assertThat(onRecord()).singleElement().asString().startsWith("TEXT_READ ");
    }

    @Test
    void text_is_not_given_out_when_that_cannot_be_recorded() throws Exception {
        Path folder = data.resolve("checkpoints");
        Files.move(folder, data.resolve("aside"));
        Files.writeString(folder, "no folder");

        Ended restored = asked(
                "false",
                "archive",
                "restore",
                "one",
                "--to",
                data.resolve("out").toString());

        assertThat(restored.exit()).isEqualTo(4);
        assertThat(restored.err()).contains("given out only when the audit has it", "audit.checkpoint-folder");
        assertThat(data.resolve("out/one.json")).doesNotExist();
    }

    @Test
    void another_user_leaves_no_files_in_the_data_folder() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        UserPrincipal other =
                data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(data, other);

        Ended found = asked("true", "find", "one");

        assertThat(found.exit()).isZero();
        assertThat(found.err()).contains("Not on record: data.dir belongs to nobody");
        assertThat(onRecord()).isEmpty();
    }
}
