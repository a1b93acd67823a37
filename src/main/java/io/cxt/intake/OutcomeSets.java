package io.cxt.intake;

import io.cxt.intake.SourceReading.Outcome;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What became of each transcript of a source, at a bit for each and for each outcome. Safe for several threads. */
public final class OutcomeSets {
    private final Map<Outcome, BitSet> places = new EnumMap<>(Outcome.class);
    private long read;
    private long refusals;

    /** One more is refused for what it is; it is counted when its copies are done, too. */
    public synchronized void refusedOne() {
        refusals++;
    }

    synchronized long refusals() {
        return refusals;
    }

    /** @param index the transcript's place in the source, from 1 */
    synchronized void read(long index) {
        read = Math.max(read, index);
    }

    synchronized void count(Outcome outcome, long index) {
        places.computeIfAbsent(outcome, none -> new BitSet()).set((int) Math.min(index, Integer.MAX_VALUE - 1));
    }

    synchronized long of(Outcome outcome) {
        BitSet counted = places.get(outcome);
        return counted == null ? 0 : counted.cardinality();
    }

    synchronized long read() {
        return read;
    }

    /** What is known after a later reading of the same source: its word counts where it came to one. */
    OutcomeSets then(OutcomeSets later) {
        OutcomeSets both = new OutcomeSets();
        both.take(this);
        both.take(later);
        return both;
    }

    private void take(OutcomeSets later) {
        synchronized (later) {
            read = Math.max(read, later.read);
            later.places.values().forEach(newer -> places.values().forEach(older -> older.andNot(newer)));
            later.places.forEach((outcome, newer) ->
                    places.computeIfAbsent(outcome, none -> new BitSet()).or(newer));
        }
    }

    /** What was read, and how many of it had each outcome, by the words of reports. */
    synchronized Map<String, Long> counts() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("read", read);
        for (Outcome outcome : Outcome.values()) {
            long count = of(outcome);
            if (!outcome.rare() || count > 0) {
                all.put(outcome.word(), count);
            }
        }
        return all;
    }
}
