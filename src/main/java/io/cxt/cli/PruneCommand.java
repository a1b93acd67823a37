package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.intake.IntakeSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.retention.Kept;
import io.cxt.retention.Pruning;
import io.cxt.retention.Pruning.Past;
import io.cxt.retention.RetentionSettings;
import io.cxt.runtime.SeparateFolders;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what was kept for as long as {@code retention.*} says. */
@Command(
        name = "prune",
        description = {
            "Removes what was kept for as long as retention.*-days say.",
            "That is: finished and failed files, the archive, dead letters, reports, rows of the audit feed, audit",
            "events. The audit has what and how much before it is gone, and each dead letter. Deliveries stay: a chat",
            "that comes again is still known. Also while CXT runs; retention.daily-at does it each day. Exit code 6",
            "when a kind cannot be removed."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt prune --dry-run                           what is past its time, and how much",
            "  RETENTION_ARCHIVE_DAYS=400 cxt prune"
        })
final class PruneCommand implements Callable<Integer> {
    @Option(names = "--dry-run", description = "Only says what would be removed.")
    private boolean dryRun;

    @Mixin
    private final Output.Option form = new Output.Option();

    @Override
    public Integer call() throws IOException, SQLException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Path inbox = IntakeSettings.from(settings).inbox();
        Path archive = ArchiveSettings.from(settings, ledger.folder()).folder();
        List<String> copies = LedgerSettings.checkpointCopies(settings);
        SeparateFolders.check(settings, ledger, inbox, archive, copies);
        RetentionSettings retention = RetentionSettings.from(settings, ledger.folder(), inbox, archive, copies);
        FeedSource elsewhere = FeedSource.from(settings).orElse(null);
        settings.check();
        if (retention.days().isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "Everything is kept for ever. Set one of: "
                            + Arrays.stream(Kept.values()).map(Kept::property).collect(Collectors.joining(", ")));
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Database database = new Database(ledger);
        try (LedgerView view = DataDir.view(ledger, form.output);
                FeedSource feed = elsewhere == null ? FeedSource.keepingNone(database::openForWriting) : elsewhere) {
            Pruning pruning = new Pruning(retention, view, Owner.instanceId(ledger.folder()), feed);
            if (dryRun) {
                return say(pruning.look(now));
            }
            try (OperatorLog log = new OperatorLog(ledger)) {
                return say(pruning.prune(now, log));
            }
        }
    }

    /** @return the exit code */
    private int say(List<Past> all) {
        if (form.output == Output.json) {
            System.out.println(Output.json(all.stream().map(PruneCommand::json).toList()));
        }
        List<Past> faults = all.stream().filter(past -> past.fault() != null).toList();
        for (Past past : form.output == Output.json ? List.<Past>of() : all) {
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %s, %s bytes, from before %s%n",
                    past.kept().word(),
                    past.items(),
                    past.bytes(),
                    past.before());
            if (past.held() != null) {
                System.out.printf("%-12s held back by %s%n", past.kept().word(), past.held());
            }
        }
        if (form.output != Output.json) {
            System.out.println(dryRun ? "Nothing was removed" : all.isEmpty() ? "Nothing is past its time" : "Removed");
        }
        faults.forEach(past -> System.err.printf(
                "%s: not all of it can be removed: %s. The rest stays until the next time%n",
                past.kept().word(), SafeName.log(String.valueOf(past.fault()))));
        return faults.isEmpty() ? Exit.GOOD : Exit.PARTLY;
    }

    private static Map<String, Object> json(Past past) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", past.kept().word());
        json.put("before", past.before().toString());
        json.put("items", past.items());
        json.put("bytes", past.bytes());
        json.put("held", past.held());
        json.put("fault", past.fault());
        return json;
    }
}
