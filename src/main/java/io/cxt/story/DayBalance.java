package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.End;
import io.cxt.audit.AuditPages.Slice;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.UnreleasedSource;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The balance of all sources that were released in a span of time, as the audit has it; and of those that were begun, or found to
 * be lost, in it and were not released, as far as the ledger knows them.
 *
 * @param sources how many
 * @param sum of all of them
 * @param lost how many of them were lost before they were read to their end
 * @param open how many of them are not finished
 * @param setBack true when the order of the audit and its times contradict each other: a clock was set back, or ahead for a while
 * @param whole false when there were more events than were to be looked at: then the last ones count
 */
public record DayBalance(long sources, Balance sum, boolean whole, long lost, long open, boolean setBack) {
    private static final int AT_ONCE = 1_000;

    /**
     * Counts them, some events in memory at a time.
     *
     * @param most events of a chain that are looked at
     * @param each receives the event of each source that was released, of each chain the last one first
     * @param others then receives those that were not released
     */
    public static DayBalance of(
            LedgerView view,
            Instant from,
            Instant until,
            long most,
            Consumer<AuditEntry> each,
            Consumer<UnreleasedSource> others) {
        AuditPages pages = view.audit().pages();
        boolean setBack = setBack(view, pages, from, until);
        Balance sum = Balance.NOTHING;
        long sources = 0;
        boolean whole = true;
        for (End end : pages.ends()) {
            long first = setBack ? 1 : pages.firstAt(end, from);
            long behind = setBack ? end.seq() + 1 : pages.firstAt(end, until);
            long lowest = Math.max(first, behind - most);
            whole &= lowest == first;
            Wanted closings = new Wanted(Set.of(Type.INTAKE_CLOSED.name()), null, lowest - 1);
            for (long before = behind; before > lowest; ) {
                Slice slice = pages.before(end.chain(), before, closings, AT_ONCE);
                for (AuditEntry event : slice.events()) {
                    if (!isIn(event, from, until)) {
                        continue;
                    }
                    sources++;
                    sum = sum.with(Balance.of(event.detail()));
                    each.accept(event);
                }
                before = slice.older();
            }
        }
        Unreleased unreleased = new Unreleased(sum);
        view.status().unreleased(from, until, source -> {
            unreleased.add(source);
            others.accept(source);
        });
        return new DayBalance(
                sources + unreleased.others, unreleased.sum, whole, unreleased.lost, unreleased.open, setBack);
    }

    private static boolean isIn(AuditEntry event, Instant from, Instant until) {
        Instant at = Instant.parse(event.at());
        return !at.isBefore(from) && at.isBefore(until);
    }

    /** True when the events between the places of two times are not those whose times are between them. */
    private static boolean setBack(LedgerView view, AuditPages pages, Instant from, Instant until) {
        long found = 0;
        for (End end : pages.ends()) {
            long first = pages.firstAt(end, from);
            long behind = pages.firstAt(end, until);
            long between = pages.count(end.chain(), first, behind, Type.INTAKE_CLOSED, from, until);
            if (between < 0) {
                return true;
            }
            found += between;
        }
        String pruned = view.audit().prunedUpTo();
        boolean all = pruned == null || from.isAfter(Instant.parse(pruned));
        return all && found != view.status().released(from, until);
    }

    /** True when all that was read has an outcome, and nothing was lost or is open. */
    public boolean comesOut() {
        return sum.unexplained() == 0 && lost == 0 && open == 0;
    }

    /** Adds up those that were not released. */
    private static final class Unreleased {
        private Balance sum;
        private long lost;
        private long open;
        private long others;

        Unreleased(Balance sum) {
            this.sum = sum;
        }

        void add(UnreleasedSource source) {
            sum = sum.with(Balance.of(source));
            lost += source.lost() ? 1 : 0;
            open += source.open() ? 1 : 0;
            others++;
        }
    }
}
