package io.cxt.console;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Job;
import io.cxt.ledger.LedgerLists.NotSent;
import io.cxt.ledger.LedgerStatus;
import io.cxt.ledger.LedgerStatus.Minute;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.ledger.RecordedSource;
import io.cxt.transcript.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether it works, what waits, and what needs a person. */
public final class OverviewPage {
    /** All who look at once see one answer of the database. */
    private static final Duration LASTS = Duration.ofSeconds(5);

    private static final Wanted SENT = new Wanted(Set.of(Type.SENT.name()), null, 0);
    private static final int MOST_SOURCES = 20;
    private static final int MOST_REASONS = 50;
    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;

    private final LedgerView view;
    private final @Nullable Supplier<Running> running;
    private final Duration stall;
    private final Clock clock;
    private @Nullable Overview last;
    private Instant lastAt = Instant.EPOCH;

    OverviewPage(LedgerView view, @Nullable Supplier<Running> running, Duration stall, Clock clock) {
        this.view = view;
        this.running = running;
        this.stall = stall;
        this.clock = clock;
    }

    /**
     * What one reason holds back.
     *
     * @param meaning of the reason; empty for a word of a later version
     */
    public record Needed(DeliveryState state, @Nullable String reason, long parts, String meaning) {}

    /**
     * The page.
     *
     * @param at when the ledger was asked
     * @param lastDay what became of transcripts in the last 24 hours, by the word of the audit
     * @param lastHour the same, minute by minute
     * @param sending parts with a call that has no answer yet
     * @param waiting parts that are sent as soon as calls can be made; they are among the failed
     * @param deadLetters of all instances
     * @param lastSentAt null when no part was sent among the newest events
     * @param open sources that are read now, or cannot be decided
     * @param stalled true when there is work and nothing was written for a time
     * @param jobs that have not ended, the oldest first
     * @param controls what persons hold or set
     * @param holdable what can be held
     * @param running null when the console runs alone
     */
    public record Overview(
            String at,
            Map<String, Long> lastDay,
            Chart lastHour,
            long sending,
            long waiting,
            long deadLetters,
            @Nullable String lastSentAt,
            List<RecordedSource> open,
            long openSources,
            boolean stalled,
            List<Needed> needed,
            List<Job> jobs,
            List<ControlRow> controls,
            List<String> holdable,
            @Nullable Running running) {}

    Page get(Asked asked) {
        return Page.of("Overview", "overview", overview(), "cxt status").changing("overviewnow");
    }

    /** Somebody has changed what it shows. */
    synchronized void forget() {
        last = null;
    }

    private synchronized Overview overview() {
        Instant now = clock.instant();
        Overview known = last;
        if (known == null || now.isAfter(lastAt.plus(LASTS))) {
            known = look(now);
            last = known;
            lastAt = now;
        }
        return known;
    }

    private Overview look(Instant now) {
        LedgerStatus status = view.status();
        LedgerStatus.Unfinished unfinished = status.unfinished();
        List<NotSent> notSent = view.lists().notSent();
        List<Minute> day = status.minutes(now, DAY);
        Map<String, Long> decided = new TreeMap<>();
        day.forEach(minute -> decided.merge(minute.outcome(), minute.transcripts(), Long::sum));
        return new Overview(
                now.toString(),
                decided,
                Chart.of(day, now, HOUR),
                view.lists().sending(),
                notSent.stream()
                        .filter(each -> each.state() == DeliveryState.FAILED)
                        .filter(each -> Reason.LANE_CLOSED.is(each.reason()) || Reason.REPLAYED.is(each.reason()))
                        .mapToLong(NotSent::parts)
                        .sum(),
                view.lists().count(LetterQuery.ALL),
                lastSentAt(),
                view.lists().open(MOST_SOURCES),
                unfinished.intakes(),
                unfinished.stalled(status.lastEventAt(), now.minus(stall)),
                notSent.stream().limit(MOST_REASONS).map(OverviewPage::needed).toList(),
                view.jobs().open(),
                view.findControls().inForce(),
                Orders.holdable(),
                running == null ? null : running.get());
    }

    /** From the audit: the deliveries have no index on the time. */
    private @Nullable String lastSentAt() {
        AuditPages pages = view.audit().pages();
        return pages.ends().stream()
                .flatMap(end -> pages.before(end.chain(), end.seq() + 1, SENT, 1).events().stream())
                .map(AuditEntry::at)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static Needed needed(NotSent parts) {
        return new Needed(parts.state(), parts.reason(), parts.parts(), HelpPage.meaning(parts.reason()));
    }
}
