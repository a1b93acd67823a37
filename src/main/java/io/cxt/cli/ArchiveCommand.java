package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what: cxt archive restore ID --to FOLDER");
    }

    @Command(
            name = "restore",
            description = {
                "Writes what was sent of some interactions, byte for byte, one file for each part.",
                "Each is compared with the SHA-256 in the audit trail. Exit code 6 when a part is missing, with the",
                "reason."
            },
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
        Reads reads = new Reads(settings, ledger);
        settings.check();
        try (LedgerView view = DataDir.view(ledger, Output.table)) {
            DurableFiles.createFolder(to);
            reads.ofText(ids.stream().filter(id -> Reads.knows(view, id)).toList(), "archive restore");
            return restore(kept, view, ids, to);
        }
    }

    private static int restore(ArchiveReader kept, LedgerView view, List<String> ids, Path to) {
        int restored = 0;
        int missing = 0;
        boolean unknown = false;
        for (String id : ids) {
            List<Row> rows = deliveries(view, id);
            if (rows.isEmpty()) {
                System.err.println("The ledger knows nothing in the archive of %s. See: cxt find %s"
                        .formatted(SafeName.log(id), SafeName.shell(id)));
                unknown = true;
                continue;
            }
            int parts = rows.stream()
                    .mapToInt(row -> row.part() == 0 ? 1 : row.delivery().parts())
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

    /**
     * A delivery.
     *
     * @param audited true when the audit has its content as sent
     * @param pruned true when its events went; {@code cxt audit verify} holds the row against the closing record then
     */
    private record Row(RecordedDelivery delivery, boolean audited, boolean pruned, boolean erased) {
        int part() {
            return delivery.part();
        }
    }

    private static List<Row> deliveries(LedgerView view, String asked) {
        for (String id : SafeName.spellings(asked)) {
            List<AuditEntry> sent = new ArrayList<>();
            view.audit().events(new AuditQuery(Set.of(id), "SENT", Set.of(), null, null, Long.MAX_VALUE), sent::add);
            boolean pruned = sent.isEmpty() && view.audit().prunedUpTo(id) != null;
            boolean erased = view.erased(id);
            List<Row> rows = view.deliveries(id).stream()
                    .map(row -> new Row(row, sent.stream().anyMatch(event -> isOf(event, row)), pruned, erased))
                    .toList();
            if (!rows.isEmpty()) {
                return rows;
            }
        }
        return List.of();
    }

    private static boolean isOf(AuditEntry sent, RecordedDelivery row) {
        return Objects.equals(sent.part(), row.part())
                && Objects.equals(sent.payloadHash(), row.contentHash())
                && !sent.changed();
    }

    /** True when every delivery of that part is written; says what is missing. */
    private static boolean restore(ArchiveReader kept, String id, int part, int parts, List<Row> rows, Path to) {
        List<Row> ofPart = rows.stream().filter(row -> row.part() == part).toList();
        boolean written = !ofPart.isEmpty();
        for (Row row : ofPart) {
            written &= restore(kept, row, to);
        }
        if (ofPart.isEmpty()) {
            System.err.println("%s part %s of %s: nothing of it was sent, as far as the ledger says%s. See: cxt find %s"
                    .formatted(SafeName.log(id), part, parts, refusal(rows), SafeName.shell(id)));
        }
        return written;
    }

    /** Why the transcript was set aside as a whole, in words; nothing when it was not. */
    private static String refusal(List<Row> rows) {
        return rows.stream()
                .filter(row -> row.part() == 0)
                .map(row -> " (the transcript is %s, %s)"
                        .formatted(row.delivery().state(), row.delivery().reason()))
                .findFirst()
                .orElse("");
    }

    private static boolean restore(ArchiveReader kept, Row found, Path to) {
        RecordedDelivery row = found.delivery();
        String id = row.interactionId();
        int part = row.part();
        int parts = row.parts();
        String file = ArchiveReader.file(id, part, parts);
        String place = row.archivedIn() == null ? file : row.archivedIn();
        String what = "%s part %s of %s".formatted(SafeName.log(id), part, parts);
        if (row.archivedAt() == null) {
            System.err.println("%s: is not in the archive: %s. See: cxt find %s"
                    .formatted(what, whyNot(found), SafeName.shell(id)));
            return false;
        }
        byte[] sent;
        try {
            sent = kept.read(place);
        } catch (NoSuchFileException e) {
            System.err.println(what + ": " + e.getFile()
                    + " is not there. retention.archive-days removed it (cxt audit query --event PRUNED), it was moved, or"
                    + " another instance has it in an archive of its own");
            return false;
        } catch (IOException e) {
            System.err.println("%s: cannot read %s (%s). If the file was cut or changed, take it from a backup"
                    .formatted(what, place, e));
            return false;
        }
        if (!found.audited() && !found.pruned()) {
            System.err.println(
                    what + ": the audit has no such content as sent, so row, audit or archive were changed. See:"
                            + " cxt audit verify");
            return false;
        }
        if (!Part.hashOf(sent).equals(row.contentHash())) {
            System.err.println(what + ": " + place + " does not hold what the ledger says was sent. Look at who"
                    + " could change the archive");
            return false;
        }
        try {
            Path written = DurableFiles.keep(to, file.substring(0, file.length() - ".json".length()), ".json", sent);
            System.out.println("%s: %s, %s bytes as sent".formatted(what, written, sent.length));
            if (found.pruned()) {
                System.err.println(
                        what + ": its events were pruned. cxt audit verify says whether its row is as it was then");
            }
            return true;
        } catch (IOException e) {
            System.err.println("%s: cannot write into %s (%s)".formatted(what, to, e));
            return false;
        }
    }

    private static String whyNot(Row found) {
        RecordedDelivery row = found.delivery();
        DeliveryState state = row.state();
        if (found.erased()) {
            return "it was erased";
        }
        if (state == DeliveryState.SENT) {
            return "CXone has it, and its copy was not made. It waits with its source %s, or archive.enabled was false"
                    .formatted(row.source());
        }
        return "it was not sent, or not for certain: it is %s%s"
                .formatted(state, row.reason() == null ? "" : ", " + row.reason());
    }
}
