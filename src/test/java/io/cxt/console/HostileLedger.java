package io.cxt.console;

import static io.cxt.fixture.Chats.chat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;

/** A ledger that a run has written, with each outcome, and with names that are out to harm. */
final class HostileLedger {
    static final String MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    static final String QUOTES = "\\\"><svg onload=alert(1)> ' &amp; ${7*7} a&b=c#d?e/../f";
    private static final String TURNED = "abc\\u202Ecba\\u2066x\\u0007\\u200b";
    static final String LONG = "L".repeat(400);
    /** Turned text, and what no name has. */
    static final String BIDI = "abc\u202Ecba\u2066x\u0007\u200b";

    private static final String TEXT = "CANARYtextCANARY";

    private HostileLedger() {}

    static void write(Path data) throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "cxone.retry.max-retries", "0", "cxone.in-doubt", "park")) {
            cxt.drops("sent.json", chat("sent", 2, TEXT));
            cxt.drops("again.json", chat("sent", 2, TEXT));
            cxt.drops("other.json", chat("sent", 3, TEXT));
            cxone.next(Fault.status(503));
            cxt.drops("failed.json", chat("failed", 2, TEXT));
            cxone.next(Fault.resetAfterBody());
            cxt.drops("doubt.json", chat("doubt", 2, TEXT));
            cxt.drops(
                    "many.ndjson",
                    Stream.of(MARKUP, QUOTES, TURNED, LONG)
                                    .map(id -> chat(id, 2, TEXT))
                                    .reduce("", (all, next) -> all + next + "\n")
                            + "{\"interactionId\":\"" + MARKUP + "2\",\"agentId\":\"CANARYagentCANARY\",\"bad\":1}\n"
                            + "{}\n" + chat(" padded ", 2, TEXT) + "\n"
                            + chat("cut", 2, TEXT).substring(0, 200) + "\n");
            cxt.drops("<b onclick=alert(1)>name.json", chat("name", 2, TEXT));
        }
    }

    private static final String FORGED = """
            INSERT INTO audit_event (chain, seq, at, event, interaction_id, part, source, actor, http_status, attempt, latency_ms,
              reason, conversation_id, detail, config, hash) VALUES (?1, 1, '2026-11-22T10:00:00.000000Z', ?1, ?1, 1, ?1, ?1,
              999, 7, 123456789, ?1, ?1, ?1, ?1, ?1);
            INSERT INTO delivery (target, interaction_id, part, parts, state, calling, doubted, attempts, reason, source,
              source_index, source_line, messages, bytes, received_at, finished_at) VALUES ('conversations', 'forged ' || ?1, 1,
              2, 'FAILED', 0, 0, 7, ?1, ?1, 0, 1, 2, 3, 1795000000000, 1795000000000);
            INSERT INTO intake (id, door, source, bytes, opened_at, undecided, undecided_at, detail)
              VALUES (?1, ?1, ?1, 9223372036854775807, 1795000000000, ?1, 1795000000000, ?1);
            INSERT INTO letter (id, instance, name, state, outcome, reason, detail, interaction_id, source, source_index,
              source_line, decided_at, replays, job, job_state) VALUES (?1, ?1, ?1, 'OPEN', 'failed', ?1, ?1, ?1, ?1, 0, 1,
              1795000000000, 2, 1, 'FAILED');
            INSERT INTO instance (name, host, version, started_at, seen_at, lane, in_flight)
              VALUES (?1, ?1, ?1, 1795000000000, 1795000000000, ?1, 3);
            INSERT INTO control (what, since, actor, note) VALUES ('source ' || ?1, 1795000000000, ?1, ?1);
            INSERT OR REPLACE INTO control (what, since, actor, note) VALUES ('lane', 1795000000000, ?1, ?1);
            INSERT INTO job (id, kind, state, filter, share, stop_after, total, failed, why, paused_by, actor, note, created_at,
              started_at) VALUES (1 + (SELECT COUNT(*) FROM job), 'redrive', 'PAUSED', ?1, 50, 20, 4, 4, ?1, ?1, ?1, ?1,
              1795000000000, 1795000000000);
            INSERT INTO job_receipt (job, chain, from_seq, to_seq, hash) VALUES ((SELECT COUNT(*) FROM job), ?1, 1, 2, ?1);
            """;

    /**
     * Adds rows that have such names where CXT has words of its own: somebody changed the database, or a later CXT wrote it.
     *
     * @param fouls one row in each table for each, and a job of that number, from 1
     */
    static void forge(Path data, String... fouls) throws SQLException {
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"))) {
            for (String foul : fouls) {
                for (String row : FORGED.strip().split(";\n")) {
                    try (PreparedStatement insert = ledger.prepareStatement(row)) {
                        insert.setString(1, foul);
                        insert.executeUpdate();
                    }
                }
            }
        }
    }
}
