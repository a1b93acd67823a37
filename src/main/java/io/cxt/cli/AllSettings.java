package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.console.ConsoleSettings;
import io.cxt.cxone.CxoneSettings;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.BackfillFolders;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.IntakeSettings;
import io.cxt.intake.Selection;
import io.cxt.ops.OpsSettings;
import io.cxt.pace.CallWindows;
import io.cxt.pickup.jms.JmsSettings;
import io.cxt.pickup.sftp.SftpSettings;
import io.cxt.redaction.Redaction;
import io.cxt.retention.RetentionSettings;
import io.cxt.runtime.SeparateFolders;
import io.cxt.settings.Settings;
import io.cxt.transcript.TranscriptSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every setting there is, read and checked at once.
 *
 * @param inbox the watched folder
 * @param watched true when it is enabled
 * @param sftp null when it is disabled
 * @param jms null when it is disabled
 * @param feed the audit feed's own database; null when it is the ledger's
 */
record AllSettings(
        CxoneSettings cxone,
        LedgerSettings ledger,
        TranscriptSettings transcript,
        OpsSettings ops,
        ConsoleSettings console,
        Path inbox,
        boolean watched,
        ArchiveSettings archive,
        @Nullable SftpSettings sftp,
        @Nullable JmsSettings jms,
        @Nullable FeedSource feed) {

    /** Reads all of them; problems stay in the settings. */
    static AllSettings from(Settings settings) {
        LedgerSettings ledger = LedgerSettings.from(settings);
        LedgerSettings.lease(settings);
        List<String> copies = LedgerSettings.checkpointCopies(settings);
        LedgerSettings.copiesAuthorization(settings, copies);
        Reads.wanted(settings);
        IdPrefixes.from(settings);
        Selection.ofPickups(settings);
        Redaction.from(settings);
        BackfillFolders.from(settings);
        CallWindows.from(settings);
        IntakeSettings intake = IntakeSettings.from(settings);
        ArchiveSettings archive = ArchiveSettings.from(settings, ledger.folder());
        SeparateFolders.check(settings, ledger, intake.inbox(), archive.folder(), copies);
        RetentionSettings.from(settings, ledger.folder(), intake.inbox(), archive.folder(), copies);
        CxoneSettings cxone = CxoneSettings.from(settings);
        return new AllSettings(
                cxone,
                ledger,
                TranscriptSettings.from(settings, cxone.target().limits()),
                OpsSettings.from(settings),
                ConsoleSettings.from(settings),
                intake.inbox(),
                settings.flag("pickup.file.enabled", true),
                archive,
                SftpSettings.from(settings),
                JmsSettings.from(settings),
                FeedSource.from(settings).orElse(null));
    }
}
