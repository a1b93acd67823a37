package io.cxt.pickup;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Tells whether something has stood still for long enough, on a clock of our own: that of whoever wrote it may be
 * wrong.
 *
 * @param <K> what it is known by
 */
public final class StabilityCheck<K> {
    /** What it looked like, and since when. */
    private record Seen(Object look, long sinceNanos, long lastNanos) {}

    private final Duration settle;
    private final int most;
    private final Map<K, Seen> seen = new ConcurrentHashMap<>();

    /** @param most of how many things at a time; others wait until some of these stand still */
    public StabilityCheck(Duration settle, int most) {
        this.settle = settle;
        this.most = most;
    }

    /** True when it has looked the same for the time. */
    public boolean standsStill(K key, Object look) {
        long now = System.nanoTime();
        Seen before = seen.get(key);
        if (before == null && seen.size() >= most) {
            return false;
        }
        boolean same = before != null && before.look.equals(look);
        long since = same ? before.sinceNanos : now;
        seen.put(key, new Seen(look, since, now));
        return same && now - since >= settle.toNanos();
    }

    /** True when the last look showed it otherwise, or not at all. */
    public boolean differs(K key, Object look) {
        Seen last = seen.get(key);
        return last == null || !last.look.equals(look);
    }

    /** True when it was not seen, or is forgotten. */
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

    /** Forgets what nobody has looked at since then, on {@link System#nanoTime()}. */
    public void forgetUnseenSince(long nanos) {
        seen.values().removeIf(look -> look.lastNanos - nanos < 0);
    }
}
