package io.cxt.ledger;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Postgres;
import java.nio.file.Path;
import java.util.List;

/** The databases that a ledger may be in. */
public enum Store {
    SQLITE {
        @Override
        public LedgerSettings settings(Path folder) {
            return new LedgerSettings("jdbc:sqlite:" + folder.resolve("ledger.db"), null, null, folder);
        }
    },
    POSTGRESQL {
        @Override
        public LedgerSettings settings(Path folder) {
            Postgres server = Postgres.shared();
            String schema = "test_" + Integer.toHexString(folder.toString().hashCode());
            return new LedgerSettings(server.schema(schema), server.user(), server.password(), folder);
        }
    };

    /** Both; SQLite alone for the mutants of the profile {@code pit}, which would take for ever otherwise. */
    static List<Store> tested() {
        return Boolean.getBoolean("cxt.pit") ? List.of(SQLITE) : List.of(values());
    }

    /** A ledger of its own for each folder. */
    public abstract LedgerSettings settings(Path folder);
}
