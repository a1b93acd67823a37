package io.cxt.cli;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.files.FilePermissions;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts on record who looks at what. */
final class Reads {
    private final LedgerSettings ledger;
    private final boolean wanted;

    /** Reads {@code audit.reads}. */
    Reads(Settings settings, LedgerSettings ledger) {
        this.ledger = ledger;
        this.wanted = wanted(settings);
    }

    static boolean wanted(Settings settings) {
        return settings.flag("audit.reads", false);
    }

    /**
     * Records that somebody is about to see what the ledger has. Where that cannot be recorded, says so and returns: a person
     * who may read the ledger can read it without CXT, too.
     *
     * @param interactionId of one chat; null for several
     * @param command and what it asks for, made safe, without text or names
     */
    void of(@Nullable String interactionId, String command) {
        if (!wanted) {
            return;
        }
        if (!FilePermissions.own(ledger.folder())) { // files of another user in data.dir would be in the way of its CXT
            System.err.printf(
                    "Not on record: data.dir belongs to %s. Run cxt as that user%n",
                    FilePermissions.owner(ledger.folder()));
            return;
        }
        try {
            record(List.of(
                    AuditEvent.of(Type.READ).about(interactionId, null, null).because(null, command)));
        } catch (LedgerException e) {
            System.err.println("Not on record: " + e.getMessage());
        }
    }

    /**
     * Records that somebody is about to get the text of chats.
     *
     * @throws CommandRefused when it cannot be recorded
     */
    void ofText(List<String> interactionIds, String command) {
        try {
            record(interactionIds.stream()
                    .map(id ->
                            AuditEvent.of(Type.TEXT_READ).about(id, null, null).because(null, command))
                    .toList());
        } catch (LedgerException e) {
            throw new CommandRefused(
                    Exit.UNREACHABLE,
                    "Text of chats is given out only when the audit has it, and that cannot be written: %s. Of a copy, make data.dir writable"
                            .formatted(e.getMessage()));
        }
    }

    /** False for an id that a person made up, which has no place in the audit. */
    static boolean knows(LedgerView view, String interactionId) {
        return SafeName.spellings(interactionId).stream()
                .anyMatch(id -> !view.deliveries(id).isEmpty());
    }

    private void record(List<AuditEvent> events) {
        try (OperatorLog log = new OperatorLog(ledger)) {
            log.changed(events.stream()
                    .<OperatorLog.Telling>map(event -> session -> event)
                    .toList());
        }
    }
}
