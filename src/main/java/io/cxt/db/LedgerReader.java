package io.cxt.db;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Looks into the ledger without disturbing its writer. Safe for several threads; they take turns. */
public final class LedgerReader implements AutoCloseable {
    private final Database database;
    private final ReentrantLock turn = new ReentrantLock();
    private Session session;

    public LedgerReader(Database database) {
        this.database = database;
    }

    /** A question to the database. */
    public interface Question<T> {
        T ask(Session session) throws SQLException;
    }

    public <T> T one(String sql, Session.Row<T> row, Object... values) {
        return ask(open -> open.one(sql, row, values));
    }

    public <T> List<T> list(String sql, Session.Row<T> row, Object... values) {
        return ask(open -> open.list(sql, row, values));
    }

    public <T> void each(String sql, Session.Row<T> row, Consumer<T> consumer, Object... values) {
        ask(false, open -> {
            open.each(sql, row, consumer, values);
            return null;
        });
    }

    /** A question that may be asked again, on another connection, when the one at hand turns out to be gone. */
    public <T> T ask(Question<T> question) {
        return ask(true, question);
    }

    private <T> T ask(boolean again, Question<T> question) {
        turn.lock();
        boolean used = session != null;
        try {
            if (session == null) {
                session = new Session(database.openForReading());
            }
            return question.ask(session);
        } catch (SQLException e) {
            close();
            if (again && used && Outage.ofConnection(e)) {
                return ask(false, question);
            }
            throw new LedgerException("Cannot read the ledger: " + Database.reason(e), e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            // it is given up all the same
        } finally {
            session = null;
            turn.unlock();
        }
    }
}
