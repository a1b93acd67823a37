package io.cxt.ledger;

import io.cxt.db.LedgerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clock of the database, which all instances have in common: one whose own clock is wrong must not end what a person
 * holds. It is asked now and then; in between, and while it does not answer, monotonic time goes on from its last answer.
 */
final class DatabaseClock extends Clock {
    private static final Duration ASK_EVERY = Duration.ofSeconds(10);

    private final LongSupplier database;
    private final Clock own;
    private @Nullable Instant told;
    private long toldAt;
    private long askedAt = System.nanoTime() - ASK_EVERY.toNanos();

    /**
     * @param database tells its time, in milliseconds since 1970
     * @param own for as long as that has never answered
     */
    DatabaseClock(LongSupplier database, Clock own) {
        this.database = database;
        this.own = own;
    }

    @Override
    public synchronized Instant instant() {
        long asked = System.nanoTime();
        if (asked - askedAt >= ASK_EVERY.toNanos()) {
            askedAt = asked;
            try {
                told = Instant.ofEpochMilli(database.getAsLong());
                toldAt = System.nanoTime();
            } catch (LedgerException e) {
                // asked again later
            }
        }
        Instant last = told;
        return last == null ? own.instant() : last.plusNanos(System.nanoTime() - toldAt);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("instants only");
    }
}
