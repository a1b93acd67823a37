package io.cxt.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ledger's tables: {@code schema-1.sql} and on, each run once, in one transaction with the note that it was.
 * Never edit a file that has shipped; add the next one.
 */
public final class Schema {
    /** The number of the newest file. */
    public static final int NEWEST = 14;

    /** Any number of ours: instances that start together on one PostgreSQL take turns by it. */
    private static final long TURN = 0x637874L;

    private Schema() {}

    /** True when there are tables of ours, whatever their version is. */
    static boolean exists(Connection connection, boolean sqlite) throws SQLException {
        String sql = sqlite
                ? "SELECT count(*) FROM sqlite_master WHERE name = 'cxt_schema'"
                : "SELECT count(to_regclass('cxt_schema'))";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1) > 0;
        }
    }

    /** Throws unless the tables are those that this version reads. */
    static void requireNewest(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = newest(statement);
            if (version < NEWEST) {
                throw new LedgerException(
                        ("The ledger was written by an older cxt (schema %s; this one reads %s). cxt run, or cxt check"
                                        + " --connect, brings it up to date")
                                .formatted(version, NEWEST),
                        null);
            }
        }
    }

    /** Creates the schema for the tables in a host's PostgreSQL, unless it is there. */
    static void makeForHost(Connection connection) throws SQLException {
        inTurn(connection, false, statement -> {
            // not IF NOT EXISTS: that needs the right to create it also where it is there
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_namespace WHERE nspname = 'cxt'")) {
                row.next();
                if (row.getInt(1) > 0) {
                    return;
                }
            }
            statement.execute("CREATE SCHEMA cxt");
        });
    }

    /** Brings the tables up to date. */
    static void update(Connection connection, boolean sqlite) throws SQLException {
        if (version(connection) == NEWEST) {
            return;
        }
        inTurn(connection, sqlite, statement -> {
            statement.execute("CREATE TABLE IF NOT EXISTS cxt_schema (version INTEGER NOT NULL PRIMARY KEY)");
            for (int next = newest(statement) + 1; next <= NEWEST; next++) {
                for (String sql : statements(next)) {
                    statement.execute(sql);
                }
                note(connection, next);
            }
        });
    }

    /** Runs a {@code CREATE … IF NOT EXISTS} in any database. */
    public static void make(Connection connection, String sql) throws SQLException {
        if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
            inTurn(connection, false, statement -> statement.execute(sql));
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What is created in one transaction. */
    private interface Creation {
        void run(Statement statement) throws SQLException;
    }

    /**
     * Creates while no other instance does. PostgreSQL refuses a {@code CREATE … IF NOT EXISTS} while another session
     * makes the same, and for a moment after it has.
     */
    private static void inTurn(Connection connection, boolean sqlite, Creation creation) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (!sqlite) {
                statement.execute("SELECT pg_advisory_xact_lock(" + TURN + ")");
            }
            creation.run(statement);
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** What tells this ledger from any other; made by the first who asks. */
    static String ledgerId(Connection connection) throws SQLException {
        try (PreparedStatement first = connection.prepareStatement(
                        "INSERT INTO ledger_id (one, id) VALUES (1, ?) ON CONFLICT DO NOTHING");
                Statement statement = connection.createStatement()) {
            first.setString(1, UUID.randomUUID().toString());
            first.executeUpdate();
            try (ResultSet row = statement.executeQuery("SELECT id FROM ledger_id")) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** The version that the tables have; 0 when there are none yet. */
    private static int version(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            return newest(statement);
        } catch (SQLException e) {
            return 0;
        }
    }

    private static void note(Connection connection, int version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO cxt_schema (version) VALUES (?)")) {
            statement.setInt(1, version);
            statement.executeUpdate();
        }
    }

    private static int newest(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT max(version) FROM cxt_schema")) {
            row.next();
            int version = row.getInt(1);
            if (version > NEWEST) {
                throw new LedgerException(
                        ("The ledger was written by a newer cxt (schema %s; this one knows %s). Use that version or a"
                                        + " later one")
                                .formatted(version, NEWEST),
                        null);
            }
            return version;
        }
    }

    /** The names of all tables, sorted; that of the feed with them. */
    public static List<String> tables() {
        Set<String> names = new TreeSet<>(Set.of("cxt_schema", "audit_record"));
        for (int version = 1; version <= NEWEST; version++) {
            for (String sql : statements(version)) {
                Matcher table = Pattern.compile("CREATE TABLE (\\w+)").matcher(sql);
                if (table.lookingAt()) {
                    names.add(table.group(1));
                }
            }
        }
        return List.copyOf(names);
    }

    /** Statements end in a semicolon at the end of a line; lines that begin with two dashes are comments. */
    static List<String> statements(int version) {
        try (InputStream file = Schema.class.getResourceAsStream("schema-" + version + ".sql")) {
            String sql = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("\\s*--.*", ""))
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.joining("\n"));
            return Arrays.asList(sql.split(";\n?"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
