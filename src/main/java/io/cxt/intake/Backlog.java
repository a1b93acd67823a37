package io.cxt.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What is in work at the moment, and what this process has done so far; read by progress, health and metrics. */
public final class Backlog {
    private static final int MOST_UNFINISHED = 10_000;

    /** A source that was met in the hands of another instance counts for so long. */
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    private final Map<SourceReading, Open> open = new LinkedHashMap<>();
    private final Map<String, Long> finished = new LinkedHashMap<>(new OutcomeSets().counts());
    /** By the ledger's id, which a source keeps until it is decided: what its readings so far came to. */
    private final Map<String, OutcomeSets> unfinished = new LinkedHashMap<>();

    /** By door and name: sources that another instance has. */
    private final Map<String, Elsewhere> elsewhere = new HashMap<>();

    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesOfClosed = new AtomicLong();
    private volatile long lastSent = System.nanoTime();
    private volatile Instant lastSentAt;

    /** @param earlier what earlier readings of the same source came to */
    private record Open(long since, OutcomeSets earlier) {}

    /**
     * @param since when it was first met there
     * @param seen when it was last met there
     */
    private record Elsewhere(Source source, long since, long seen) {}

    synchronized void opened(SourceReading reading) {
        elsewhere.remove(reading.door() + "/" + reading.name());
        OutcomeSets earlier = unfinished.remove(reading.id());
        open.put(reading, new Open(System.nanoTime(), earlier == null ? new OutcomeSets() : earlier));
    }

    /** A reading has come to its end: its counts stand. */
    synchronized void finished(SourceReading reading) {
        Open over = open.remove(reading);
        bytesOfClosed.addAndGet(reading.bytes());
        if (over != null) {
            add(over.earlier.then(reading.tally()));
        }
    }

    /** A reading is over, wherever it came to: what was sent is counted, and not once more when it is read again. */
    synchronized void closed(SourceReading reading) {
        Open over = open.remove(reading);
        if (over == null) {
            return; // finished
        }
        OutcomeSets soFar = over.earlier.then(reading.tally());
        if (!reading.source().comesAgain() || !reading.source().there()) {
            add(soFar);
            return;
        }
        unfinished.put(reading.id(), soFar);
        if (unfinished.size() > MOST_UNFINISHED) {
            add(unfinished.remove(unfinished.keySet().iterator().next()));
        }
    }

    private void add(OutcomeSets last) {
        addTo(finished, last);
    }

    /** Nothing that is being read comes to an end any more. */
    public void abandon() {
        List<SourceReading> left;
        synchronized (this) {
            left = List.copyOf(open.keySet());
        }
        left.forEach(reading -> {
            reading.breakOff(Intake.STOPPING);
            reading.abandon();
        });
    }

    void advanced(SourceReading reading, long bytes) {
        reading.advanced(bytes);
        bytesRead.addAndGet(bytes);
    }

    public void sentOne() {
        lastSent = System.nanoTime();
        lastSentAt = Instant.now();
    }

    /** When this process last sent a transcript; null when it never has. */
    public Instant lastSentAt() {
        return lastSentAt;
    }

    /** Another instance has a source that waits here. */
    synchronized void elsewhere(Source source) {
        long now = System.nanoTime();
        String key = source.door() + "/" + source.name();
        Elsewhere known = elsewhere.get(key);
        elsewhere.put(key, new Elsewhere(source, known == null ? now : known.since, now));
        inHandElsewhere();
    }

    /** How many sources that wait here are in the hands of other instances. */
    public synchronized int inHandElsewhere() {
        long now = System.nanoTime();
        elsewhere.values().removeIf(one -> now - one.seen > REMEMBERED.toNanos() || !one.source.there());
        return elsewhere.size();
    }

    /** How long the first of those has been there; zero when there is none. */
    public synchronized Duration longestElsewhere() {
        return inHandElsewhere() == 0
                ? Duration.ZERO
                : elsewhere.values().stream()
                        .map(one -> Duration.ofNanos(one.seen - one.since))
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
    }

    /** The sources being read that wait nowhere: another route, or a host, has handed them over. */
    public synchronized WaitingCounts handedOver() {
        return open.keySet().stream()
                .map(SourceReading::source)
                .filter(source -> !source.comesAgain())
                .map(source -> new WaitingCounts(1, source.bytes()))
                .reduce(WaitingCounts.NOTHING, WaitingCounts::and);
    }

    /**
     * How many bytes of the sources being read are read, of each at most its size.
     *
     * @param packing how many unpacked bytes a packed one makes
     */
    public synchronized long readOfOpen(int packing) {
        return open.keySet().stream()
                .mapToLong(reading -> Math.min(
                        reading.source().bytes(),
                        reading.source().packed() ? reading.bytes() / packing : reading.bytes()))
                .sum();
    }

    /** Sources being read. */
    public synchronized int openReadings() {
        return open.size();
    }

    /** How long the oldest source that is being read has been; zero when there is none. */
    public synchronized Duration oldest() {
        long now = System.nanoTime();
        return open.values().stream()
                .map(one -> Duration.ofNanos(now - one.since))
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

    /** What was read, and how many of it had each outcome: each transcript once, however often its source was read. */
    public synchronized Map<String, Long> counts() {
        Map<String, Long> all = new LinkedHashMap<>(finished);
        unfinished.values().forEach(tally -> addTo(all, tally));
        open.forEach((reading, one) -> addTo(all, one.earlier.then(reading.tally())));
        return all;
    }

    private static void addTo(Map<String, Long> all, OutcomeSets tally) {
        tally.counts().forEach((outcome, count) -> all.merge(outcome, count, Long::sum));
    }
}
