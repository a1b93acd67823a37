package io.cxt.cli;

import io.cxt.db.LedgerSettings;
import io.cxt.intake.IntakeSettings;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks through files for what the policy of redaction takes out, and that should not be there. */
@Command(
        name = "scan",
        description = "Looks through all files below data.dir for what redaction.policy takes out. Changes nothing.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt scan                             all that CXT keeps, the ledger and packed files too",
            "  cxt scan /var/log/cxt                another folder, or one file",
            "  REDACTION_POLICY=cards cxt scan      by another policy, or where none is set",
            "  cxt scan -o json                     findings as JSON, one array",
            "",
            "It prints file, line, first byte of the line, rule and count, never the value. Files that wait in the inbox are",
            "not looked at: they are redacted when they are read.",
            "Exit codes: 0 nothing found; 1 something found; 2 no such folder, or no policy; 6 nothing found, but something",
            "could not be read."
        })
final class ScanCommand implements Callable<Integer> {
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "A folder or a file. Default: data.dir.")
    private @Nullable Path folder;

    @Mixin
    private final Output.Option as = new Output.Option();

    private long files;
    private long unread;
    private long found;

    @Override
    public Integer call() throws IOException {
        Settings settings = Installation.find().settings();
        Redaction redaction = Redaction.from(settings);
        IntakeSettings intake = IntakeSettings.from(settings);
        LedgerSettings ledger = LedgerSettings.from(settings);
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
        System.err.printf("%s files by %s: %s hits%n", files, redaction.label(), found);
        if (unread > 0) {
            System.err.printf("%s could not be read to the end%n", unread);
        }
        return found > 0 ? Exit.FINDINGS : unread > 0 ? Exit.PARTLY : Exit.GOOD;
    }

    private void look(Redaction redaction, Path file) {
        try (InputStream in = unpacked(file);
                OutputStream looking = redaction.looking((line, offset, counts) -> print(file, line, offset, counts))) {
            in.transferTo(looking);
            files++;
        } catch (IOException | UncheckedIOException e) {
            if (Files.exists(file)) { // else it was moved meanwhile
                cannotRead(file, e);
            }
        }
    }

    private static InputStream unpacked(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
        in.mark(GZIP.length);
        byte[] first = in.readNBytes(GZIP.length);
        in.reset();
        return first.length == GZIP.length && first[0] == GZIP[0] && first[1] == GZIP[1]
                ? new GZIPInputStream(in, 64 * 1024)
                : in;
    }

    private void cannotRead(Path file, Exception e) {
        unread++;
        System.err.printf(
                "%s was not read to its end (%s)%n",
                SafeName.log(file.toString()), e.getClass().getSimpleName());
    }

    private void print(Path file, long line, long offset, Map<String, Integer> counts) {
        counts.forEach((rule, count) -> {
            found += count;
            if (as.output == Output.json) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("file", file.toString());
                row.put("line", line);
                row.put("byte", offset);
                row.put("rule", rule);
                row.put("count", count);
                Output.item(row);
            } else {
                System.out.printf("%s:%s byte %s: %s %s%n", SafeName.log(file.toString()), line, offset, rule, count);
            }
        });
    }
}
