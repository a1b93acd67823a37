package io.cxt.db;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the ledger beside its writer. Safe for several threads, which read one after another. */
public final class LedgerReader implements AutoCloseable {
    private final Database database;
    private final ReentrantLock reading = new ReentrantLock();
    private @Nullable Session session;

    public LedgerReader(Database database) {
        this.database = database;
    }

    /** True when one process has the database for itself. */
    public boolean sqlite() {
        return database.sqlite();
    }

    /** A question to the database. */
    public interface Question<T> {
        T ask(Session session) throws SQLException;
    }

    /** The first row; empty when there is none. */
    public <T> Optional<T> one(String sql, Session.Row<T> row, @Nullable Object... values) {
        return ask(open -> open.one(sql, row, values));
    }

    /** True when there is a row. */
    public boolean any(String sql, @Nullable Object... values) {
        return ask(open -> open.any(sql, values));
    }

    /** The number in the first row; 0 when there is no row, or NULL in it. */
    public long number(String sql, @Nullable Object... values) {
        return ask(open -> open.number(sql, values));
    }

    public <T> List<T> list(String sql, Session.Row<T> row, @Nullable Object... values) {
        return ask(open -> open.list(sql, row, values));
    }

    public <T> void each(String sql, Session.Row<T> row, Consumer<T> consumer, @Nullable Object... values) {
        ask(false, open -> {
            open.each(sql, row, consumer, values);
            return true;
        });
    }

    /** Asks a question, and once more on another connection when this one turns out to be gone. */
    public <T> T ask(Question<T> question) {
        return ask(true, question);
    }

    private <T> T ask(boolean again, Question<T> question) {
        reading.lock();
        boolean used = session != null;
        try {
            Session open = session;
            if (open == null) {
                open = new Session(database.openForReading());
                session = open;
            }
            return question.ask(open);
        } catch (SQLException e) {
            close();
            if (again && used && Outage.ofConnection(e)) {
                return ask(false, question);
            }
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        reading.lock();
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            // it is abandoned in any case
        } finally {
            session = null;
            reading.unlock();
        }
    }
}
