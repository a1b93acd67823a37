package io.cxt.steps;

import io.cxt.archive.Archive;
import io.cxt.archive.Refusal;
import io.cxt.audit.FeedRows;
import io.cxt.cxone.CxoneTarget;
import io.cxt.db.Database;
import io.cxt.db.Outage;
import io.cxt.files.DiskFault;
import io.cxt.files.FolderUnavailableException;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.Deliveries;
import io.cxt.pickup.WhenOver;
import io.cxt.settings.Errors;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the wire taps do. Each marks the delivery when it is done and releases the transcript. */
public final class Taps {
    private static final Logger LOG = LoggerFactory.getLogger(Taps.class);

    /** As Camel's jdbc component has it. */
    private static final String ROW = "CamelJdbcParameters";

    private final Archive archive;
    private final Deliveries deliveries;
    private final FeedRows feed;
    private final CxoneTarget target;
    private final Clock clock;

    public Taps(Archive archive, Deliveries deliveries, FeedRows feed, CxoneTarget target, Clock clock) {
        this.archive = archive;
        this.deliveries = deliveries;
        this.feed = feed;
        this.target = target;
        this.clock = clock;
    }

    /** Opens a tap: it holds the transcript until the tap's exchange ends, however it ends. */
    public static void open(Exchange tap) {
        TranscriptInFlight inFlight = Objects.requireNonNull(
                tap.getVariable(Variables.TRANSCRIPT, TranscriptInFlight.class), "a tap copies a transcript");
        AtomicBoolean recorded = new AtomicBoolean();
        tap.setVariable(Variables.RECORDED, recorded);
        inFlight.tapOpens();
        WhenOver.ofFailed(
                tap,
                fault -> inFlight.reading().breakOff("a copy for archive or audit feed could not be written"),
                () -> {
                    if (!recorded.get()) {
                        leftOut(inFlight);
                    }
                    inFlight.release();
                });
    }

    private static void leftOut(TranscriptInFlight inFlight) {
        if (inFlight.reading().brokenOff() != null) {
            return;
        }
        LOG.warn(
                "copy left out source={} reason=\"a step, or a policy of the host, ended archive-part or record-audit before"
                        + " note-recorded\" next=\"let each copy reach that step; its source stays and is read again meanwhile,"
                        + " without a call for what was sent\"",
                inFlight.origin().position());
        inFlight.reading().breakOff("a copy for archive or audit feed was left out");
    }

    /** Archives what was sent. */
    public void archive(@Variable(Variables.CALL) PartInFlight call) throws IOException {
        deliveries.archived(call.part(), archive.keep(call.part()));
        call.kept();
    }

    /**
     * Writes a row of the audit feed, together with others that wait. Where a part is a message, only the last one of a
     * transcript has a row.
     *
     * @param statement SQL with names of values, such as {@code :?status}
     */
    public void insert(
            @Body String statement,
            @Header(ROW) Map<String, @Nullable Object> row,
            @Variable(Variables.CALL) @Nullable PartInFlight call)
            throws SQLException {
        if (hasRow(call)) {
            feed.write(statement, row);
        }
    }

    private boolean hasRow(@Nullable PartInFlight call) {
        return call == null
                || !call.delivered()
                || target.recordsEachPart()
                || call.part().last();
    }

