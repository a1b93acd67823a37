package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.db.LedgerException;
import io.cxt.fixture.Chats;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each start is in the audit, before any call. */
class RecordedStartTest {
    @TempDir
    Path data;

    @Tag("fault-131")
    @Test
    void nothing_starts_whose_start_cannot_be_recorded() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            RunningCxt.start(data, cxone).close();
            change("CREATE TRIGGER full BEFORE INSERT ON audit_event WHEN NEW.event = 'STARTED'"
                    + " BEGIN SELECT RAISE(ABORT, 'as if the disk were full'); END");

            assertThatThrownBy(() -> RunningCxt.start(data, cxone)).isInstanceOf(LedgerException.class);

            change("DROP TRIGGER full");
            try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
                cxt.drops("one.json", Chats.chat("one"));
                assertThat(
                                cxt.rows(
                                        "SELECT event FROM audit_event WHERE event IN ('STARTED', 'STOPPED', 'CLAIMED') ORDER BY seq"))
                        .endsWith("STARTED", "CLAIMED");
            }
        }
    }

    private void change(String sql) throws Exception {
        try (Connection ledger = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = ledger.createStatement()) {
            statement.execute(sql);
        }
    }
}
