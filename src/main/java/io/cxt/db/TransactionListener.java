package io.cxt.db;

import java.sql.SQLException;

/** Is told of each transaction of {@link GroupCommit}, on the writer's thread. */
public interface TransactionListener {

    /** A transaction is open, or is gone on with. */
    void begin(Session session) throws SQLException;

    /** All that was written since {@link #begin} is on the disk. */
    void committed();

    /** Nothing that was written since {@link #begin} stays. */
    void rolledBack();
}
