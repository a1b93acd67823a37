package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.DurableFiles;
import io.cxt.archive.Kept;
import io.cxt.archive.SafeName;
import io.cxt.ledger.Database;
import io.cxt.ledger.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What was sent. */
@Command(
        name = "archive",
        description = "What was sent: brings it back as files.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "restore",
        footerHeading = "%nExamples:%n",
        footer = {"  cxt archive restore ext_998877 --to ./restored"})
final class ArchiveCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what: cxt archive restore ID --to FOLDER");
    }

    @Command(
            name = "restore",
            description =
                    "Writes what was sent of some interactions, byte for byte, one file for each part, and holds it"
                            + " against the ledger's SHA-256.",
            mixinStandardHelpOptions = true)
    int restore(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "Interaction ids.") List<String> ids,
            @Option(
                            names = "--to",
                            paramLabel = "FOLDER",
                            required = true,
                            description = "Where to; made when it is not there.")
                    Path to)
            throws IOException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        Kept kept = new Kept(ArchiveSettings.from(settings, ledger.folder()).folder());
        settings.check();
        DurableFiles.createFolder(to);
        int exit = Exit.GOOD;
        for (String id : ids) {
            List<Map<String, Object>> parts = archived(ledger, id);
            if (parts.isEmpty()) {
                System.err.println("The ledger knows nothing in the archive of %s. See: cxt find '%s'"
                        .formatted(SafeName.log(id), SafeName.log(id)));
                exit = Math.max(exit, Exit.USAGE);
            }
            for (Map<String, Object> part : parts) {
                if (!restore(kept, part, to)) {
                    exit = Exit.PARTLY;
                }
            }
        }
        return exit;
    }

    private static List<Map<String, Object>> archived(LedgerSettings ledger, String id) {
        if (!new Database(ledger).exists()) {
            return List.of();
        }
        try (LedgerView view = LedgerView.of(ledger)) {
            List<Map<String, Object>> archived = new ArrayList<>(view.deliveries(id));
            archived.removeIf(part -> part.get("archivedAt") == null);
            return archived;
        }
    }

    private static boolean restore(Kept kept, Map<String, Object> row, Path to) throws IOException {
        String id = (String) row.get("interactionId");
        int part = ((Number) row.get("part")).intValue();
        int parts = ((Number) row.get("parts")).intValue();
        String file = Kept.file(id, part, parts);
        String place = row.get("archivedIn") == null ? file : (String) row.get("archivedIn");
        String what = "%s part %d of %d".formatted(SafeName.log(id), part, parts);
        try {
            byte[] sent = kept.read(place);
            if (!sha256(sent).equals(row.get("contentHash"))) {
                System.err.println(what + ": " + place + " does not hold what the ledger says was sent. Look at who"
                        + " could change the archive");
                return false;
            }
            Path written = DurableFiles.keep(to, file.substring(0, file.length() - ".json".length()), ".json", sent);
            System.out.println("%s: %s, %d bytes as sent".formatted(what, written, sent.length));
            return true;
        } catch (NoSuchFileException e) {
            System.err.println(what + ": " + e.getFile()
                    + " is not there. It was moved, or another instance has it in an archive of its own");
        } catch (IOException e) {
            System.err.println("%s: cannot read %s (%s)".formatted(what, place, e));
        }
        return false;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
