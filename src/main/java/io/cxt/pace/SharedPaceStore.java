package io.cxt.pace;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pace in a row of PostgreSQL's table {@code pace}, by the clock of the database, so that several instances
 * share one budget and their own clocks do not matter. Where they are set to different limits, the least holds for as long
 * as it is heard.
 *
 * <p>Long because each column of the row is read and written here.
 */
public final class SharedPaceStore implements PaceStore {
    private static final String COLUMNS = "next_at, paused_until, soft_spacing, pauses, rate_set, per_second, ceiling,"
            + " grown_at, cut_at, calls, sample_rate, sample_least, sample_from, sample_to, passed, refused, rates_set";
    private static final String MAKE = "INSERT INTO pace (target, " + COLUMNS
            + ") VALUES (?, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, '') ON CONFLICT DO NOTHING";
    private static final String LOOK = "SELECT " + COLUMNS
            + ", (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000,"
            + " set_config('synchronous_commit', 'off', true)" // nothing is lost that matters
            + " FROM pace WHERE target = ? FOR UPDATE";
    private static final String NOTE =
            "UPDATE pace SET (" + COLUMNS + ") = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE target = ?";

    /** Long enough to ask some twenty times a second, short enough to notice another instance's pause in time. */
    private static final Duration AHEAD = Duration.ofMillis(50);

    /** An instance without calls is heard so often all the same. */
    private static final Duration HEARD_EVERY = SetRates.REMEMBERED.dividedBy(3);

    private static final long DRIFT_NANOS = 10_000;
    private static final long CLOCK_WAS_SET_NANOS = Duration.ofSeconds(1).toNanos();

    private final DataSource database;
    private final String target;
    private double callsPerSecond;
    /** When the row last heard of this instance, on the database's clock. */
    private long heardAt;

    private double heardWith;

    private final Function<SQLException, RuntimeException> failed;
    private final ScheduledExecutorService heard;
    private long askedAt = System.nanoTime();
    private long toOurs;
    private @Nullable Line line;

    /** A connection that is kept open, with its statements. */
    private record Line(Connection connection, PreparedStatement look, PreparedStatement note) {}

    /**
     * @param database whose connections are kept open
     * @param callsPerSecond what the operator allows for all instances together; 0 to find out
     * @param failed puts a fault of the database into words
     */
    public SharedPaceStore(
            DataSource database,
            String target,
            double callsPerSecond,
            Function<SQLException, RuntimeException> failed) {
        this(database, target, callsPerSecond, failed, HEARD_EVERY);
    }

    SharedPaceStore(
            DataSource database,
            String target,
            double callsPerSecond,
            Function<SQLException, RuntimeException> failed,
            Duration heardEvery) {
        this.database = database;
        this.target = target;
        this.callsPerSecond = callsPerSecond;
        this.failed = failed;
        heard = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "cxt-pace");
            thread.setDaemon(true);
            return thread;
        });
        long every = heardEvery.toNanos();
        heard.scheduleWithFixedDelay(() -> beHeard(every), every, every, TimeUnit.NANOSECONDS);
    }

    /** The limit of an instance that has nothing to send holds as well. */
    private synchronized void beHeard(long every) {
        if (System.nanoTime() - askedAt >= every && !heard.isShutdown()) {
            try {
                change((pace, now) -> pace);
            } catch (RuntimeException e) {
                // the next time
            }
        }
    }

    /** The limit before is forgotten, unless another instance still has it. */
    @Override
    public synchronized void limit(double limit) {
        callsPerSecond = limit;
    }

    @Override
    public Duration ahead() {
        return AHEAD;
    }

    @Override
    public synchronized Kept change(Change change) {
        askedAt = System.nanoTime();
        boolean fresh = line == null;
        try {
            return tried(change);
        } catch (SQLException e) {
            disconnect();
            if (fresh) {
                throw failed.apply(e);
            }
        } finally {
            endIfClosed();
        }
        try { // a connection that was cut meanwhile
            return tried(change);
        } catch (SQLException e) {
            disconnect();
            throw failed.apply(e);
        } finally {
            endIfClosed();
        }
    }

    /** A call in flight asks after the close, too, and a pause that it meets counts for the others. */
    private void endIfClosed() {
        if (heard.isShutdown()) {
            disconnect();
        }
    }

    private Kept tried(Change change) throws SQLException {
        Line open = line == null ? open() : line;
        open.look().setString(1, target);
        Pace before;
        SetRates set;
        long now;
        long at;
        double limit = callsPerSecond;
        try (ResultSet row = open.look().executeQuery()) {
            row.next();
            now = row.getLong(18);
            SetRates others = SetRates.read(row.getString(17)).without(heardWith, heardAt);
            at = others.free(now);
            set = others.with(limit, at);
            before = read(row).at(set.least(), now);
        }
        Pace after = change.of(before, now);
        write(open.note(), after, set);
        open.connection().commit();
        heardAt = at;
        heardWith = limit;
        return new Kept(before, after, now, toOurs(System.nanoTime() - now));
    }

    /**
     * From the database's clock to ours: the least of what was measured, as the way back takes some time, and a little
     * more each time, as clocks drift; another one when a clock was set.
     */
    private long toOurs(long measured) {
        boolean set = toOurs == 0 || Math.abs(measured - toOurs) > CLOCK_WAS_SET_NANOS;
        toOurs = set ? measured : Math.min(measured, toOurs + DRIFT_NANOS);
        return toOurs;
    }

    private static Pace read(ResultSet row) throws SQLException {
        return new Pace(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getInt(4),
                new Rate(
                        row.getDouble(5),
                        row.getDouble(6),
                        row.getDouble(7),
                        row.getLong(8),
                        row.getLong(9),
                        row.getLong(10),
                        new Sample(
                                row.getDouble(11),
                                row.getDouble(12),
                                row.getLong(13),
                                row.getLong(14),
                                row.getInt(15),
                                row.getInt(16))));
    }

    private void write(PreparedStatement note, Pace pace, SetRates set) throws SQLException {
        Rate rate = pace.rate();
        note.setLong(1, pace.nextAt());
        note.setLong(2, pace.pausedUntil());
        note.setLong(3, pace.softSpacing());
        note.setInt(4, pace.pausesInARow());
        note.setDouble(5, rate.set());
        note.setDouble(6, rate.perSecond());
        note.setDouble(7, rate.ceiling());
        note.setLong(8, rate.grownAt());
        note.setLong(9, rate.cutAt());
        note.setLong(10, rate.calls());
        Sample sample = rate.sample();
        note.setDouble(11, sample.rate());
        note.setDouble(12, sample.least());
        note.setLong(13, sample.from());
        note.setLong(14, sample.to());
        note.setInt(15, sample.passed());
        note.setInt(16, sample.refused());
        note.setString(17, set.text());
        note.setString(18, target);
        note.executeUpdate();
    }

    private Line open() throws SQLException {
        Connection connection = database.getConnection();
        try {
            connection.setAutoCommit(false);
            try (PreparedStatement make = connection.prepareStatement(MAKE)) {
                make.setString(1, target);
                make.executeUpdate();
            }
            connection.commit();
            line = new Line(connection, connection.prepareStatement(LOOK), connection.prepareStatement(NOTE));
            return line;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        heard.shutdownNow();
        disconnect();
    }

    private synchronized void disconnect() {
        if (line != null) {
            try (Connection last = line.connection()) {
                last.rollback();
                last.setAutoCommit(true); // a host's pool lends it to others
            } catch (SQLException e) {
                // it is closed all the same
            } finally {
                line = null;
            }
        }
    }
}
