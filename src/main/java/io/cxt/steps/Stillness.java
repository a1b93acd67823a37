package io.cxt.steps;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whether something has stood still for long enough, on a clock of our own: that of whoever wrote it may be
 * wrong.
 *
 * @param <K> what it is known by
 */
final class Stillness<K> {
    /** What it looked like, and since when. */
    private record Look(long size, long modified, long sinceNanos, long lastNanos) {}

    private final Duration settle;
    private final Map<K, Look> looks = new ConcurrentHashMap<>();

    Stillness(Duration settle) {
        this.settle = settle;
    }

    /** True when it has looked the same for the time; it is forgotten then. */
    boolean standsStill(K key, long size, long modified) {
        long now = System.nanoTime();
        Look before = looks.get(key);
        boolean same = before != null && before.size == size && before.modified == modified;
        if (same && now - before.sinceNanos >= settle.toNanos()) {
            looks.remove(key);
            return true;
        }
        looks.put(key, new Look(size, modified, same ? before.sinceNanos : now, now));
        return false;
    }

    void forget(K key) {
        looks.remove(key);
    }

    /** Forgets what nobody has looked at since then, on {@link System#nanoTime()}. */
    void forgetUnseenSince(long nanos) {
        looks.values().removeIf(look -> look.lastNanos - nanos < 0);
    }
}
