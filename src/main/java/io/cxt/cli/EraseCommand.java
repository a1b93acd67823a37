package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CxoneSettings;
import io.cxt.db.Database;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.files.DurableFiles;
import io.cxt.intake.IntakeSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OrderRefused;
import io.cxt.retention.Erasure;
import io.cxt.retention.Erasure.Result;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what CXT holds of a chat, and refuses it from then on. */
@Command(
        name = "erase",
        description = {
            "Removes what CXT holds of a chat: from the archive, the dead letters, the audit feed, and with --originals delete the",
            "files as they were dropped. The ledger keeps its ids and hashes, and a chat of that id is refused when it comes again.",
            "The audit has it before anything goes; a certificate in data.dir/erased says what went and what is left. Calls nothing:",
            "what CXone has stays there. With cxone.target = cxone-digital run cxt withdraw first; it needs the archive."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt erase --interaction ext_998877 --dry-run",
            "  cxt erase --interaction ext_998877 --reason 'request 4711' --originals delete",
            "  cxt erase --allow ext_998877                  accepts it again"
        })
final class EraseCommand implements Callable<Integer> {
    /** What happens to files as they were dropped. */
    enum Originals {
        keep,
        delete
    }

    /** One of the two. */
    static final class Which {
        @Option(names = "--interaction", paramLabel = "ID", required = true, description = "The interaction id.")
        private @Nullable String erased;

        @Option(
                names = "--allow",
                paramLabel = "ID",
                required = true,
                description =
                        "Accepts a chat again that was erased. One that was sent stays sent: the same is a duplicate.")
        private @Nullable String allowed;
    }

    @ArgGroup(multiplicity = "1")
    private final Which which = new Which();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Goes on record. No name, and nothing from the chat.")
    private String reason = "";

    @Option(
            names = "--originals",
            paramLabel = "WHAT",
            defaultValue = "keep",
            description =
                    "${COMPLETION-CANDIDATES}. What becomes of files in inbox/.done and inbox/.failed that hold the chat:"
                            + " delete removes the whole files, with all other chats in them.")
    private Originals originals = Originals.keep;

    @Option(
            names = "--left-in-cxone",
            description = "Erases although CXone has it: cxt withdraw cannot remove it there any more.")
    private boolean leftInCxone;

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
        String target = CxoneSettings.from(settings).target().name();
        FeedSource elsewhere = FeedSource.from(settings).orElse(null);
        settings.check();
        String asked = which.erased == null ? String.valueOf(which.allowed) : which.erased;
        Database database = new Database(ledger);
        try (LedgerView view = DataDir.view(ledger, form.output);
                FeedSource feed = elsewhere == null ? FeedSource.keepingNone(database::openForWriting) : elsewhere) {
            String id = SafeName.spellings(asked).stream()
                    .filter(each -> !view.deliveries(each).isEmpty()
                            || !view.lettersOf(each).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> new CommandRefused(
                            Exit.USAGE, "The ledger knows no %s. See: cxt find".formatted(SafeName.log(asked))));
            Erasure erasure = new Erasure(
                    view, ledger.folder(), inbox, archive, feed, Owner.instanceId(ledger.folder()), target, id);
            if (which.erased == null) {
                return allow(erasure, ledger, id);
            }
            return erase(erasure, view, ledger, id);
        } catch (OrderRefused e) {
            throw new CommandRefused(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private int allow(Erasure erasure, LedgerSettings ledger, String id) {
        try (OperatorLog log = new OperatorLog(ledger)) {
            if (!erasure.allow(log, reason)) {
                throw new CommandRefused(Exit.USAGE, "%s is not erased".formatted(SafeName.log(id)));
            }
        }
        String said = "%s is accepted again".formatted(SafeName.log(id));
        System.out.println(form.output == Output.json ? Output.json(Map.of("accepted", id)) : said);
        return Exit.GOOD;
    }

    private int erase(Erasure erasure, LedgerView view, LedgerSettings ledger, String id)
            throws IOException, SQLException {
        String hindrance = erasure.hindrance();
        if (hindrance != null) {
            throw new CommandRefused(Exit.USAGE, hindrance);
        }
        List<String> cxone = inCxone(erasure, view, id);
        boolean withdraw = cxone.stream().anyMatch(words -> words.contains("cxt withdraw"));
        if (withdraw && !leftInCxone && !dryRun) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "%s (it needs the archive). Or erase it all the same: --left-in-cxone".formatted(cxone.get(0)));
        }
        boolean delete = originals == Originals.delete;
        if (dryRun) {
            say(id, erasure.look(delete), cxone, null);
            return Exit.GOOD;
        }
        try (OperatorLog log = new OperatorLog(ledger)) {
            Result result = erasure.erase(log, delete, reason);
            Path certificate = certify(view, ledger, id, result, cxone, log);
            say(id, result, cxone, certificate);
            return result.left().isEmpty() ? Exit.GOOD : Exit.PARTLY;
        }
    }

