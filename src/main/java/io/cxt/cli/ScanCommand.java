package io.cxt.cli;

import io.cxt.audit.FeedSource;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import io.cxt.db.StoredTexts;
import io.cxt.intake.IntakeSettings;
import io.cxt.json.Utf16Stream;
import io.cxt.ledger.LedgerView;
import io.cxt.redaction.Redaction;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks through files for what the policy of redaction takes out, and that should not be there. */
@Command(
        name = "scan",
        description =
                "Looks through all files below data.dir and a ledger elsewhere for what redaction.policy takes out. Changes nothing.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt scan                             all that CXT keeps, the ledger and packed files too",
            "  cxt scan /var/log/cxt                another folder, or one file",
            "  REDACTION_POLICY=cards cxt scan      by another policy, or where none is set",
            "  cxt scan -o json                     findings as JSON, one array",
            "",
            "It prints file, line, first byte of the line, rule and count, never the value; of a ledger on PostgreSQL, and of an",
            "audit feed elsewhere, table, row and column. Files that wait in the inbox are not looked at: they are redacted when",
            "they are read. In UTF-16, a byte is counted as if the file were in UTF-8.",
            "Exit codes: 0 nothing found; 1 something found; 2 no such folder, or no policy; 6 nothing found, but something",
            "could not be read."
        })
final class ScanCommand implements Callable<Integer> {
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final int BUFFER = 64 * 1024;
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "A folder or a file. Default: data.dir.")
    private @Nullable Path folder;

    @Mixin
    private final Output.Option as = new Output.Option();

    private long tables;
    private long files;
    private long unread;
    private long found;

    @Override
    public Integer call() throws IOException, SQLException {
        Settings settings = Installation.find().settings();
        Redaction redaction = Redaction.from(settings);
        IntakeSettings intake = IntakeSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
        FeedSource feed = FeedSource.from(settings).orElse(null);
        settings.check();
        if (!redaction.on()) {
            throw new CommandRefused(
                    Exit.USAGE, "redaction.policy is not set. Set it, or name one: REDACTION_POLICY=cards cxt scan");
        }
        if (folder == null) {
            DataDir.require(ledger);
        } else if (Files.notExists(folder)) {
            throw new CommandRefused(Exit.USAGE, "There is no " + SafeName.log(folder.toString()));
        }
        Path inbox = intake.inbox().toAbsolutePath().normalize();
        if (folder == null) {
            databases(redaction, ledger, feed);
        }
        Files.walkFileTree(folder == null ? ledger.folder() : folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Path in = file.toAbsolutePath().normalize().getParent();
                if (attributes.isRegularFile() && (folder != null || !inbox.equals(in))) {
                    look(redaction, file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                cannotRead(file, e);
                return FileVisitResult.CONTINUE;
            }
        });
        if (as.output == Output.json) {
            Output.endOfItems();
        }
        String looked = tables == 0 ? files + " files" : "%s tables and %s files".formatted(tables, files);
        System.err.printf("%s by %s: %s hits%n", looked, redaction.label(), found);
        if (unread > 0) {
            System.err.printf("%s could not be read to the end%n", unread);
        }
        return found > 0 ? Exit.FINDINGS : unread > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    /** What is in tables elsewhere; a database in a file of data.dir is looked through as that file. */
    private void databases(Redaction redaction, LedgerSettings ledger, @Nullable FeedSource feed) throws SQLException {
        boolean elsewhere = !below(ledger);
        if (elsewhere) {
            LedgerView.of(ledger).close(); // says why not
            try (Session session = new Session(new Database(ledger).openForReading())) {
                tables += StoredTexts.ledger(
                        session, (table, row, column, text) -> print(redaction, table, row, column, text));
            }
        }
        try (FeedSource asked = feed == null ? FeedSource.in(ledger) : feed) {
            if ((feed != null || elsewhere) && asked.hasTable()) {
                try (Session session = new Session(asked.open())) {
                    StoredTexts.feed(session, (table, row, column, text) -> print(redaction, table, row, column, text));
                    tables++;
                }
            }
        }
    }

    private static boolean below(LedgerSettings ledger) {
        Path file = ledger.file();
        return file != null
                && file.toAbsolutePath()
                        .normalize()
                        .startsWith(ledger.folder().toAbsolutePath().normalize());
    }

    private void print(Redaction redaction, String table, Map<String, String> row, String column, String text) {
        Map<String, Integer> counts = redaction.found(text);
        if (counts.isEmpty()) {
            return;
        }
        Map<String, String> shown = new LinkedHashMap<>();
        row.forEach((key, value) -> shown.put(key, redaction.found(value).isEmpty() ? value : "***"));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("table", table);
        fields.put("row", shown);
        fields.put("column", column);
        print(fields, "%s %s %s".formatted(table, SafeName.log(shown.toString()), column), counts);
    }

    private void look(Redaction redaction, Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            if (startsWith(in, ZIP)) {
                ZipInputStream zip = new ZipInputStream(in);
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    look(redaction, file + "!" + entry.getName(), new BufferedInputStream(zip, BUFFER));
                }
            } else {
                look(redaction, file.toString(), in);
            }
            files++;
        } catch (IOException | UncheckedIOException e) {
            if (Files.exists(file)) { // else it was moved meanwhile
                cannotRead(file, e);
            }
        }
    }

    /** Packed with gzip or not, in UTF-8 or UTF-16. */
    private void look(Redaction redaction, String name, InputStream in) throws IOException {
        InputStream unpacked = startsWith(in, GZIP) ? new GZIPInputStream(in, BUFFER) : in;
        try (OutputStream looking = redaction.looking((line, offset, counts) -> print(name, line, offset, counts))) {
            Utf16Stream.asUtf8(unpacked).transferTo(looking);
        }
    }

    private static boolean startsWith(InputStream in, byte[] mark) throws IOException {
        in.mark(mark.length);
        byte[] first = in.readNBytes(mark.length);
        in.reset();
        return Arrays.equals(first, mark);
    }

    private void cannotRead(Path file, Exception e) {
        unread++;
        System.err.printf(
                "%s was not read to its end (%s)%n",
                SafeName.log(file.toString()), e.getClass().getSimpleName());
    }

    private void print(String file, long line, long offset, Map<String, Integer> counts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file);
        fields.put("line", line);
        fields.put("byte", offset);
        print(fields, "%s:%s byte %s".formatted(SafeName.log(file), line, offset), counts);
    }

    private void print(Map<String, Object> place, String shown, Map<String, Integer> counts) {
        counts.forEach((rule, count) -> {
            found += count;
            if (as.output == Output.json) {
                Map<String, Object> hit = new LinkedHashMap<>(place);
                hit.put("rule", rule);
                hit.put("count", count);
                Output.item(hit);
            } else {
                System.out.printf("%s: %s %s%n", shown, rule, count);
            }
        });
    }
}
