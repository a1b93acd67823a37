package io.cxt.ledger;

import io.cxt.audit.Closing;
import io.cxt.db.LedgerException;
import io.cxt.db.Owner;
import io.cxt.db.Session;
import io.cxt.text.SafeText;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the feed table with the deliveries, both ways: every delivery that is marked as fed has a row, and every
 * conversation in the feed was sent. Columns that a site has removed are not read. Keeps a portion in memory at a time.
 */
final class FeedCheck {
    private static final int PORTION = 100;
    private static final Pattern BEFORE = Pattern.compile("before=(\\S+) .*");
    private static final Set<String> NEEDED =
            Set.of("delivery_key", "status", "interaction_id", "part", "conversation_id");

    private final Session ledger;
    private final Session feed;
    private final Consumer<String> findings;

    /** What should be, or is, in the feed. */
    private record Sent(
            String key,
            String interactionId,
            int part,
            @Nullable String conversationId) {}

    private record Row(@Nullable String status, @Nullable String conversationId) {}

    /**
     * @param ledger for small questions, each to the state of its moment
     * @param findings receives each difference, in words
     */
    FeedCheck(Session ledger, Session feed, Consumer<String> findings) {
        this.ledger = ledger;
        this.feed = feed;
        this.findings = findings;
    }

    /** What cannot be compared, in words; null when all can. */
    @Nullable
    String unfit() throws SQLException {
        Set<String> missing = new TreeSet<>(NEEDED);
        missing.removeAll(feed.columns("SELECT * FROM audit_record WHERE 1 = 0"));
        return missing.isEmpty() ? null : "audit_record has no " + String.join(", ", missing);
    }

    /**
     * What the ledger has marked as fed.
     *
     * @param moment a session to read all of it from
     */
    void there(Session moment) throws SQLException {
        List<Sent> portion = new ArrayList<>(PORTION);
        moment.each(
                "SELECT intake_id, source_index, part, interaction_id, conversation_id FROM delivery"
                        + " WHERE state = 'SENT' AND fed_at > ?",
                row -> new Sent(
                        row.getString(1) + "/" + row.getLong(2) + "/" + row.getInt(3),
                        row.getString(4),
                        row.getInt(3),
                        row.getString(5)),
                sent -> {
                    portion.add(sent);
                    if (portion.size() == PORTION) {
                        there(portion);
                    }
                },
                pruned());
        there(portion);
    }

    /**
     * When the rows began that a {@code cxt prune} has left; 0 when there was none. In milliseconds since 1970. What it was before the
     * operator's chain begins is not known, so nothing from before that is asked for.
     */
    private long pruned() throws SQLException {
        long known = Closing.all(ledger).stream()
                .filter(closing -> closing.chain().equals(Owner.OPERATOR_CHAIN))
                .mapToLong(closing -> Instant.parse(closing.until()).toEpochMilli())
                .findFirst()
                .orElse(0);
        return ledger
                .list(
                        "SELECT detail FROM audit_event WHERE chain = ? AND event = 'PRUNED' AND reason = 'feed'",
                        row -> before(row.getString(1)),
                        Owner.OPERATOR_CHAIN)
                .stream()
                .reduce(known, Math::max);
    }

