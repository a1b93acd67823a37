package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Database;
import io.cxt.db.JdbcUrl;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Schema;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Backs up what an instance needs to go on, also while it runs. */
@Command(
        name = "backup",
        description = {
            "Copies the ledger, the instance-id, the keys and the checkpoints into one new file, also while cxt runs.",
            "The file holds the keys: keep it as you keep secrets. See: cxt restore.",
            "Exit code 6 when the ledger is on PostgreSQL: then it is not in the file, and the command for pg_dump is printed."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  cxt backup /backup/cxt-2026-11-22.zip", "  cxt backup --with dead-letters,archive /backup/all.zip"
        })
final class BackupCommand implements Callable<Integer> {
    private static final List<String> MORE = List.of("dead-letters", "archive");

    @Parameters(paramLabel = "FILE", description = "The backup. Never overwritten; only its owner can read it.")
    private Path file = Path.of("");

    @Option(
            names = "--with",
            paramLabel = "WHAT",
            split = ",",
            description = "Also dead-letters, archive, or both. They hold chats in clear.")
    private List<String> with = List.of();

    @Override
    public Integer call() throws IOException {
        for (String what : with) {
            if (!MORE.contains(what)) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "--with takes %s, not %s".formatted(String.join(" and ", MORE), SafeName.log(what)));
            }
        }
        Settings configured = Installation.find().settings();
        LedgerSettings settings = LedgerSettings.from(configured);
        Path archive = ArchiveSettings.from(configured, settings.folder()).folder();
        configured.check();
        DataDir.view(settings, Output.table).close();
        BackupFile.Contents[] made = new BackupFile.Contents[1];
        AuditExport.newFile(file, out -> {
            note(settings);
            BackupFile.Writer backup = new BackupFile.Writer(out);
            add(backup, BackupFile.INSTANCE_ID, settings.folder().resolve(BackupFile.INSTANCE_ID));
            add(backup, BackupFile.KEY, settings.checkpointKeyFile());
            Path customerKey = settings.customerKeyFile();
            if (customerKey != null) {
                add(backup, BackupFile.CUSTOMER_KEY, customerKey);
            }
            checkpoints(backup, settings); // before the ledger, which then has what they sign
            String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
            if (settings.sqlite()) {
                ledger(backup, settings);
            }
            if (with.contains("dead-letters")) {
                addAll(backup, BackupFile.DEAD_LETTERS, settings.folder().resolve("dead-letters"));
            }
            if (with.contains("archive")) {
                addAll(backup, BackupFile.ARCHIVE, archive);
            }
            made[0] = backup.end(at, new Cxt.Version().getVersion()[0], settings.sqlite());
        });
        return tell(settings, made[0]);
    }

    /** On record before anything is copied, so that the backup says of itself that it is one. */
    private static void note(LedgerSettings settings) {
        try (OperatorLog log = new OperatorLog(settings)) {
            log.changed(session -> AuditEvent.of(Type.BACKED_UP));
        }
    }

    private static void add(BackupFile.Writer backup, String name, Path from) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            backup.add(name, in);
        } catch (NoSuchFileException e) {
            // there is none yet, or it went meanwhile
        }
    }

    /** Half a line at the end, written at this moment, is none for anybody. */
    private static void checkpoints(BackupFile.Writer backup, LedgerSettings settings) throws IOException {
        try (Stream<Path> files = Files.list(settings.checkpointFolder())) {
            for (Path each : files.sorted().toList()) {
                String name = each.getFileName().toString();
                if (BackupFile.place(BackupFile.CHECKPOINTS + name, settings, settings.folder()) != null) {
                    add(backup, BackupFile.CHECKPOINTS + name, each);
                }
            }
        }
    }

    private void ledger(BackupFile.Writer backup, LedgerSettings settings) throws IOException {
        Path beside = file.toAbsolutePath().resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".db");
        try {
            DurableFiles.create(beside).close();
            new Database(settings).copyTo(beside);
            add(backup, BackupFile.LEDGER, beside);
        } catch (SQLException e) {
            throw new CommandRefused(
                    Exit.UNREACHABLE,
                    "Cannot copy the ledger: %s. Look at the disk of %s, which needs room for it twice"
                            .formatted(Database.reason(e), SafeName.log(file.toString())));
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void addAll(BackupFile.Writer backup, String prefix, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
                    .map(folder::relativize)
                    .filter(each -> !each.startsWith(".tmp") && !each.toString().contains("/.tmp/"))
                    .forEach(files::add);
        }
        for (Path each : files) {
            add(backup, prefix + each, folder.resolve(each));
        }
    }

    private int tell(LedgerSettings settings, BackupFile.Contents made) {
        System.out.printf("%s: %s files, as of %s%n", file, made.files().size(), made.at());
        List<String> missing = new ArrayList<>(List.of("inbox", "reports", "configuration and routes"));
        missing.addAll(0, MORE.stream().filter(each -> !with.contains(each)).toList());
        System.err.println("Not in it: %s".formatted(String.join(", ", missing)));
        if (settings.sqlite()) {
            return Exit.GOOD;
        }
        System.err.println("The ledger is not in it either, as it is on PostgreSQL. Now run: " + pgDump(settings));
        return Exit.PARTLY;
    }

    private static String pgDump(LedgerSettings settings) {
        String schema = schema(settings);
        String address = JdbcUrl.shown(settings.url()).replaceFirst("^jdbc:", "");
        return "pg_dump --format=custom --file=ledger.dump --dbname=%s%s --table='%s.(%s)'"
                .formatted(
                        SafeName.shell(address),
                        settings.username() == null ? "" : " --username=" + SafeName.shell(settings.username()),
                        SafeName.log(schema),
                        String.join("|", Schema.tables()));
    }

    private static String schema(LedgerSettings settings) {
        try (LedgerView view = LedgerView.of(settings)) {
            return view.schema();
        }
    }
}
