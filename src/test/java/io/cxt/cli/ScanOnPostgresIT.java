package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the policy takes out is found in the tables of a ledger on PostgreSQL, and in a feed elsewhere. */
class ScanOnPostgresIT {
    private static final String CARD = "4111111111111111";

    @TempDir
    Path data;

    @TempDir
    Path elsewhere;

    @Test
    void scan_looks_through_the_tables_of_ledger_and_feed_and_prints_no_value() throws Exception {
        Postgres server = Postgres.shared();
        String ledger = server.schema("scan");
        String feed = "jdbc:sqlite:" + elsewhere.resolve("feed.db");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(
                        data, cxone, "ledger.url", ledger, "ledger.username", server.user(), "audit.feed-url", feed)) {
            cxt.drops("sent.json", chat("i-" + CARD, 2, "hello"));
            cxt.drops("clean.json", chat("clean", 2, "hello"));
        }
        Map<String, String> environment = Map.of(
                "DATA_DIR",
                data.toString(),
                "LEDGER_URL",
                ledger,
                "LEDGER_USERNAME",
                server.user(),
                "AUDIT_FEED_URL",
                feed,
                "REDACTION_POLICY",
                "cards");

        Ended found = Verb.of(environment, "scan");
        Ended json = Verb.of(environment, "scan", "-o", "json");

        assertThat(found.exit()).as(found.err()).isEqualTo(1);
        assertThat(found.out())
                .containsPattern("audit_event \\{chain=[0-9a-f-]+, seq=\\d+} interaction_id: card 1")
                .contains("delivery {target=conversations, interaction_id=***, part=1} interaction_id: card 1")
                .containsPattern("audit_record \\{delivery_key=\\S+} interaction_id: card 1")
                .contains("inbox/.done/sent.json:1 byte 0: card 1");
        assertThat(found.err()).contains("12 tables and ");
        assertThat(found.out() + found.err() + json.out()).doesNotContain(CARD);
        assertThat(json.out()).contains("\"table\" : \"delivery\"", "\"column\" : \"interaction_id\"");
    }
}