    /** One row of the audit feed, by the names that the SQL in record-audit binds. */
    public Map<String, @Nullable Object> row(
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight,
            @Variable(Variables.CALL) @Nullable PartInFlight call) {
        Refusal refusal = call != null && call.delivered() ? null : inFlight.refusal(); // it may be another part's
        Map<String, @Nullable Object> row = new HashMap<>();
        Part part = call == null ? null : call.part();
        int number = part == null ? 0 : part.part();
        row.put(
                "deliveryKey",
                inFlight.origin().intakeId() + "/" + inFlight.origin().index() + "/" + number);
        row.put("status", inFlight.outcome() == Outcome.EXCLUDED ? "excluded" : status(refusal, part));
        row.put("conversationId", call == null ? null : call.conversationId());
        row.put("interactionId", interactionId(inFlight, part));
        row.put("part", number);
        row.put("parts", part == null ? 1 : part.parts());
        row.put("archiveSuccess", call != null && call.archived() ? 1 : 0);
        row.put("error", refusal == null ? null : error(refusal));
        row.put("timestamp", clock.instant().toString());
        // Not in the table as it ships; for sites that add a column.
        row.put("source", inFlight.origin().source());
        row.put("line", inFlight.origin().line());
        row.put("messages", part == null ? null : target.recordsEachPart() ? part.messages() : inFlight.messages());
        row.put("bytes", part == null ? null : part.payload().length);
        row.put("hash", part == null ? null : part.hash());
        Transcript transcript = inFlight.parsed();
        row.put("agentId", transcript == null ? null : transcript.agentId());
        row.put("customerId", transcript == null ? null : transcript.customerId());
        row.put(
                "outcome",
                refusal != null ? refusal.outcome() : (call == null ? Outcome.EXCLUDED : Outcome.SENT).word());
        row.put("attempts", call == null ? null : call.delivery().attempts());
        row.put("reason", refusal == null ? null : refusal.reason());
        return row;
    }

    private static String status(@Nullable Refusal refusal, @Nullable Part part) {
        if (refusal == null) {
            return "injected";
        }
        return part == null ? "validation_failed" : "injection_failed";
    }

    private static String interactionId(TranscriptInFlight inFlight, @Nullable Part part) {
        if (part != null) {
            return part.interactionId();
        }
        String id = inFlight.refusal() == null
                ? inFlight.usableId()
                : inFlight.refusal().interactionId();
        return id == null ? inFlight.origin().position() : id;
    }

    private static String error(Refusal refusal) {
        if (refusal.faults() == null) {
            return refusal.outcome() + " " + refusal.reason();
        }
        Refusal.Fault first = refusal.faults().get(0);
        return "%s line %s %s: %s".formatted(first.rule(), first.line(), first.pointer(), first.message());
    }

    /** A copy could not be written; it is tried again. */
    public static void trouble(Exchange exchange) {
        Throwable fault = Objects.requireNonNull(
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), "a copy waits for a reason");
        while (fault.getCause() != null && !(fault instanceof FolderUnavailableException)) {
            fault = fault.getCause();
        }
        boolean blocked = fault instanceof FolderUnavailableException;
        String disk = DiskFault.inWords(fault);
        LOG.warn(
                "copy waits route={} reason=\"{}\" next=\"tried again until it passes; its source stays meanwhile. {}\"",
                exchange.getProperty(Exchange.FAILURE_ROUTE_ID),
                blocked
                        ? fault.getMessage()
                        : fault.getClass().getSimpleName()
                                + (fault instanceof SQLException sql ? ofDatabase(sql) : "")
                                + (disk == null ? "" : ": " + disk),
                blocked
                        ? ((FolderUnavailableException) fault).next()
                        : "Look at the disk of archive.folder and the database of audit.feed-url");
        Errors.passOn(fault);
    }

    /** What a database says of itself; of a value that it refuses the code alone, since it may quote it. */
    private static String ofDatabase(SQLException fault) {
        return Outage.is(fault)
                ? ": " + SafeName.log(Database.reason(fault))
                : " code %s/%s".formatted(fault.getSQLState(), fault.getErrorCode());
    }

    /** The feed has the row. */
    public void recorded(
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight,
            @Variable(Variables.CALL) @Nullable PartInFlight call,
            @Variable(Variables.RECORDED) @Nullable AtomicBoolean recorded) {
        if (call == null) {
            deliveries.whole().fed(target.name(), interactionId(inFlight, null));
        } else {
            deliveries.fed(call.part(), hasRow(call));
        }
        if (recorded != null) {
            recorded.set(true);
        }
    }
}
