package io.cxt.db;

import io.cxt.db.GroupCommit.Work;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work in two stages: the first queues its changes, which go to the database with those of the other pieces; the second
 * sees what each came to. The second stages run in the order of the pieces.
 */
public interface Staged<T> extends Work<T> {
    /** @return the second stage */
    Work<T> queue(Session session) throws SQLException;

    @Override
    default @Nullable T run(Session session) throws SQLException {
        return queue(session).run(session);
    }

    /** Changes of which nobody needs to know what they came to. */
    static Staged<Void> queueing(Consumer<Session> changes) {
        return session -> {
            changes.accept(session);
            return then -> null;
        };
    }
}
