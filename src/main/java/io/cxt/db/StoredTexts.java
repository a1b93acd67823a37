package io.cxt.db;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All text in the tables of a ledger or of a feed, value by value. */
public final class StoredTexts {
    /** A question for each table, with the columns that tell its rows apart. */
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("SELECT * FROM intake", List.of("id")),
            Map.entry("SELECT * FROM delivery", List.of("target", "interaction_id", "part")),
            Map.entry("SELECT * FROM audit_event", List.of("chain", "seq")),
            Map.entry("SELECT * FROM audit_closed", List.of("kind", "target", "id", "part")),
            Map.entry("SELECT * FROM letter", List.of("id")),
            Map.entry("SELECT * FROM replay", List.of("source")),
            Map.entry("SELECT * FROM doubt", List.of("door", "source")),
            Map.entry("SELECT * FROM instance", List.of("name")),
            Map.entry("SELECT * FROM control", List.of("what")),
            Map.entry("SELECT * FROM job", List.of("id")),
            Map.entry("SELECT * FROM job_source", List.of("job", "seq")));

    private static final String FEED = "SELECT * FROM audit_record";

    private StoredTexts() {}

    /** Given each value. */
    public interface Taker {
        /** @param row what tells its row from others, by column */
        void take(String table, Map<String, String> row, String column, String text);
    }

    /**
     * The tables of the ledger. A long one needs little memory.
     *
     * @return how many there are
     */
    public static int ledger(Session session, Taker taker) throws SQLException {
        for (Map.Entry<String, List<String>> each : new TreeMap<>(KEYS).entrySet()) {
            table(session, each.getKey(), each.getValue(), taker);
        }
        return KEYS.size();
    }

    static Set<String> tables() {
        return KEYS.keySet().stream().map(StoredTexts::table).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String table(String sql) {
        return sql.substring(sql.lastIndexOf(' ') + 1);
    }

    /** The table of the audit feed. */
    public static void feed(Session session, Taker taker) throws SQLException {
        table(session, FEED, List.of("delivery_key"), taker);
    }

    private static void table(Session session, String sql, List<String> keys, Taker taker) throws SQLException {
        String table = table(sql);
        session.each(sql, StoredTexts::values, values -> {
            Map<String, String> row = new LinkedHashMap<>();
            keys.forEach(key -> row.put(key, String.valueOf(values.get(key))));
            values.forEach((column, value) -> {
                if (value instanceof String text) {
                    taker.take(table, row, column, text);
                }
            });
        });
    }

    private static Map<String, Object> values(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = row.getObject(i);
            if (value != null) {
                values.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), value);
            }
        }
        return values;
    }
}
