package io.cxt.ledger;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.Checkpoint;
import io.cxt.audit.FormerCheckpoints;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out, at the first start of an instance on a ledger, whether another ledger was in use here before. */
record FormerLedger(LedgerSettings settings, String instance, LedgerReader reader, Doubts doubts, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(FormerLedger.class);

    /** How deep the files are: archived chats are in a folder of their day. */
    private static final int DEPTH = 3;

    private static final String REPORTS = "reports";

    /**
     * Holds the lane and notes which calls to mark, when traces of another ledger are found.
     *
     * @param archive the folder of the archive, which other instances on this ledger may write to, too
     * @return a checkpoint of events that are missing in this very ledger; null when there is none
     */
    @Nullable
    Checkpoint look(Path archive) throws IOException {
        if (doubts.noted(instance)) {
            return null;
        }
        List<String> traces = traces(); // before the ledger is asked: what another instance on it does is in it first
        boolean archived = holdsFiles(archive);
        FormerCheckpoints checkpoints = FormerCheckpoints.find(settings, instance, reader);
        boolean first = !reader.any("SELECT 1 FROM audit_event WHERE chain <> ? LIMIT 1", Owner.OPERATOR_CHAIN);
        if (first && archived) {
            traces.add("archive");
        }
        if (checkpoints.any() || !checkpoints.ofThisLedger() && !traces.isEmpty()) {
            traces.addAll(0, checkpoints.inWords());
            begins(String.join(", ", traces), checkpoints);
        }
        return checkpoints.cut();
    }

    private List<String> traces() throws IOException {
        List<String> traces = new ArrayList<>();
        if (holdsFiles(
                settings.folder().resolve(REPORTS))) { // letters alone may have been copied in; each tells its doubt
            traces.add(REPORTS);
        }
        if (!settings.sqlite() && Files.exists(settings.folder().resolve(LedgerSettings.SQLITE_FILE))) {
            traces.add(LedgerSettings.SQLITE_FILE);
        }
        return traces;
    }

    private static boolean holdsFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> all = Files.walk(folder, DEPTH)) {
            return all.anyMatch(Files::isRegularFile);
        }
    }

    private void begins(String found, FormerCheckpoints checkpoints) throws IOException {
        checkpoints.moveAside();
        ControlRow hold = ControlRow.ordered(
                ControlRow.LANE,
                null,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                null,
                System.getProperty("user.name"),
                "this ledger follows another one: CXone may have what that one sent");
        try (OperatorLog log = new OperatorLog(settings)) {
            Doubts.sentElsewhere(log, Type.OTHER_LEDGER, "found: " + found, instance, hold);
        }
        LOG.warn(
                "other ledger found=\"{}\" next=\"calls are held, and chats from before {} that this ledger does not know"
                        + " go out marked. Compare with CXone (docs/operations.md, A new ledger), then: cxt release lane --note"
                        + " '…'\"",
                found,
                hold.since());
    }
}
