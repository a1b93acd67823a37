package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A ledger of an earlier version is brought up to date, and what it holds stays. */
@OnEachDatabase
class SchemaIT {
    @Parameter
    Store store;

    @TempDir
    Path folder;

    @Test
    void each_earlier_version_becomes_the_newest_and_keeps_what_it_holds() throws Exception {
        for (int version = 6; version < Schema.NEWEST; version++) {
            LedgerSettings settings = store.settings(folder.resolve("v" + version));
            PrivateFiles.createFolder(settings.folder());
            Database database = new Database(settings);
            if (settings.file() != null) {
                PrivateFiles.create(settings.file());
            }
            try (Connection old = database.openForWriting();
                    Statement statement = old.createStatement()) {
                statement.execute("CREATE TABLE cxt_schema (version INTEGER NOT NULL PRIMARY KEY)");
                for (int file = 1; file <= version; file++) {
                    for (String sql : Schema.statements(file)) {
                        statement.execute(sql);
                    }
                    statement.execute("INSERT INTO cxt_schema (version) VALUES (" + file + ")");
                }
                statement.execute("INSERT INTO replay (source, hash, id_prefix) VALUES ('replay-1.json', 'h', 'a-')");
                statement.execute("INSERT INTO ledger_id (one, id) VALUES (1, 'the-ledger')");
            }

            String id = database.migrate();

            assertThat(id).isEqualTo("the-ledger");
            database.requireReadable();
            try (Connection now = database.openForReading();
                    Statement statement = now.createStatement()) {
                TreeSet<Integer> versions = new TreeSet<>();
                try (ResultSet row = statement.executeQuery("SELECT version FROM cxt_schema")) {
                    while (row.next()) {
                        versions.add(row.getInt(1));
                    }
                }
                assertThat(versions).hasSize(Schema.NEWEST).endsWith(Schema.NEWEST);
                try (ResultSet row = statement.executeQuery("SELECT id_prefix, letter FROM replay")) {
                    row.next();
                    assertThat(row.getString(1)).isEqualTo("a-");
                    assertThat(row.getString(2)).isNull();
                }
                for (String table : new String[] {"letter", "tally", "instance", "control"}) {
                    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
                        row.next();
                        assertThat(row.getInt(1)).isZero();
                    }
                }
            }
        }
    }
}
