package io.cxt.console;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.ledger.LedgerStatus.Minute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was decided, minute by minute.
 *
 * @param bars one for each minute, the oldest first
 * @param most that any of them has; at least 1
 */
public record Chart(List<Bar> bars, long most) {
    /** The height of the highest bar in the drawing. */
    private static final long HEIGHT = 100;

    /**
     * A minute.
     *
     * @param at its begin, in UTC
     * @param sent transcripts that went to CXone
     * @param other transcripts with another outcome
     */
    public record Bar(String at, long sent, long other) {}

    static Chart of(List<Minute> counts, Instant now, int minutes) {
        Map<Long, Bar> bars = new TreeMap<>();
        long last = now.getEpochSecond() / 60;
        for (long minute = last - minutes + 1; minute <= last; minute++) {
            bars.put(minute, new Bar(Instant.ofEpochSecond(minute * 60).toString(), 0, 0));
        }
        for (Minute count : counts) {
            boolean sent = count.outcome().equals(Type.SENT.name());
            bars.computeIfPresent(
                    count.minute(),
                    (minute, bar) -> new Bar(
                            bar.at(),
                            bar.sent() + (sent ? count.transcripts() : 0),
                            bar.other() + (sent ? 0 : count.transcripts())));
        }
        long most = bars.values().stream()
                .mapToLong(bar -> bar.sent() + bar.other())
                .max()
                .orElse(0);
        return new Chart(new ArrayList<>(bars.values()), Math.max(1, most));
    }

    /** How high a count is drawn. */
    public long height(long count) {
        return (count * HEIGHT + most - 1) / most;
    }

    /** The bars that have something. */
    public List<Bar> busy() {
        return bars.stream().filter(bar -> bar.sent() + bar.other() > 0).toList();
    }
}
