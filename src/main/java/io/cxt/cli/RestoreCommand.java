package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.Doubts;
import io.cxt.ledger.LedgerAudit;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Restores a backup into an empty {@code data.dir}, and keeps calls back until a person has looked at CXone. */
@Command(
        name = "restore",
        description = {
            "Restores a file of cxt backup into an empty data.dir, and verifies it.",
            "Calls to CXone are held then: CXone may have what was sent after the backup. Compare, then run cxt",
            "release lane. Chats from before the restore that the ledger does not know are sent marked. A ledger on",
            "PostgreSQL is put back before, with pg_restore. Exit code 2 when something is there already, 1 when the backup is damaged,",
            "5 when what was restored is not intact."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt restore /backup/cxt-2026-11-22.zip"})
final class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The backup.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        Settings configured = Installation.find().settings();
        LedgerSettings settings = LedgerSettings.from(configured);
        Path archive = ArchiveSettings.from(configured, settings.folder()).folder();
        Set<String> known = LedgerSettings.knownChains(configured);
        configured.check();
        System.err.println(settings.shown());
        if (!Files.isRegularFile(file)) {
            throw new CommandRefused(Exit.USAGE, "There is no file " + SafeName.log(file.toString()));
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            BackupFile.Contents backup = BackupFile.read(zip);
            requireSameKind(settings, backup);
            Map<String, Path> places = places(backup, settings, archive);
            places.entrySet().removeIf(each -> isThere(backup, each.getKey(), each.getValue()));
            requireEmpty(settings, places);
            DurableFiles.createFolder(settings.folder());
            FileLock lock = Objects.requireNonNull(Owner.lockFolder(settings.folder()), "an empty folder is nobody's");
            FileChannel held = lock.channel();
            try (held) {
                restore(zip, backup, places, settings);
            }
            return verified(settings, backup, known);
        } catch (ZipException e) {
            throw new CommandRefused(
                    Exit.FINDINGS,
                    "%s is no zip file, or was cut off. Take another backup".formatted(SafeName.log(file.toString())));
        }
    }

    private static void requireSameKind(LedgerSettings settings, BackupFile.Contents backup) {
        if (settings.sqlite() != backup.sqlite()) {
            throw new CommandRefused(
                    Exit.CONFIGURATION,
                    "The backup is of a ledger %s. Set ledger.url as it was"
                            .formatted(backup.sqlite() ? "on SQLite" : "on PostgreSQL"));
        }
        try {
            if (!settings.sqlite() && !new Database(settings).holdsTables()) {
                throw new CommandRefused(
                        Exit.UNREACHABLE,
                        "The database has no ledger yet. Put it back first: pg_restore --dbname=… ledger.dump");
            }
        } catch (SQLException e) {
            throw new CommandRefused(Exit.UNREACHABLE, "Cannot read the database: " + Database.reason(e));
        }
    }

    private static Map<String, Path> places(BackupFile.Contents backup, LedgerSettings settings, Path archive) {
        Map<String, Path> places = new LinkedHashMap<>();
        for (String name : backup.files().keySet()) {
            Path place = BackupFile.place(name, settings, archive);
            if (place == null) {
                throw new CommandRefused(
                        Exit.FINDINGS, "The backup has a file of no known place: " + SafeName.log(name));
            }
            places.put(name, place.toAbsolutePath());
        }
        return places;
    }

    /** True for a key or a checkpoint that is outside of what was lost. */
    private static boolean isThere(BackupFile.Contents backup, String name, Path place) {
        try {
            return Files.isRegularFile(place)
                    && BackupFile.hash(place).equals(backup.files().get(name));
        } catch (IOException e) {
            return false; // then it is not left out
        }
    }

    private static void requireEmpty(LedgerSettings settings, Map<String, Path> places) throws IOException {
        List<Path> there = new ArrayList<>();
        if (Files.isDirectory(settings.folder())) {
            try (Stream<Path> files = Files.list(settings.folder())) {
                files.limit(1).forEach(there::add);
            }
        }
        places.values().stream().filter(Files::exists).forEach(there::add);
        if (!there.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "%s is there already, and is left as it is. Restore into an empty data.dir: move it away, or set DATA_DIR"
                            .formatted(SafeName.log(there.get(0).toString())));
        }
    }

    /** The ledger comes last, held: without it nothing starts. */
    private static void restore(
            ZipFile zip, BackupFile.Contents backup, Map<String, Path> places, LedgerSettings settings)
            throws IOException {
        for (Map.Entry<String, Path> each : places.entrySet()) {
            if (!each.getKey().equals(BackupFile.LEDGER)) {
                DurableFiles.createFolder(DurableFiles.folderOf(each.getValue()));
                unpack(zip, each.getKey(), each.getValue());
            }
        }
        Path ledger = places.get(BackupFile.LEDGER);
        if (ledger == null) {
            hold(settings, backup);
            return;
        }
        Path beside = ledger.resolveSibling("." + ledger.getFileName() + ".restoring");
        DurableFiles.createFolder(DurableFiles.folderOf(ledger));
        Files.deleteIfExists(beside);
        unpack(zip, BackupFile.LEDGER, beside);
        hold(settings.at(beside), backup);
        DurableFiles.rename(beside, ledger);
    }

    private static void unpack(ZipFile zip, String name, Path to) throws IOException {
        DurableFiles.createNew(to, channel -> {
            try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
                in.transferTo(Channels.newOutputStream(channel));
            }
        });
    }

    private static void hold(LedgerSettings settings, BackupFile.Contents backup) {
        ControlRow control = ControlRow.ordered(
                ControlRow.LANE,
                null,
                Instant.now(),
                null,
                System.getProperty("user.name"),
                "restored from a backup of %s: CXone may have what was sent since".formatted(backup.at()));
        try (OperatorLog log = new OperatorLog(settings)) {
            Doubts.sentElsewhere(log, Type.RESTORED, "backup of " + backup.at(), "restored", control);
        }
    }

    private static int verified(LedgerSettings settings, BackupFile.Contents backup, Set<String> known) {
        LedgerAudit.Verification found;
        try (LedgerView view = LedgerView.of(settings)) {
            found = view.audit().verify(known);
        }
        if (!found.faults().isEmpty()) {
            found.faults().forEach(fault -> System.out.println("BROKEN " + fault));
            return Exit.CHAIN_BROKEN;
        }
        System.out.printf(
                "restored as of %s: %s files, %s events in %s chains, intact%n",
                backup.at(), backup.files().size(), found.events(), found.chains());
        System.err.printf(
                "CXone may have what was sent after %s, and this ledger does not know it. Calls are held. Next:%n"
                        + "1. Make sure that the former cxt does not run any more%n"
                        + "2. Compare with CXone what was sent since (docs/operations.md, Backup and restore)%n"
                        + "3. cxt run, then cxt release lane --note '…'%n",
                backup.at());
        return Exit.GOOD;
    }
}
