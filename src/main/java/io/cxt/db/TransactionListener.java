package io.cxt.db;

import java.sql.SQLException;

/** Listens to each transaction of {@link GroupCommit}, on the writer's thread. */
public interface TransactionListener {

    /** A transaction begins or continues. */
    void begin(Session session) throws SQLException;

    /** The transaction is about to be committed: what it must hold besides can be queued now. */
    default void ending(Session session) throws SQLException {}

    /** Everything written since {@link #begin} is on the disk. */
    void committed();

    /** Everything written since {@link #begin} is undone. */
    void rolledBack();
}
