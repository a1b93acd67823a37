package io.cxt.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's connection, borrowed by another writer. The ledger waits from the first statement to the commit; the
 * commit returns when it is on the disk with the ledger's own.
 *
 * <p>Used and closed by one thread, which must not call the ledger in between.
 */
public final class BorrowedConnection implements InvocationHandler {
    /** As SQL, which the session prepares once; the driver would prepare its own savepoints each time. */
    private static final String SAVEPOINT = "SAVEPOINT loan";

    private static final String RELEASE = "RELEASE loan";
    private static final String UNDO = "ROLLBACK TO loan";

    private final GroupCommit commits;
    private WriterTransaction.@Nullable Open borrowed;
    private boolean autoCommit = true;
    private boolean closed;

    private BorrowedConnection(GroupCommit commits) {
        this.commits = commits;
    }

    public static Connection of(GroupCommit commits) {
        return (Connection) Proxy.newProxyInstance(
                BorrowedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new BorrowedConnection(commits));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "getAutoCommit":
                return autoCommit;
            case "isClosed":
                return closed;
            case "setAutoCommit":
                if ((boolean) arguments[0]) {
                    keep(); // JDBC: what is open is committed
                }
                autoCommit = (boolean) arguments[0];
                return null;
            case "commit":
                keep();
                return null;
            case "rollback":
                undo();
                return null;
            case "close":
                closed = true;
                if (autoCommit) {
                    keep();
                } else {
                    undo();
                }
                return null;
            default:
                return call(method, arguments);
        }
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        if (closed) {
            throw new SQLException("this connection is closed");
        }
        WriterTransaction.Open open = borrowed == null ? borrow() : borrowed;
        try {
            return method.invoke(open.session().connection(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private WriterTransaction.Open borrow() throws SQLException {
        WriterTransaction.Open open = commits.lend();
        try {
            open.session().update(SAVEPOINT);
            borrowed = open;
            return open;
        } finally {
            if (borrowed == null) {
                commits.giveBack();
            }
        }
    }

    private void keep() throws SQLException {
        WriterTransaction.Open open = borrowed;
        if (open == null) {
            return;
        }
        try {
            open.session().update(RELEASE);
        } finally {
            borrowed = null;
            commits.giveBack();
        }
        try {
            open.onDisk().join();
        } catch (CompletionException e) {
            throw new SQLException("not committed: " + e.getMessage(), e);
        }
    }

    private void undo() throws SQLException {
        WriterTransaction.Open open = borrowed;
        if (open == null) {
            return;
        }
        try {
            open.session().update(UNDO);
            open.session().update(RELEASE);
        } finally {
            borrowed = null;
            commits.giveBack();
        }
    }
}
