package io.cxt.ledger;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import java.nio.file.Path;

/** A process of somebody at the command. */
public final class OperatorProcess {
    public static final int TIMES = 20;

    private OperatorProcess() {}

    /** @param arguments the ledger's address, user, password and folder, and a name for what is replayed */
    public static void main(String... arguments) {
        replay(new LedgerSettings(arguments[0], arguments[1], arguments[2], Path.of(arguments[3])), arguments[4]);
    }

    /** As {@code cxt dead-letters replay} does. */
    public static void replay(LedgerSettings settings, String name) {
        try (OperatorLog log = new OperatorLog(settings)) {
            for (int i = 0; i < TIMES; i++) {
                log.replayed(name + "-" + i, "rejected/" + name + ".json", false, null);
            }
        }
    }
}
