package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.LedgerView;
import io.cxt.retention.Erasure;
import io.cxt.retention.Erasure.Result;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The erasure of one chat, with what CXone has of it and the certificate. */
final class ChatErasure {
    /** As many digits at each moment: names are compared. */
    private static final DateTimeFormatter NAME_TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HHmmss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final LedgerView view;
    private final LedgerSettings ledger;
    private final Erasure erasure;
    private final String id;
    private final @Nullable String customer;
    private final boolean originals;
    private final boolean leftInCxone;

    /**
     * @param customer goes into the certificate, as a keyed hash; null when the chat was asked for by its id
     * @param originals true to delete whole files as they were dropped
     * @param leftInCxone true when CXone may keep what could be withdrawn
     */
    ChatErasure(
            LedgerView view,
            LedgerSettings ledger,
            Erasure erasure,
            String id,
            @Nullable String customer,
            boolean originals,
            boolean leftInCxone) {
        this.view = view;
        this.ledger = ledger;
        this.erasure = erasure;
        this.id = id;
        this.customer = customer;
        this.originals = originals;
        this.leftInCxone = leftInCxone;
    }

    /** Why it cannot be erased now, in words; null when it can. */
    @Nullable
    String hindrance(boolean dryRun) {
        String hindrance = erasure.hindrance();
        return hindrance != null || dryRun || leftInCxone
                ? hindrance
                : inCxone().stream()
                        .filter(words -> words.contains("cxt withdraw"))
                        .findFirst()
                        .map("%s (it needs the archive). Or erase it all the same: --left-in-cxone"::formatted)
                        .orElse(null);
    }

    /** What would be removed. Changes nothing. */
    Result look() throws IOException, SQLException {
        return erasure.look(originals);
    }

    /** What was removed, and where that is certified. */
    record Erased(Result result, Path certificate) {}

    /** @throws io.cxt.ledger.OrderRefused when it is on its way */
    Erased erase(String reason) throws IOException, SQLException {
        try (OperatorLog log = new OperatorLog(ledger)) {
            Result result = erasure.erase(log, originals, reason);
            return new Erased(result, certify(result, reason, String.valueOf(log.keyId())));
        }
    }

    /** Accepts it again; false when it is not erased. */
    boolean allow(String reason) {
        try (OperatorLog log = new OperatorLog(ledger)) {
            return erasure.allow(log, reason);
        }
    }

    /** What is left of one that was erased before, here, where nothing has come since; null for others. */
    @Nullable
    Result done() throws IOException, SQLException {
        List<AuditEntry> events = events(Type.ERASED);
        if (events.isEmpty() || !view.erased(id)) {
            return null;
        }
        Result now = look();
        String since = name(Instant.parse(events.get(events.size() - 1).at()));
        return now.removed().stream().allMatch(each -> each.items() == 0)
                        && certificates().stream().anyMatch(name -> name.compareTo(since) >= 0)
                ? now
                : null;
    }

    /** Names of its certificates, among them perhaps those of ids that begin with this one. */
    private List<String> certificates() throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    folder(), file -> file.getFileName().toString().startsWith(SafeName.file(id) + "-"))) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            }
        }
        return names;
    }

    private Path folder() {
        return ledger.folder().resolve("erased");
    }

    private String name(Instant at) {
        return SafeName.file(id) + "-" + NAME_TIME.format(at) + ".json";
    }

    /** What CXone has, and how to have it removed there. */
    List<String> inCxone() {
        List<String> words = new ArrayList<>();
        for (String target : erasure.sentTo()) {
            if (!target.equals("cxone-digital")) {
                words.add("CXone has it. Ask NICE to remove it there: this contract has no call for that.");
            } else if (!withdrawn()) {
                words.add("CXone has it. First: cxt withdraw %s --yes".formatted(SafeName.shell(id)));
            }
        }
        return words;
    }

    /** True when the last withdrawal was whole, and nothing was sent since. */
    private boolean withdrawn() {
        List<AuditEntry> all = events(Type.WITHDRAWN);
        if (all.isEmpty()) {
            return false;
        }
        AuditEntry last = all.get(all.size() - 1);
        Instant at = Instant.parse(last.at());
        return !String.valueOf(last.detail()).endsWith(WithdrawCommand.INCOMPLETE)
                && events(Type.SENT).stream()
                        .noneMatch(sent -> Instant.parse(sent.at()).isAfter(at));
    }

    private List<AuditEntry> events(Type type) {
        List<AuditEntry> events = new ArrayList<>();
        view.audit().events(new AuditQuery(Set.of(id), type.name(), Set.of(), null, null, Long.MAX_VALUE), events::add);
        return events;
    }

    /** Writes down what went and what is left, with the event that says so. */
    private Path certify(Result result, String reason, String key) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<AuditEntry> events = events(Type.ERASED);
        AuditEntry event = events.get(events.size() - 1);
        Map<String, @Nullable Object> json = json(result, null);
        json.remove("certificate");
        json.put("at", now.toString());
        json.put("by", String.valueOf(event.actor()));
        json.put("reason", reason);
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("chain", event.chain());
        told.put("seq", event.seq());
        told.put("hash", view.audit().eventHash(event.chain(), event.seq()));
        told.put("key", key);
        json.put("event", told);
        DurableFiles.createFolder(folder());
        Path file = folder().resolve(name(now));
        DurableFiles.replace(file, Output.json(json).getBytes(StandardCharsets.UTF_8));
        return file;
    }

    Map<String, @Nullable Object> json(Result result, @Nullable Path certificate) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("interaction", id);
        if (customer != null) {
            json.put("customer", customer);
        }
        json.put("removed", result.removed());
        json.put("left", result.left());
        json.put("cxone", inCxone());
        json.put("certificate", certificate == null ? null : certificate.toString());
        return json;
    }
}
