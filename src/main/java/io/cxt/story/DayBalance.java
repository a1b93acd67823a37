package io.cxt.story;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditPages;
import io.cxt.audit.AuditPages.End;
import io.cxt.audit.AuditPages.Slice;
import io.cxt.audit.AuditPages.Wanted;
import io.cxt.ledger.LedgerView;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The balance of all sources that were released in a span of time, as the audit has it.
 *
 * @param sources how many
 * @param sum of all of them
 * @param whole false when there were more events than were to be looked at: then the last ones count
 */
public record DayBalance(long sources, Balance sum, boolean whole) {
    private static final int AT_ONCE = 1_000;

    /**
     * Counts them, some events in memory at a time.
     *
     * @param most events of a chain that are looked at
     * @param each receives the event of each source, of each chain the last one first
     */
    public static DayBalance of(LedgerView view, Instant from, Instant until, long most, Consumer<AuditEntry> each) {
        AuditPages pages = view.auditPages();
        Balance sum = Balance.NOTHING;
        long sources = 0;
        boolean whole = true;
        for (End end : pages.ends()) {
            long first = pages.firstAt(end, from);
            long behind = pages.firstAt(end, until);
            long lowest = Math.max(first, behind - most);
            whole &= lowest == first;
            Wanted closings = new Wanted(Set.of(Type.INTAKE_CLOSED.name()), null, lowest - 1);
            for (long before = behind; before > lowest; ) {
                Slice slice = pages.before(end.chain(), before, closings, AT_ONCE);
                for (AuditEntry event : slice.events()) {
                    sources++;
                    sum = sum.with(Balance.of(event.detail()));
                    each.accept(event);
                }
                before = slice.older();
            }
        }
        return new DayBalance(sources, sum, whole);
    }
}
