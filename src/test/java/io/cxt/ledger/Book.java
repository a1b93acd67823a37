package io.cxt.ledger;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.RunningCxt;
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
public final class Book implements AutoCloseable {
    public final Ledger ledger;
    public final Deliveries deliveries;
    private final LedgerSettings settings;

    private Book(LedgerSettings settings, boolean resendInDoubt, Clock clock) {
        this(settings, resendInDoubt, Duration.ofSeconds(60), clock);
    }

    private Book(LedgerSettings settings, boolean resendInDoubt, Duration lease, Clock clock) {
        this.settings = settings;
        ledger = Ledger.open(settings, "config-1", resendInDoubt, lease, clock);
        deliveries = ledger.deliveries();
    }

    public static Book open(Path folder) {
        return open(folder, true);
    }

    public static Book open(Path folder, boolean resendInDoubt) {
        return new Book(settings(folder), resendInDoubt, Clock.systemUTC());
    }

    public static Book open(Path folder, Clock clock) {
        return new Book(settings(folder), true, clock);
    }

    public static Book open(Store store, Path folder) {
        return open(store, folder, true);
    }

    public static Book open(Store store, Path folder, boolean resendInDoubt) {
        return new Book(store.settings(folder), resendInDoubt, Clock.systemUTC());
    }

    public static Book open(Store store, Path folder, Clock clock) {
        return new Book(store.settings(folder), true, clock);
    }

    public static Book open(LedgerSettings settings) {
        return new Book(settings, true, Clock.systemUTC());
    }

    /** The next start of the same instance. */
    public Book again() {
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

    public static LedgerSettings settings(Path folder) {
        return Store.SQLITE.settings(folder);
    }

    /** Every row of the answer, its columns joined by a blank; without {@link RunningCxt#FACTS}. */
    public List<String> rows(String sql) throws SQLException {
        return rows(settings, sql);
    }

    public static List<String> rows(LedgerSettings settings, String sql) throws SQLException {
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
                lines.add(String.join(" ", line).replaceAll(RunningCxt.FACTS, ""));
            }
            return lines;
        }
    }

    /** What somebody does who can write to the file. */
    public void tamper(String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public List<String> events() throws SQLException {
        return rows("SELECT event FROM audit_event ORDER BY seq");
    }

    @Override
    public void close() {
        ledger.close();
    }
}
