package io.cxt.pickup;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Tells whether a file has been unchanged for long enough, on our own clock: that of its writer may be wrong.
 *
 * @param <K> identifies a file
 */
public final class StabilityCheck<K> {
    /** @param look size, time and what else tells it from another file */
    private record Seen(Object look, long sinceNanos, long lastNanos) {}

    private final Duration settle;
    private final int most;
    private final Map<K, Seen> seen = new ConcurrentHashMap<>();

    /** @param most files at a time; others wait until some of these are stable */
    public StabilityCheck(Duration settle, int most) {
        this.settle = settle;
        this.most = most;
    }

    /** True when it has looked the same for long enough. */
    public boolean standsStill(K key, Object look) {
        long now = System.nanoTime();
        Seen before = seen.get(key);
        if (before == null && seen.size() >= most) {
            return false;
        }
        if (before == null || !before.look.equals(look)) {
            seen.put(key, new Seen(look, now, now));
            return false;
        }
        seen.put(key, new Seen(look, before.sinceNanos, now));
        return now - before.sinceNanos >= settle.toNanos();
    }

    /** True when the last look showed something else, or nothing. */
    public boolean differs(K key, Object look) {
        Seen last = seen.get(key);
        return last == null || !last.look.equals(look);
    }

    /** True when it was not seen, or was forgotten. */
    public boolean isUnseen(K key) {
        return !seen.containsKey(key);
    }

    public int size() {
        return seen.size();
    }

    public void forget(K key) {
        seen.remove(key);
    }

    public void forgetIf(Predicate<K> gone) {
        seen.keySet().removeIf(gone);
    }

    /** Forgets files that were not looked at since then, on {@link System#nanoTime()}. */
    public void forgetUnseenSince(long nanos) {
        seen.values().removeIf(look -> look.lastNanos - nanos < 0);
    }
}