    /** What no time can be made of was changed by hand, which the check of the chain says. */
    private static long before(@Nullable String detail) {
        Matcher before = BEFORE.matcher(String.valueOf(detail));
        try {
            return before.matches() ? Instant.parse(before.group(1)).toEpochMilli() : 0;
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private void there(List<Sent> portion) {
        try {
            Map<String, Row> rows = new HashMap<>();
            feed.list(
                    "SELECT delivery_key, status, conversation_id FROM audit_record WHERE delivery_key IN (?"
                            + ", ?".repeat(PORTION - 1) + ")",
                    row -> rows.put(row.getString(1), new Row(row.getString(2), row.getString(3))),
                    filled(portion.stream().map(sent -> (Object) sent.key).toList()));
            for (Sent sent : portion) {
                Row row = rows.get(sent.key);
                if (row == null) {
                    elsewhere(sent);
                } else if (!Objects.equals(row.conversationId, sent.conversationId)
                        && (row.conversationId != null || "injected".equals(row.status))
                        && !said(sent.interactionId, sent.part, row.conversationId)) {
                    found(
                            sent,
                            "conversation_id is %s, and the ledger says %s"
                                    .formatted(
                                            SafeText.brief(row.conversationId), SafeText.brief(sent.conversationId)));
                }
            }
            portion.clear();
        } catch (SQLException e) {
            throw LedgerException.asking(e);
        }
    }

    /** The same content may have been fed by a later reading. */
    private void elsewhere(Sent sent) throws SQLException {
        if (!feed.any(
                "SELECT 1 FROM audit_record WHERE interaction_id = ? AND part = ?", sent.interactionId, sent.part)) {
            found(sent, "it is SENT and marked as fed, and has no row. If rows are taken out on purpose: --no-feed");
        }
    }

    /** What the feed has as a conversation. */
    void sent(Session moment) throws SQLException {
        List<Sent> portion = new ArrayList<>(PORTION);
        moment.each(
                "SELECT interaction_id, part, conversation_id FROM audit_record WHERE conversation_id IS NOT NULL",
                row -> new Sent("", row.getString(1), row.getInt(2), row.getString(3)),
                told -> {
                    portion.add(told);
                    if (portion.size() == PORTION) {
                        sent(portion);
                    }
                });
        sent(portion);
    }

    private void sent(List<Sent> portion) {
        try {
            Set<Sent> known = new HashSet<>();
            if (!portion.isEmpty()) {
                ledger.list(
                        LedgerView.EACH_TARGET
                                + "SELECT interaction_id, part, conversation_id FROM targets JOIN delivery ON delivery.target"
                                + " = targets.target AND interaction_id IN (?" + ", ?".repeat(PORTION - 1)
                                + ") WHERE state = 'SENT'",
                        row -> known.add(new Sent("", row.getString(1), row.getInt(2), row.getString(3))),
                        filled(portion.stream()
                                .map(told -> (Object) told.interactionId)
                                .toList()));
            }
            for (Sent told : portion) {
                if (!known.contains(told) && !said(told.interactionId, told.part, told.conversationId)) {
                    found(
                            told,
                            "conversation_id is %s, which no call came to. The row was changed or put in by hand"
                                    .formatted(SafeText.brief(told.conversationId)));
                }
            }
            portion.clear();
        } catch (SQLException e) {
            throw LedgerException.asking(e);
        }
    }

    /**
     * True when CXone once said so: of two answers to one part the feed may have the one that the row has not. Where the events are
     * pruned, a part that may repeat may have had two.
     */
    private boolean said(String interactionId, int part, @Nullable String conversationId) throws SQLException {
        return ledger.any(
                        "SELECT 1 FROM audit_event WHERE interaction_id = ? AND part = ? AND event = 'SENT'"
                                + " AND conversation_id = ?",
                        interactionId,
                        part,
                        conversationId)
                || ledger.any(
                        "SELECT 1 FROM audit_closed JOIN delivery ON delivery.target = audit_closed.target"
                                + " AND interaction_id = id AND delivery.part = audit_closed.part WHERE id = ?"
                                + " AND audit_closed.part = ? AND kind = 'delivery' AND doubted = 1",
                        interactionId,
                        part);
    }

    /** Padded, so that the statement is always the same. */
    private static Object[] filled(List<Object> values) {
        List<Object> filled = new ArrayList<>(values);
        filled.addAll(Collections.nCopies(PORTION - values.size(), values.isEmpty() ? "" : values.get(0)));
        return filled.toArray();
    }

    private void found(Sent sent, String what) {
        findings.accept("audit feed, interaction %s part %s: %s"
                .formatted(SafeText.brief(sent.interactionId), sent.part, what));
    }
}
