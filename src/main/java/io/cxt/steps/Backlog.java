package io.cxt.steps;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is in work at the moment, and what this process has done so far; read by progress, health and metrics. */
public final class Backlog {
    private final Map<Reading, Long> open = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> finished = new ConcurrentHashMap<>();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesOfClosed = new AtomicLong();
    private volatile long lastSent = System.nanoTime();

    void opened(Reading reading) {
        open.put(reading, System.nanoTime());
    }

    /** A reading has come to its end: its counts stand. */
    void finished(Reading reading) {
        closed(reading);
        bytesOfClosed.addAndGet(reading.bytes());
        reading.counts().forEach(this::add);
    }

    /** A reading is over, wherever it came to. */
    void closed(Reading reading) {
        open.remove(reading);
    }

    /** Nothing that is being read comes to an end any more. */
    void abandon() {
        open.keySet().forEach(reading -> {
            reading.breakOff(Intake.STOPPING);
            reading.abandon();
        });
    }

    private void add(String outcome, long count) {
        finished.computeIfAbsent(outcome, key -> new AtomicLong()).addAndGet(count);
    }

    void advanced(Reading reading, long bytes) {
        reading.advanced(bytes);
        bytesRead.addAndGet(bytes);
    }

    void sentOne() {
        lastSent = System.nanoTime();
    }

    /** Sources being read. */
    public int openReadings() {
        return open.size();
    }

    /** How long the oldest source that is being read has been; zero when there is none. */
    public Duration oldest() {
        long now = System.nanoTime();
        return open.values().stream()
                .map(since -> Duration.ofNanos(now - since))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** How long ago the last transcript was sent, or this process began. */
    public Duration sinceLastSent() {
        return Duration.ofNanos(System.nanoTime() - lastSent);
    }

    /** Bytes of the (unpacked) sources read so far. */
    public long bytesRead() {
        return bytesRead.get();
    }

    /** Bytes of the (unpacked) sources that came to their end. */
    public long bytesOfClosed() {
        return bytesOfClosed.get();
    }

    /** What was read, and how many of it had each outcome: sources that are done, and those being read. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new LinkedHashMap<>(Reading.noCounts());
        finished.forEach((outcome, count) -> all.merge(outcome, count.get(), Long::sum));
        open.keySet()
                .forEach(reading -> reading.counts().forEach((outcome, count) -> all.merge(outcome, count, Long::sum)));
        return all;
    }
}
