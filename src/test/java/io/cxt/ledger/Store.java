package io.cxt.ledger;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Postgres;
import java.nio.file.Path;

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

    /** A ledger of its own for each folder. */
    public abstract LedgerSettings settings(Path folder);
}
