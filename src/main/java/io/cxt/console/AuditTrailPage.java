package io.cxt.console;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.End;
import io.cxt.audit.AuditPages.Slice;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.db.Owner;
import io.cxt.ledger.LedgerView;
import io.cxt.transcript.Moment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The audit trail, the newest events first. */
public record AuditTrailPage(LedgerView view, AuditVerifier verifier) {
    private static final int MOST_ROWS = 50;

    /**
     * The page.
     *
     * @param words all kinds of events
     * @param event the kind that is shown; null for all
     * @param events the newest first
     * @param older the address of the next page; null for the last
     * @param verified how the last verification ended
     */
    public record Trail(
            List<End> chains,
            @Nullable String chain,
            List<String> words,
            @Nullable String event,
            @Nullable String from,
            @Nullable String until,
            List<AuditEntry> events,
            @Nullable String older,
            AuditVerifier.State verified) {}

    Page get(Asked asked) {
        AuditPages pages = view.audit().pages();
        List<End> ends = pages.ends();
        Page wrong = noChain(ends, asked.value("chain"));
        if (wrong != null) {
            return wrong;
        }
        End end = chosen(ends, asked.value("chain"));
        List<String> words =
                Stream.of(AuditEvent.Type.values()).map(Enum::name).sorted().toList();
        String event = asked.word("event");
        String from = asked.word("from");
        String until = asked.word("until");
        for (String time : Stream.of(from, until).filter(each -> each != null).toList()) {
            if (Moment.of(time).isEmpty()) {
                return Page.problem(
                        400,
                        "Not a time",
                        "From or until is not a time.",
                        "Write 2026-11-22, 2026-11-22T10 or 2026-11-22T10:30:00+01:00; without a zone it is UTC.");
            }
        }
        if (event != null && !words.contains(event)) {
            return Page.problem(400, "No such event", "No event has this word.", "Choose one from the list.");
        }
        Slice slice = end == null ? new Slice(List.of(), 0) : slice(pages, end, event, from, until, asked);
        return Page.of(
                        "Audit",
                        "audit",
                        new Trail(
                                ends,
                                end == null ? null : end.chain(),
                                words,
                                event,
                                from,
                                until,
                                slice.events(),
                                end == null || slice.older() == 0
                                        ? null
                                        : Links.to(
                                                "/audit",
                                                "chain",
                                                end.chain(),
                                                "event",
                                                event,
                                                "from",
                                                from,
                                                "before",
                                                Long.toString(slice.older())),
                                verifier.state()),
                        "cxt audit query" + (event == null ? "" : " --event " + event) + "; cxt audit verify")
                .changing("auditnow");
    }

    private static Slice slice(
            AuditPages pages,
            End end,
            @Nullable String event,
            @Nullable String from,
            @Nullable String until,
            Asked asked) {
        Optional<Instant> first = Optional.ofNullable(from).flatMap(Moment::of);
        Optional<Instant> behind = Optional.ofNullable(until).flatMap(Moment::of);
        long before = behind.map(time -> pages.firstAt(end, time)).orElse(end.seq() + 1);
        return pages.before(
                end.chain(),
                Math.min(before, asked.number("before", before)),
                new Wanted(
                        event == null ? Set.of() : Set.of(event),
                        null,
                        first.map(time -> pages.firstAt(end, time) - 1).orElse(0L)),
                MOST_ROWS);
    }

    /** Where a chain is asked for that is not there. */
    static @Nullable Page noChain(List<End> ends, @Nullable String chain) {
        return chain == null || ends.stream().anyMatch(end -> end.chain().equals(chain))
                ? null
                : Page.problem(404, "Not found", "The audit has no such chain.", "Choose one from the list.");
    }

    /**
     * The chain of that name; when none is asked for, the one of an instance that was written to last; null when there is no
     * chain.
     */
    static @Nullable End chosen(List<End> ends, @Nullable String chain) {
        return ends.stream()
                .filter(end -> end.chain().equals(chain))
                .findFirst()
                .or(() -> ends.stream()
                        .filter(end -> !end.chain().equals(Owner.OPERATOR_CHAIN))
                        .findFirst())
                .or(() -> ends.stream().findFirst())
                .orElse(null);
    }
}