    /** What CXone has, and how to have it removed there. */
    private static List<String> inCxone(Erasure erasure, LedgerView view, String id) {
        List<String> words = new ArrayList<>();
        for (String target : erasure.sentTo()) {
            if (!target.equals("cxone-digital")) {
                words.add("CXone has it. Ask NICE to remove it there: this contract has no call for that.");
            } else if (!withdrawn(view, id)) {
                words.add("CXone has it. First: cxt withdraw %s --yes".formatted(SafeName.shell(id)));
            }
        }
        return words;
    }

    /** True when the last withdrawal was whole. */
    private static boolean withdrawn(LedgerView view, String id) {
        List<AuditEntry> all = events(view, id, Type.WITHDRAWN);
        return !all.isEmpty()
                && !String.valueOf(all.get(all.size() - 1).detail()).endsWith(WithdrawCommand.INCOMPLETE);
    }

    private static List<AuditEntry> events(LedgerView view, String id, Type type) {
        List<AuditEntry> events = new ArrayList<>();
        view.events(new AuditQuery(Set.of(id), type.name(), Set.of(), null, null, Long.MAX_VALUE), events::add);
        return events;
    }

    private Path certify(
            LedgerView view, LedgerSettings ledger, String id, Result result, List<String> cxone, OperatorLog log)
            throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<AuditEntry> events = events(view, id, Type.ERASED);
        AuditEntry event = events.get(events.size() - 1);
        Map<String, Object> json = json(id, result, cxone);
        json.put("at", now.toString());
        json.put("by", String.valueOf(event.actor()));
        json.put("reason", reason);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("chain", event.chain());
        told.put("seq", event.seq());
        told.put("hash", view.eventHash(event.chain(), event.seq()));
        told.put("key", log.keyId());
        json.put("event", told);
        Path folder = ledger.folder().resolve("erased");
        DurableFiles.createFolder(folder);
        Path file = folder.resolve(SafeName.file(id) + "-" + now.toString().replace(":", "") + ".json");
        DurableFiles.replace(file, Output.json(json).getBytes(StandardCharsets.UTF_8));
        return file;
    }

    private Map<String, Object> json(String id, Result result, List<String> cxone) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("interaction", id);
        json.put("removed", result.removed());
        json.put("left", result.left());
        json.put("cxone", cxone);
        return json;
    }

    private void say(String id, Result result, List<String> cxone, @Nullable Path certificate) {
        if (form.output == Output.json) {
            Map<String, Object> json = json(id, result, cxone);
            json.put("certificate", certificate == null ? null : certificate.toString());
            System.out.println(Output.json(json));
            return;
        }
        result.removed()
                .forEach(each -> System.out.printf(
                        Locale.ROOT, "%-13s %s, %s bytes%n", each.kind(), each.items(), each.bytes()));
        result.left().forEach(each -> System.out.println("left: " + SafeName.log(each.what()) + ": " + each.why()));
        cxone.forEach(System.out::println);
        System.out.println(
                certificate == null
                        ? "Nothing was removed"
                        : "%s is erased and is refused when it comes again. Certificate: %s"
                                .formatted(SafeName.log(id), certificate));
    }
}
