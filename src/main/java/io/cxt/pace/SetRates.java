package io.cxt.pace;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code cxone.requests-per-second} is in the instances that were heard lately. They differ while it is changed in
 * one after the other; the least holds for all of them then.
 *
 * @param heardAt by value when an instance with it was last heard, in nanoseconds on the store's clock
 */
record SetRates(Map<Double, Long> heardAt) {
    /** Longer than an instance takes to start again, so that its limit holds meanwhile. */
    static final Duration REMEMBERED = Duration.ofSeconds(30);

    /** @param text as {@link #text} makes it; empty for none */
    static SetRates read(String text) {
        Map<Double, Long> heardAt = new TreeMap<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(" ")) {
            int at = each.indexOf('@');
            heardAt.put(Double.valueOf(each.substring(0, at)), Long.valueOf(each.substring(at + 1)));
        }
        return new SetRates(heardAt);
    }

    /** For example {@code 20.0@1700000000000000000 50.0@1700000000000000000}. */
    String text() {
        return heardAt.entrySet().stream()
                .map(each -> each.getKey() + "@" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    /** An instance with this one is heard now. Forgets what was not heard lately, or not on this clock. */
    SetRates with(double set, long now) {
        Map<Double, Long> lately = new TreeMap<>(heardAt);
        lately.values().removeIf(at -> Math.abs(now - at) > REMEMBERED.toNanos());
        lately.put(set, now);
        return new SetRates(lately);
    }

    /** Forgets one that was set. */
    SetRates without(double set) {
        Map<Double, Long> others = new TreeMap<>(heardAt);
        others.remove(set);
        return new SetRates(others);
    }

    /** The least limit that is set; 0 when all of them are to find it out. */
    double least() {
        return heardAt.keySet().stream()
                .filter(set -> set > 0)
                .min(Double::compare)
                .orElse(0.0);
    }
}
