package io.cxt.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The ledger's connection on loan, looking like any other. The ledger waits from the first statement to the commit;
 * the commit returns when the ledger's own, which holds it as well, is on the disk.
 *
 * <p>To be used and closed by one thread, which must not call the ledger in between.
 */
public final class BorrowedConnection implements InvocationHandler {
    /** As SQL, which the session prepares once; the driver's own savepoints are prepared anew for each loan. */
    private static final String SAVEPOINT = "SAVEPOINT loan";

    private static final String RELEASE = "RELEASE loan";
    private static final String UNDO = "ROLLBACK TO loan";

    private final GroupCommit commits;
    private Session session;
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
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
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

    private Object call(Method method, Object[] arguments) throws Throwable {
        if (closed) {
            throw new SQLException("this connection is closed");
        }
        if (session == null) {
            Session lent = commits.lend();
            try {
                lent.update(SAVEPOINT);
                session = lent;
            } finally {
                if (session == null) {
                    commits.handBack();
                }
            }
        }
        try {
            return method.invoke(session.connection(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void keep() throws SQLException {
        if (session == null) {
            return;
        }
        CompletableFuture<Void> onDisk;
        try {
            session.update(RELEASE);
        } finally {
            session = null;
            onDisk = commits.handBack();
        }
        try {
            onDisk.join();
        } catch (CompletionException e) {
            throw new SQLException("not committed: " + e.getCause().getMessage(), e);
        }
    }

    private void undo() throws SQLException {
        if (session == null) {
            return;
        }
        try {
            session.update(UNDO);
            session.update(RELEASE);
        } finally {
            session = null;
            commits.handBack();
        }
    }
}
