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

    /** True when it has looked the same for the time. */
    boolean standsStill(K key, long size, long modified) {
        long now = System.nanoTime();
        Look before = looks.get(key);
        boolean same = before != null && before.size == size && before.modified == modified;
        long since = same ? before.sinceNanos : now;
        looks.put(key, new Look(size, modified, since, now));
        return same && now - since >= settle.toNanos();
    }

    void forget(K key) {
        looks.remove(key);
    }

    /** Forgets what nobody has looked at since then, on {@link System#nanoTime()}. */
    void forgetUnseenSince(long nanos) {
        looks.values().removeIf(look -> look.lastNanos - nanos < 0);
    }
}
