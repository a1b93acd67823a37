package io.cxt.model;

import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Postgres;
import io.cxt.ledger.ModelLedger;
import io.cxt.model.Source.Letter;
import io.cxt.model.Tenant.Post;
import io.cxt.pace.ModelLane;
import io.cxt.pace.PaceStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A real database with the ledgers of some instances, used by one schedule after the other. */
final class Site implements AutoCloseable {
    /** A row of {@code delivery}. */
    record Row(String state, String hash, boolean calling, boolean doubted, String conversationId) {
        boolean is(String word) {
            return state.equals(word);
        }
    }

    /** A row of {@code audit_event} that is about a part. */
    record Event(
            String chain, String event, String key, int attempt, int httpStatus, String conversationId, String detail) {

        boolean tellsOf(Post post, String word) {
            return event.equals(word)
                    && chain.equals(post.instance())
                    && key.equals(post.key())
                    && attempt == post.attempt();
        }
    }

    /** On PostgreSQL, found before its own: the time of the model, in microseconds. */
    private static final List<String> CLOCK = List.of(
            "CREATE SEQUENCE model_time",
            "CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
                    + " $$ SELECT timestamptz 'epoch' + last_value * interval '1 microsecond' FROM model_time $$");

    private static final String TELL =
            "SELECT interaction_id, part, state, NULL, calling, doubted, conversation_id, content_hash FROM delivery"
                    + " UNION ALL SELECT interaction_id, part, event, chain, attempt, http_status, conversation_id, detail"
                    + " FROM audit_event WHERE part > 0";

    private final LedgerSettings settings;
    /** Of the pace; null where it is in memory. */
    private final DataSource keepers;

    private final Time time = new Time();
    private final List<ModelLedger> ledgers;
    private final Connection look;
    /** One for each instance and limit, with its connection; nothing else of it outlives a crash. */
    private final Map<String, PaceStore> kept = new HashMap<>();

    private final PreparedStatement tell;
    private ModelLane.Row faulty;
    private long clock;

    /** From now on the pace is one that begins anew with each limit, as it once did. */
    void wipe() {
        faulty = new ModelLane.Row();
    }

    /** In memory where that can be had: no power fails here, and what is forced to a disk takes its time. */
    private static Path folder() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "cxt-model-")
                : Files.createTempDirectory("cxt-model-");
    }

    private Site(LedgerSettings settings, DataSource keepers, int instances) throws SQLException {
        this.settings = settings;
        this.keepers = keepers;
        new Database(settings).migrate();
        ledgers = Stream.of("a", "b", "c")
                .limit(instances)
                .map(name -> new ModelLedger(settings, "instance-" + name, time))
                .toList();
        look = DriverManager.getConnection(settings.url(), settings.username(), settings.password());
        tell = look.prepareStatement(TELL);
    }

    static Site sqlite() throws SQLException, IOException {
        Path folder = folder();
        String url = "jdbc:sqlite:" + folder.resolve("ledger.db");
        return new Site(new LedgerSettings(url, null, null, folder), null, 1);
    }

    static Site postgresql(String schema, int instances) throws SQLException, IOException {
        Postgres server = Postgres.shared();
        String url = server.schema(schema);
        PGSimpleDataSource keepers = new PGSimpleDataSource();
        keepers.setUrl(url + ",pg_catalog");
        keepers.setUser(server.user());
        keepers.setPassword(server.password());
        Site site = new Site(new LedgerSettings(url, server.user(), server.password(), folder()), keepers, instances);
        for (String sql : CLOCK) {
            site.execute(sql);
        }
        return site;
    }

    /** Nothing is left of the schedule before. */
    void reset() throws SQLException, IOException {
        time.begin();
        if (keepers != null) { // rows that are deleted are read over and over
            execute("TRUNCATE delivery, audit_event, intake, pace");
        } else {
            for (String table : List.of("delivery", "audit_event", "intake", "pace")) {
                execute("DELETE FROM " + table);
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(settings.checkpointFolder())) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // the first schedule
        }
    }

    Time time() {
        return time;
    }

    List<ModelLedger> ledgers() {
        return ledgers;
    }

    /** The keeper of an instance's pace, on the model's time. */
    PaceStore keeper(String instance, double limit) {
        if (faulty != null) {
            return faulty.wiping(limit, time::nanos);
        }
        if (keepers == null) {
            return ModelLane.alone(limit, time::nanos);
        }
        PaceStore real = kept.computeIfAbsent(instance + " " + limit, none -> ModelLane.shared(keepers, limit));
        return new PaceStore() {
            @Override
            public Kept change(Change change) {
                setClock();
                return real.change(change);
            }

            @Override
            public void limit(double callsPerSecond) {
                real.limit(callsPerSecond);
            }

            @Override
            public Duration ahead() {
                return real.ahead();
            }

            @Override
            public void close() {}
        };
    }

    /** The clock of the database goes with the model's. */
    private void setClock() {
        if (clock != time.nanos()) {
            clock = time.nanos();
            try {
                execute("SELECT setval('model_time', " + clock / 1000 + ")");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    void replayed(Letter letter) {
        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed(letter.transcript().id(), "letter", letter.inDoubt(), null);
        }
    }

    /**
     * What is on record.
     *
     * @param rows the parts that were posted or decided, by interaction id and number
     */
    record Told(Map<String, Row> rows, List<Event> events) {}

    Told told() throws SQLException {
        Told told = new Told(new HashMap<>(), new ArrayList<>());
        try (ResultSet row = tell.executeQuery()) {
            while (row.next()) {
                String key = row.getString(1) + "/" + row.getInt(2);
                String chain = row.getString(4);
                String conversationId = row.getString(7);
                if (chain == null) {
                    boolean calling = row.getInt(5) == 1;
                    boolean doubted = row.getInt(6) == 1;
                    told.rows.put(key, new Row(row.getString(3), row.getString(8), calling, doubted, conversationId));
                } else {
                    told.events.add(new Event(
                            chain,
                            row.getString(3),
                            key,
                            row.getInt(5),
                            row.getInt(6),
                            conversationId,
                            String.valueOf(row.getString(8))));
                }
            }
        }
        return told;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = look.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What {@code cxt audit verify} finds; null when all chains are whole. */
    String verify() {
        return ledgers.get(0).verify();
    }

    @Override
    public void close() throws SQLException, IOException {
        kept.values().forEach(PaceStore::close);
        ledgers.forEach(ModelLedger::close);
        look.close();
        try (Stream<Path> files = Files.walk(settings.folder())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
