package io.cxt.intake;

import io.cxt.intake.SourceReading.Outcome;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The outcome of each transcript of a source, as one bit set for each outcome. Safe for several threads. */
public final class OutcomeSets {
    private final Map<Outcome, BitSet> places = new EnumMap<>(Outcome.class);
    private long read;
    private long refusals;

    /** One more was rejected; its outcome is counted once its copies are done. */
    public synchronized void refusedOne() {
        refusals++;
    }

    synchronized long refusals() {
        return refusals;
    }

    /** @param index of the transcript in its source, from 1 */
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

    /** The outcomes after a later reading of the same source, which takes precedence where it has one. */
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

    /** How many transcripts were read and had each outcome, by the words of reports. */
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
