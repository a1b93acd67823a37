package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Restores what was sent. */
@Command(
        name = "archive",
        description = "Restores what was sent as files.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "restore",
        footerHeading = "%nExamples:%n",
        footer = {"  cxt archive restore ext_998877 --to ./restored"})
final class ArchiveCommand implements Runnable {
    /** Of a row: its hash is that of a part that was sent, as the audit has it. */
    private static final String AUDITED = "audited";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what: cxt archive restore ID --to FOLDER");
    }

    @Command(
            name = "restore",
            description =
                    "Writes what was sent of some interactions, byte for byte, one file for each part, and compares it"
                            + " with the SHA-256 in the audit trail. Exit code 6 when a part is missing, with the reason.",
            mixinStandardHelpOptions = true)
    int restore(
            @Parameters(paramLabel = "ID", arity = "1..*", description = "Interaction ids.") List<String> ids,
            @Option(
                            names = "--to",
                            paramLabel = "FOLDER",
                            required = true,
                            description = "Folder to write to; created if missing.")
                    Path to)
            throws IOException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        ArchiveReader kept = new ArchiveReader(
                ArchiveSettings.from(settings, ledger.folder()).folder());
        settings.check();
        try (LedgerView view = DataDir.view(ledger, Output.table)) {
            DurableFiles.createFolder(to);
            return restore(kept, view, ids, to);
        }
    }

    private static int restore(ArchiveReader kept, LedgerView view, List<String> ids, Path to) {
        int restored = 0;
        int missing = 0;
        boolean unknown = false;
        for (String id : ids) {
            List<Map<String, Object>> rows = deliveries(view, id);
            if (rows.isEmpty()) {
                System.err.println("The ledger knows nothing in the archive of %s. See: cxt find %s"
                        .formatted(SafeName.log(id), SafeName.shell(id)));
                unknown = true;
                continue;
            }
            int parts = rows.stream()
                    .mapToInt(row -> CallStory.number(row, "part") == 0 ? 1 : CallStory.number(row, "parts"))
                    .max()
                    .orElse(1);
            int whole = 0;
            for (int part = 1; part <= parts; part++) {
                whole += restore(kept, id, part, parts, rows, to) ? 1 : 0;
            }
            if (whole < parts) {
                System.err.println("%s: %s of %s parts restored".formatted(SafeName.log(id), whole, parts));
            }
            restored += whole;
            missing += parts - whole;
        }
        if (missing > 0 || (unknown && restored > 0)) {
            return Exit.PARTLY;
        }
        return unknown ? Exit.USAGE : Exit.GOOD;
    }

    private static List<Map<String, Object>> deliveries(LedgerView view, String asked) {
        for (String id : SafeName.spellings(asked)) {
            List<Map<String, Object>> rows = view.deliveries(id);
            view.audit(id, "SENT", null, null, null, Long.MAX_VALUE, event -> rows.stream()
                    .filter(row -> CallStory.number(row, "part") == CallStory.number(event, "part"))
                    .filter(row -> Objects.equals(event.get("payloadHash"), row.get("contentHash")))
                    .filter(row -> !event.containsKey(LedgerView.CHANGED))
                    .forEach(row -> row.put(AUDITED, true)));
            if (!rows.isEmpty()) {
                return rows;
            }
        }
        return List.of();
    }

    /** True when every delivery of that part is written; says what is missing. */
    private static boolean restore(
            ArchiveReader kept, String id, int part, int parts, List<Map<String, Object>> rows, Path to) {
        List<Map<String, Object>> ofPart = rows.stream()
                .filter(row -> CallStory.number(row, "part") == part)
                .toList();
        boolean written = !ofPart.isEmpty();
        for (Map<String, Object> row : ofPart) {
            written &= restore(kept, row, to);
        }
        if (ofPart.isEmpty()) {
            System.err.println("%s part %s of %s: nothing of it was sent, as far as the ledger says%s. See: cxt find %s"
                    .formatted(SafeName.log(id), part, parts, refusal(rows), SafeName.shell(id)));
        }
        return written;
    }

    /** Why the transcript was set aside as a whole, in words; nothing when it was not. */
    private static String refusal(List<Map<String, Object>> rows) {
        return rows.stream()
                .filter(row -> CallStory.number(row, "part") == 0)
                .map(row -> " (the transcript is %s, %s)".formatted(row.get("state"), row.get("reason")))
                .findFirst()
                .orElse("");
    }

    private static boolean restore(ArchiveReader kept, Map<String, Object> row, Path to) {
        String id = String.valueOf(row.get("interactionId"));
        int part = CallStory.number(row, "part");
        int parts = CallStory.number(row, "parts");
        String file = ArchiveReader.file(id, part, parts);
        String place = row.get("archivedIn") == null ? file : (String) row.get("archivedIn");
        String what = "%s part %s of %s".formatted(SafeName.log(id), part, parts);
        if (row.get("archivedAt") == null) {
            System.err.println(
                    "%s: is not in the archive: %s. See: cxt find %s".formatted(what, whyNot(row), SafeName.shell(id)));
            return false;
        }
        byte[] sent;
        try {
            sent = kept.read(place);
        } catch (NoSuchFileException e) {
            System.err.println(what + ": " + e.getFile()
                    + " is not there. It was moved, or another instance has it in an archive of its own");
            return false;
        } catch (IOException e) {
            System.err.println("%s: cannot read %s (%s). If the file was cut or changed, take it from a backup"
                    .formatted(what, place, e));
            return false;
        }
        if (!row.containsKey(AUDITED)) {
            System.err.println(
                    what + ": the audit has no such content as sent, so row, audit or archive were changed. See:"
                            + " cxt audit verify");
            return false;
        }
        if (!sha256(sent).equals(row.get("contentHash"))) {
            System.err.println(what + ": " + place + " does not hold what the ledger says was sent. Look at who"
                    + " could change the archive");
            return false;
        }
        try {
            Path written = DurableFiles.keep(to, file.substring(0, file.length() - ".json".length()), ".json", sent);
            System.out.println("%s: %s, %s bytes as sent".formatted(what, written, sent.length));
            return true;
        } catch (IOException e) {
            System.err.println("%s: cannot write into %s (%s)".formatted(what, to, e));
            return false;
        }
    }

    private static String whyNot(Map<String, Object> row) {
        DeliveryState state = DeliveryState.valueOf((String) row.get("state"));
        if (state == DeliveryState.SENT) {
            return "CXone has it, and its copy was not made. It waits with its source %s, or archive.enabled was false"
                    .formatted(row.get("source"));
        }
        return "it was not sent, or not for certain: it is %s%s"
                .formatted(state, row.get("reason") == null ? "" : ", " + row.get("reason"));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
