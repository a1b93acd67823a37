package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import io.cxt.ledger.ControlRow;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log says of a hold leads to its end. */
class ControlLogTest {
    @ParameterizedTest
    @ValueSource(strings = {"lane", "source sftp"})
    void a_hold_names_the_command_that_ends_it_with_all_that_this_needs(String what) {
        ControlRow hold = new ControlRow(what, null, Instant.EPOCH, null, "anna", "why");

        String told;
        try (LogRecorder log = LogRecorder.install()) {
            ControlLog.tell(Map.of(), Map.of(what, hold));
            told = log.lines().iterator().next();
        }

        assertThat(told).startsWith("held what=").endsWith("next=\"cxt release " + what + " --note '\u2026'\"");
    }
}
