package io.cxt.pace;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code cxone.requests-per-second} is in the instances that were heard lately. They differ while it is changed in
 * one after the other; the least holds for all of them then.
 *
 * @param byTime the value of each instance by when it was heard, in nanoseconds on the store's clock: an instance knows its
 *     own by that time
 */
record SetRates(Map<Long, Double> byTime) {
    /** Longer than an instance takes to start again, so that its limit holds meanwhile. */
    static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** @param text as {@link #text} makes it; empty for none */
    static SetRates read(String text) {
        Map<Long, Double> byTime = new TreeMap<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(" ")) {
            int at = each.indexOf('@');
            byTime.put(Long.valueOf(each.substring(at + 1)), Double.valueOf(each.substring(0, at)));
        }
        return new SetRates(byTime);
    }

    /** For example {@code 20.0@1700000000000000000 20.0@1700000000000001000}. */
    String text() {
        return byTime.entrySet().stream()
                .map(each -> each.getValue() + "@" + each.getKey())
                .collect(Collectors.joining(" "));
    }

    /** An instance with this one is heard now. Forgets what was not heard lately, or not on this clock. */
    SetRates with(double set, long now) {
        Map<Long, Double> lately = new TreeMap<>(byTime);
        lately.keySet().removeIf(at -> Math.abs(now - at) > REMEMBERED.toNanos());
        lately.put(now, set);
        return new SetRates(lately);
    }

    /** The first time from now on at which no other instance was heard. */
    long free(long now) {
        long at = now;
        while (byTime.containsKey(at)) {
            at++;
        }
        return at;
    }

    /** Forgets the one that was set then. */
    SetRates without(double set, long at) {
        Map<Long, Double> others = new TreeMap<>(byTime);
        others.remove(at, set);
        return new SetRates(others);
    }

    /** The least limit that is set; 0 when all of them are to find it out. */
    double least() {
        return byTime.values().stream()
                .filter(set -> set > 0)
                .min(Double::compare)
                .orElse(0.0);
    }
}
