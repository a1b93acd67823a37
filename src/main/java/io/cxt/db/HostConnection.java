package io.cxt.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A connection of somebody else's: closing it returns it, once, and it cannot be used afterwards. */
public final class HostConnection implements InvocationHandler {
    /** What the ledger needs of a session in a host's database; a value may refer to the current one. */
    private static final Map<String, String> NEEDED = Map.of(
            "search_path", "'cxt'",
            "lock_timeout", "'10s'",
            "default_transaction_isolation", "'read committed'",
            "default_transaction_read_only", "'off'",
            "idle_in_transaction_session_timeout", "'%s'".formatted(Database.STANDING_STILL),
            "idle_session_timeout", "current_setting('idle_session_timeout')", // which holding changes
            "synchronous_commit", "replace(current_setting('synchronous_commit'), 'off', 'on')");

    private static final List<String> NAMES = List.copyOf(NEEDED.keySet());

    private static final String LOOK =
            NAMES.stream().map("current_setting('%s')"::formatted).collect(Collectors.joining(", ", "SELECT ", ""));
    private static final String CHANGE = NAMES.stream()
            .map(name -> "set_config('%s', %s, false)".formatted(name, NEEDED.get(name)))
            .collect(Collectors.joining(", ", "SELECT ", ""));
    private static final String RESTORE = NAMES.stream()
            .map("set_config('%s', ?, false)"::formatted)
            .collect(Collectors.joining(", ", "SELECT ", ""));

    /** What closing means. */
    public interface Return {
        void giveBack(Connection connection) throws SQLException;
    }

    private final Connection connection;
    private final Return to;
    private boolean returned;

    private HostConnection(Connection connection, Return to) {
        this.connection = connection;
        this.to = to;
    }

    public static Connection of(Connection connection, Return to) {
        return (Connection) Proxy.newProxyInstance(
                HostConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new HostConnection(connection, to));
    }

    /**
     * A connection to a host's PostgreSQL, on tables in the schema {@code cxt}, that commits each statement, to the disk.
     * It is returned as it came: what was changed is restored, and a connection that cannot be restored is aborted.
     */
    static Connection from(DataSource host) throws SQLException {
        Connection connection = host.getConnection();
        boolean ready = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            boolean readOnly = connection.isReadOnly();
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
            List<String> before = ask(connection, LOOK, List.of());
            ask(connection, CHANGE, List.of());
            ready = true;
            return of(connection, used -> restore(used, autoCommit, readOnly, before));
        } finally {
            if (!ready) {
                breakOff(connection);
            }
        }
    }

    private static void restore(Connection connection, boolean autoCommit, boolean readOnly, List<String> before)
            throws SQLException {
        boolean restored = false;
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            ask(connection, RESTORE, before);
            connection.setReadOnly(readOnly);
            connection.setAutoCommit(autoCommit);
            restored = true;
        } finally {
            if (restored) {
                connection.close();
            } else {
                breakOff(connection);
            }
        }
    }

    private static void breakOff(Connection connection) throws SQLException {
        try (connection) {
            connection.abort(Runnable::run);
        }
    }

    private static List<String> ask(Connection connection, String sql, List<String> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                List<String> answer = new ArrayList<>();
                for (int i = 1; i <= NAMES.size(); i++) {
                    answer.add(row.getString(i));
                }
                return answer;
            }
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "close":
                if (!returned) {
                    returned = true;
                    to.giveBack(connection);
                }
                return null;
            case "isClosed":
                return returned || connection.isClosed();
            default:
                if (returned && method.getDeclaringClass() != Object.class) {
                    throw new SQLException("this connection is closed");
                }
                try {
                    return method.invoke(connection, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                }
        }
    }
}
