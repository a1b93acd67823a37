package io.cxt.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A ledger on disk, and a look at its tables through a connection of its own. */
final class Book implements AutoCloseable {
    final Ledger ledger;
    final Deliveries deliveries;
    private final LedgerSettings settings;

    private Book(LedgerSettings settings, boolean resendInDoubt, Clock clock) {
        this(settings, resendInDoubt, Duration.ofSeconds(60), clock);
    }

    private Book(LedgerSettings settings, boolean resendInDoubt, Duration lease, Clock clock) {
        this.settings = settings;
        ledger = Ledger.open(settings, "config-1", resendInDoubt, lease, clock);
        deliveries = ledger.deliveries();
    }

    static Book open(Path folder) {
        return open(folder, true);
    }

    static Book open(Path folder, boolean resendInDoubt) {
        return new Book(settings(folder), resendInDoubt, Clock.systemUTC());
    }

    static Book open(Path folder, Clock clock) {
        return new Book(settings(folder), true, clock);
    }

    static Book open(Store store, Path folder) {
        return open(store, folder, true);
    }

    static Book open(Store store, Path folder, boolean resendInDoubt) {
        return new Book(store.settings(folder), resendInDoubt, Clock.systemUTC());
    }

    static Book open(Store store, Path folder, Clock clock) {
        return new Book(store.settings(folder), true, clock);
    }

    static Book open(LedgerSettings settings) {
        return new Book(settings, true, Clock.systemUTC());
    }

    /** The next start of the same instance. */
    Book again() {
        return open(settings);
    }

    /** Another instance on the same database, with a folder of its own. */
    Book besides(Path folder, Duration lease) {
        return besides(folder, lease, true);
    }

    /** Another instance whose machine has another clock. */
    Book clocked(Path folder, Clock clock) {
        return new Book(
                new LedgerSettings(settings.url(), settings.username(), settings.password(), folder), true, clock);
    }

    Book besides(Path folder, Duration lease, boolean resendInDoubt) {
        return new Book(
                new LedgerSettings(settings.url(), settings.username(), settings.password(), folder),
                resendInDoubt,
                lease,
                Clock.systemUTC());
    }

    static LedgerSettings settings(Path folder) {
        return Store.SQLITE.settings(folder);
    }

    /** Every row of the answer, its columns joined by a blank. */
    List<String> rows(String sql) throws SQLException {
        return rows(settings, sql);
    }

    static List<String> rows(LedgerSettings settings, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                List<String> line = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    line.add(String.valueOf(rows.getString(i)));
                }
                lines.add(String.join(" ", line));
            }
            return lines;
        }
    }

    /** What somebody does who can write to the file. */
    void tamper(String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    List<String> events() throws SQLException {
        return rows("SELECT event FROM audit_event ORDER BY seq");
    }

    @Override
    public void close() {
        ledger.close();
    }
}
