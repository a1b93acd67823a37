package io.cxt.cli;

import io.cxt.audit.AuditBundle;
import io.cxt.audit.AuditBundle.Written;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exports the audit of a time as a signed bundle. */
final class AuditExport {
    private AuditExport() {}

    /**
     * Writes the bundle; the event that says so is on disk before it has its name.
     *
     * @param from as {@link TimeOption#moment} reads it; null for the first event
     * @param to the same; null for now
     * @return the exit code
     */
    static int run(@Nullable String from, @Nullable String to, Path file, Output output) throws IOException {
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        LedgerSettings settings = LedgerSettings.from(configured);
        configured.check();
        Clock clock = Clock.systemUTC();
        Instant first = TimeOption.moment("--from", from).orElse(Instant.EPOCH);
        Instant end = TimeOption.moment("--to", to).orElseGet(clock::instant);
        if (!first.isBefore(end)) {
            throw new CommandRefused(
                    Exit.USAGE, "There is no time between --from %s and --to %s: swap them".formatted(first, end));
        }
        Written[] written = new Written[1];
        try (LedgerView view = DataDir.view(settings, output);
                OperatorLog log = new OperatorLog(settings)) {
            AuditBundle bundle = new AuditBundle(settings, first, end, clock);
            newFile(file, out -> {
                Written made = view.audit().export(bundle, installation.hashes(), out);
                if (made.fault() != null) {
                    throw new CommandRefused(
                            Exit.CHAIN_BROKEN,
                            "Nothing is exported: %s. See: cxt audit verify".formatted(made.fault()));
                }
                String detail = "from=%s to=%s chains=%s events=%s checkpoints=%s manifest=%s"
                        .formatted(first, end, made.chains(), made.events(), made.checkpoints(), made.manifest());
                log.changed(session -> AuditEvent.of(Type.EXPORTED).because(null, detail));
                written[0] = made;
            });
        }
        tell(file, written[0], output);
        return Exit.GOOD;
    }

    /** Writes what a new file is to hold. */
    interface Filling {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file of a person that is not there yet. */
    static void newFile(Path file, Filling filling) throws IOException {
        Path folder = DurableFiles.folderOf(file.toAbsolutePath());
        if (!Files.isDirectory(folder)) {
            throw new CommandRefused(Exit.USAGE, "There is no folder %s".formatted(SafeName.log(folder.toString())));
        }
        try {
            DurableFiles.createNew(file, channel -> filling.writeTo(Channels.newOutputStream(channel)));
        } catch (FileAlreadyExistsException e) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "%s is there already, and is left as it is. Name another file"
                            .formatted(SafeName.log(file.toString())));
        }
    }

    private static void tell(Path file, Written made, Output output) {
        if (output == Output.json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("file", file.toString());
            fields.put("chains", made.chains());
            fields.put("events", made.events());
            fields.put("checkpoints", made.checkpoints());
            fields.put("key", made.key());
            fields.put("manifest", made.manifest());
            System.out.println(Output.json(fields));
            return;
        }
        System.out.printf(
                "%s: %s events of %s chains, %s checkpoints, key %s, manifest %s%n",
                file, made.events(), made.chains(), made.checkpoints(), made.key(), made.manifest());
        System.err.println("To check it without cxt: python3 examples/verify-audit.py --key PUBLIC.pem "
                + SafeName.shell(file.toString()));
    }
}
