package io.cxt.ledger;

import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import java.time.Clock;
import java.time.Duration;

/**
 * The last pause of all calls to a target, in the table {@code pace} of a ledger that one process has to itself, by the
 * clock of the machine. Several instances on one PostgreSQL share the complete row instead.
 */
public final class Pauses {
    private static final String NOTE =
            "INSERT INTO pace (target, next_at, paused_until, soft_spacing, pauses, rate_set,"
                    + " per_second, ceiling, grown_at, cut_at, calls) VALUES (?, 0, ?, 0, 0, -1, 0, 0, 0, 0, 0)"
                    + " ON CONFLICT (target) DO UPDATE SET paused_until = excluded.paused_until";

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final String target;
    private final Duration longest;
    private final Clock clock;

    /** @param longest no pause is longer, whatever a clock that was set makes of it */
    Pauses(GroupCommit commits, LedgerReader reader, String target, Duration longest, Clock clock) {
        this.commits = commits;
        this.reader = reader;
        this.target = target;
        this.longest = longest;
        this.clock = clock;
    }

    /** How much is left of the last pause; zero when it is over. */
    public Duration left() {
        long until = reader.number("SELECT paused_until FROM pace WHERE target = ?", target);
        long left = until / 1_000_000 - clock.millis();
        return Duration.ofMillis(Math.max(0, Math.min(left, longest.toMillis())));
    }

    /** A pause of this length begins now. Does not wait for the disk. */
    public void begun(Duration pause) {
        long until = (clock.millis() + pause.toMillis()) * 1_000_000; // nanoseconds, as in the shared row
        commits.submitLasting(session -> session.update(NOTE, target, until));
    }
}
