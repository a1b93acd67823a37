package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person holds or sets, for all instances.
 *
 * @param what {@link #LANE}, {@link #PACE}, or a pickup as {@link #source} names it
 * @param rate calls a second; null for a hold
 * @param until when it ends by itself; null when a person ends it
 * @param actor the login name of that person
 * @param note why
 */
public record ControlRow(
        String what,
        @Nullable Double rate,
        Instant since,
        @Nullable Instant until,
        String actor,
        String note) {
    /** No call leaves. */
    public static final String LANE = "lane";

    /** How many calls a second may leave. */
    public static final String PACE = "pace";

    private static final String SOURCE = "source ";
    private static final int MOST_CALLS = 10_000;
    /** The slowest that CXT goes by itself, too. */
    private static final double LEAST_CALLS = 0.2;

    /**
     * What a person orders now.
     *
     * @throws OrderRefused when a value is out of bounds
     */
    public static ControlRow ordered(
            String what,
            @Nullable Double rate,
            Instant now,
            @Nullable Instant until,
            String actor,
            @Nullable String note) {
        if (rate != null && (rate < 0 || rate > MOST_CALLS || rate > 0 && rate < LEAST_CALLS)) {
            throw new OrderRefused("pace is %s; allowed: 0 to find the limit, or %s to %s calls a second"
                    .formatted(rate(rate), LEAST_CALLS, MOST_CALLS));
        }
        if (until != null && !until.isAfter(now)) {
            throw new OrderRefused("until is %s, which is over: it is %s now".formatted(until, now));
        }
        return new ControlRow(what, rate, now, until, actor, Note.needed(note));
    }

    /** The pickup of this name takes nothing new. */
    public static String source(String pickup) {
        return SOURCE + pickup;
    }

    /** The name of the pickup that is held; null for the lane and the pace. */
    public @Nullable String pickup() {
        return what.startsWith(SOURCE) ? what.substring(SOURCE.length()) : null;
    }

    /** True while it has not ended by itself. */
    public boolean inForce(Instant now) {
        return until == null || now.isBefore(until);
    }

    /** For a person: {@code held until 2026-11-22T06:00:00Z by anna: maintenance}. Not fit for a log line. */
    public String words() {
        String how = rate == null ? "held" : "set to %s calls a second".formatted(rate(rate));
        return "%s %s by %s: %s".formatted(how, until == null ? "until released" : "until " + until, actor, note);
    }

    /** A rate as people write it: {@code 20} or {@code 0.5}. */
    public static String rate(double rate) {
        return rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate);
    }

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "what, rate, since, until, actor, note";

    static ControlRow read(ResultSet row) throws SQLException {
        return new ControlRow(
                row.getString(1),
                row.getObject(2) == null ? null : (Double) row.getDouble(2),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getObject(4) == null ? null : Instant.ofEpochMilli(row.getLong(4)),
                row.getString(5),
                row.getString(6));
    }
}
