package io.cxt.console;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.End;
import io.cxt.audit.AuditPages.Slice;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedSource;
import io.cxt.story.Balance;
import io.cxt.text.SafeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of each source. */
public record SourcesPage(LedgerView view, DayPage days) {
    private static final int MOST_ROWS = 50;

    /** What decides a transcript, by the word of the balance. */
    static final Map<String, Type> EVENTS = Map.of(
            "sent", Type.SENT,
            "duplicate", Type.SKIPPED_DUPLICATE,
            "rejected", Type.REJECTED,
            "failed", Type.FAILED,
            "conflict", Type.CONFLICT,
            "in-doubt", Type.IN_DOUBT,
            "queued", Type.QUEUED,
            "excluded", Type.EXCLUDED);

    private static final Set<String> NOT_SENT = Set.of("REJECTED", "FAILED", "CONFLICT", "IN_DOUBT");

    /**
     * A source that was released.
     *
     * @param reading null for one of an early version
     */
    public record Closed(
            String at,
            @Nullable String source,
            @Nullable String reading,
            @Nullable Balance balance,
            long seq) {}

    /**
     * The sources.
     *
     * @param open those that are read now, or cannot be decided, the oldest first
     * @param chain whose events tell of the closed ones
     * @param older the address of the next page; null for the last
     */
    public record Sources(
            List<RecordedSource> open,
            @Nullable String chain,
            List<End> chains,
            List<Closed> closed,
            @Nullable String older) {}

    /**
     * One source.
     *
     * @param balance null while it is open, or where the audit has none
     * @param outcome which events are shown: one word of the balance, or null for all that were not sent
     * @param older the address of the next page of events; null for the last
     */
    public record One(
            RecordedSource source,
            @Nullable Balance balance,
            @Nullable String outcome,
            List<AuditEntry> events,
            @Nullable String older) {}

    Page get(Asked asked) {
        String reading = asked.value("reading");
        String day = asked.word("day");
        return day != null ? days.get(day) : reading == null ? list(asked) : one(reading, asked);
    }

    private Page list(Asked asked) {
        AuditPages pages = view.audit().pages();
        List<End> ends = pages.ends();
        Page wrong = AuditTrailPage.noChain(ends, asked.value("chain"));
        if (wrong != null) {
            return wrong;
        }
        End end = AuditTrailPage.chosen(ends, asked.value("chain"));
        Slice slice = end == null
                ? new Slice(List.of(), 0)
                : pages.before(
                        end.chain(),
                        asked.number("before", end.seq() + 1),
                        new Wanted(Set.of(Type.INTAKE_CLOSED.name()), null, 0),
                        MOST_ROWS);
        return Page.of(
                "Sources",
                "sources",
                new Sources(
                        view.lists().open(MOST_ROWS),
                        end == null ? null : end.chain(),
                        ends,
                        slice.events().stream().map(SourcesPage::closed).toList(),
                        end == null || slice.older() == 0
                                ? null
                                : Links.to("/sources", "chain", end.chain(), "before", Long.toString(slice.older()))),
                "cxt status");
    }

    private static Closed closed(AuditEntry event) {
        return new Closed(
                event.at(), event.source(), Balance.reading(event.detail()), Balance.of(event.detail()), event.seq());
    }

    private Page one(String reading, Asked asked) {
        RecordedSource source = view.lists().source(reading).orElse(null);
        if (source == null) {
            return Page.problem(
                    404,
                    "Not found",
                    "The ledger has no such reading of a source.",
                    "Look for it in the list of sources.");
        }
        AuditPages pages = view.audit().pages();
        String outcome = asked.value("outcome");
        Set<String> events = outcome != null && EVENTS.containsKey(outcome)
                ? Set.of(EVENTS.get(outcome).name())
                : NOT_SENT;
        Slice slice = new Slice(List.of(), 0);
        Balance balance = null;
        String chain = null;
        for (End end : pages.ends()) { // the chain of the instance that read it
            AuditEntry closing = source.closedAt() == null ? null : closing(pages, end, source);
            if (closing != null || source.closedAt() == null && has(pages, end, source)) {
                chain = end.chain();
                long behind = closing == null ? end.seq() + 1 : closing.seq();
                balance = closing == null ? null : Balance.of(closing.detail());
                long begun = pages.firstAt(end, Instant.parse(source.openedAt())) - 1;
                slice = pages.before(
                        chain,
                        Math.min(behind, asked.number("before", behind)),
                        new Wanted(events, source.source(), begun),
                        MOST_ROWS);
                break;
            }
        }
        return Page.of(
                "Source",
                "source",
                new One(
                        source,
                        balance,
                        EVENTS.containsKey(String.valueOf(outcome)) ? outcome : null,
                        slice.events(),
                        slice.older() == 0
                                ? null
                                : Links.to(
                                        "/sources",
                                        "reading",
                                        reading,
                                        "outcome",
                                        outcome,
                                        "before",
                                        Long.toString(slice.older()))),
                "cxt audit query --source " + SafeName.shell(source.source()));
    }

    /** The event that closed it: it was written at the time that the row has. Null when this chain has none. */
    private static @Nullable AuditEntry closing(AuditPages pages, End end, RecordedSource source) {
        Instant closed = Instant.parse(String.valueOf(source.closedAt()));
        return first(pages, end, source, closed, Type.INTAKE_CLOSED);
    }

    private static boolean has(AuditPages pages, End end, RecordedSource source) {
        return first(pages, end, source, Instant.parse(source.openedAt()), Type.INTAKE_OPENED) != null;
    }

    private static @Nullable AuditEntry first(AuditPages pages, End end, RecordedSource source, Instant at, Type type) {
        long from = pages.firstAt(end, at);
        long behind = pages.firstAt(end, at.plusMillis(1));
        return pages
                .before(end.chain(), behind, new Wanted(Set.of(type.name()), null, from - 1), MOST_ROWS)
                .events()
                .stream()
                .filter(event -> source.reading().equals(Balance.reading(event.detail())))
                .findFirst()
                .orElse(null);
    }
}
