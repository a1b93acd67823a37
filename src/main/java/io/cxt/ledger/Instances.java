package io.cxt.ledger;

import io.cxt.db.GroupCommit;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;

/** The row of this instance in the table {@code instance}: its sign of life for people. With it, what is forgotten by age. */
public final class Instances {
    /** The lane of an instance that has ended in order. */
    public static final String ENDED = "ended";

    private static final long DAY_MS = 24L * 60 * 60 * 1000;
    private static final long FORGOTTEN_MS = 7 * DAY_MS;
    private static final long TALLY_MINUTES = 90L * 24 * 60;
    private static final String SEEN =
            "INSERT INTO instance (name, host, version, started_at, seen_at, lane, in_flight)"
                    + " SELECT ?, ?, ?, ?, ?, ?, ? WHERE 1 = 1 ON CONFLICT (name) DO UPDATE SET host = excluded.host,"
                    + " version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,"
                    + " lane = excluded.lane, in_flight = excluded.in_flight";

    private final GroupCommit commits;
    private final String name;
    private final Clock clock;
    private final long startedAt;
    private volatile long forgotAt;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    Instances(GroupCommit commits, String name, Clock clock) {
        this.commits = commits;
        this.name = name;
        this.clock = clock;
        startedAt = clock.millis();
        forgotAt = startedAt;
    }

    /** Forgets instances that were not seen for a week, and what became of transcripts in minutes of 90 days ago. */
    public void begin() {
        long now = clock.millis();
        forgotAt = now;
        commits.submit(session -> session.update("DELETE FROM instance WHERE seen_at < ?", now - FORGOTTEN_MS));
        commits.submit(session -> session.update("DELETE FROM tally WHERE minute < ?", now / 60_000 - TALLY_MINUTES));
    }

    /** This instance ends in order. Does not wait for the disk; the ledger's close does. */
    public void ended(String host, String version) {
        last = CompletableFuture.completedFuture(null);
        seen(host, version, ENDED, 0);
    }

    /**
     * This instance lives. Does not wait for the disk; does nothing while the sign before is not there yet.
     *
     * @param lane open, or why no call leaves
     * @param inFlight calls
     */
    public void seen(String host, String version, String lane, int inFlight) {
        if (Math.abs(clock.millis() - forgotAt) > DAY_MS) {
            begin();
        }
        if (last.isDone()) {
            last = commits.submit(
                    session -> session.update(SEEN, name, host, version, startedAt, clock.millis(), lane, inFlight));
        }
    }
}
