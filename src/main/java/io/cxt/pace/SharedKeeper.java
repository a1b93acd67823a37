package io.cxt.pace;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Keeps the pace in a row of PostgreSQL's table {@code pace}, by the clock of the database, so that several instances
 * share one budget and clocks of theirs do not matter.
 */
public final class SharedKeeper implements Keeper {
    private static final String MAKE =
            "INSERT INTO pace (target, next_at, paused_until, soft_spacing, pauses) VALUES (?, 0, 0, 0, 0)"
                    + " ON CONFLICT DO NOTHING";
    private static final String LOOK = "SELECT next_at, paused_until, soft_spacing, pauses,"
            + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000,"
            + " set_config('synchronous_commit', 'off', true)" // nothing is lost that matters
            + " FROM pace WHERE target = ? FOR UPDATE";
    private static final String NOTE =
            "UPDATE pace SET next_at = ?, paused_until = ?, soft_spacing = ?, pauses = ? WHERE target = ?";

    /** Long enough to ask some twenty times a second, short enough to notice another instance's pause in time. */
    private static final Duration AHEAD = Duration.ofMillis(50);

    private final DataSource database;
    private final String target;
    private final Function<SQLException, RuntimeException> failed;
    private Connection connection;
    private PreparedStatement look;
    private PreparedStatement note;

    /**
     * @param database whose connections are kept open
     * @param failed puts a fault of the database into words
     */
    public SharedKeeper(DataSource database, String target, Function<SQLException, RuntimeException> failed) {
        this.database = database;
        this.target = target;
        this.failed = failed;
    }

    @Override
    public Duration ahead() {
        return AHEAD;
    }

    @Override
    public synchronized Kept change(Change change) {
        boolean fresh = connection == null;
        try {
            return tried(change);
        } catch (SQLException e) {
            close();
            if (fresh) {
                throw failed.apply(e);
            }
        }
        try { // a line that was cut meanwhile
            return tried(change);
        } catch (SQLException e) {
            close();
            throw failed.apply(e);
        }
    }

    private Kept tried(Change change) throws SQLException {
        if (connection == null) {
            open();
        }
        look.setString(1, target);
        Pace before;
        long now;
        try (ResultSet row = look.executeQuery()) {
            row.next();
            before = new Pace(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4));
            now = row.getLong(5);
        }
        Pace after = change.of(before, now);
        note.setLong(1, after.nextAt());
        note.setLong(2, after.pausedUntil());
        note.setLong(3, after.softSpacing());
        note.setInt(4, after.pausesInARow());
        note.setString(5, target);
        note.executeUpdate();
        connection.commit();
        return new Kept(before, after, now);
    }

    private void open() throws SQLException {
        connection = database.getConnection();
        connection.setAutoCommit(false);
        try (PreparedStatement make = connection.prepareStatement(MAKE)) {
            make.setString(1, target);
            make.executeUpdate();
        }
        connection.commit();
        look = connection.prepareStatement(LOOK);
        note = connection.prepareStatement(NOTE);
    }

    @Override
    public synchronized void close() {
        if (connection != null) {
            try {
                connection.rollback();
                connection.setAutoCommit(true); // a host's pool lends it to others
                connection.close();
            } catch (SQLException e) {
                // it is given up all the same
            } finally {
                connection = null;
            }
        }
    }
}
