package io.cxt.intake;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The sources that are open now, and what this process has done so far; read by progress, health and metrics. */
public final class Backlog {
    private static final int MOST_UNFINISHED = 10_000;

    /** How long a source counts as read elsewhere after a pickup met it locked. */
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    private final Map<SourceReading, Open> open = new LinkedHashMap<>();
    private final Map<String, Long> finished = new LinkedHashMap<>(new OutcomeSets().counts());
    /** The outcomes of earlier readings, by the ledger's id, which a source keeps until it is decided. */
    private final Map<String, OutcomeSets> unfinished = new LinkedHashMap<>();

    /** Sources that another instance reads, by pickup and name. */
    private final Map<String, Elsewhere> elsewhere = new HashMap<>();

    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesOfClosed = new AtomicLong();
    private volatile long lastSent = System.nanoTime();
    private volatile @Nullable Instant lastSentAt;

    /** @param earlier outcomes of earlier readings of the same source */
    private record Open(long since, OutcomeSets earlier) {}

    /**
     * @param since when a pickup first met it locked
     * @param seen when a pickup last met it locked
     */
    private record Elsewhere(Source source, long since, long seen) {}

    synchronized void opened(SourceReading reading) {
        elsewhere.remove(reading.pickup() + "/" + reading.name());
        OutcomeSets earlier = unfinished.remove(reading.id());
        open.put(reading, new Open(System.nanoTime(), earlier == null ? new OutcomeSets() : earlier));
    }

    /** A source is released or abandoned: its counts are final. */
    synchronized void finished(SourceReading reading) {
        Open ended = open.remove(reading);
        bytesOfClosed.addAndGet(reading.bytes());
        if (ended != null) {
            addTo(finished, ended.earlier.then(reading.tally()));
        }
    }

    /** A reading ended, decided or not. What was sent is counted once, also when the source is read again. */
    synchronized void closed(SourceReading reading) {
        Open ended = open.remove(reading);
        if (ended == null) {
            return; // finished
        }
        OutcomeSets soFar = ended.earlier.then(reading.tally());
        if (!reading.source().comesAgain() || !reading.source().there()) {
            addTo(finished, soFar);
            return;
        }
        unfinished.put(reading.id(), soFar);
        if (unfinished.size() > MOST_UNFINISHED) {
            Iterator<OutcomeSets> eldest = unfinished.values().iterator();
            addTo(finished, eldest.next());
            eldest.remove();
        }
    }

    /** Ends all open readings, as no thread will. */
    public void abandon() {
        List<SourceReading> left;
        synchronized (this) {
            left = List.copyOf(open.keySet());
        }
        left.forEach(reading -> {
            reading.breakOff(Intake.STOPPING);
            reading.transcripts().abandon();
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
    public @Nullable Instant lastSentAt() {
        return lastSentAt;
    }

    /** A pickup met a source that another instance reads. */
    synchronized void elsewhere(Source source) {
        long now = System.nanoTime();
        String key = source.pickup() + "/" + source.name();
        Elsewhere known = elsewhere.get(key);
        elsewhere.put(key, new Elsewhere(source, known == null ? now : known.since, now));
        countElsewhere();
    }

    /** How many sources that wait here are being read by other instances. */
    public synchronized int countElsewhere() {
        long now = System.nanoTime();
        elsewhere.values().removeIf(one -> now - one.seen > REMEMBERED.toNanos() || !one.source.there());
        return elsewhere.size();
    }

    /** How long the first of those has been locked; zero when there is none. */
    public synchronized Duration longestElsewhere() {
        return countElsewhere() == 0
                ? Duration.ZERO
                : elsewhere.values().stream()
                        .map(one -> Duration.ofNanos(one.seen - one.since))
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
    }

    /** Open sources that wait in no folder or queue: another route, a host or a job handed them over. */
    public synchronized WaitingCounts handedOver() {
        return open.keySet().stream()
                .map(SourceReading::source)
                .filter(source -> !source.comesAgain() || source.besideOthers())
                .map(source -> new WaitingCounts(1, source.bytes()))
                .reduce(WaitingCounts.NOTHING, WaitingCounts::and);
    }

    /**
     * Bytes read of the open sources, of each at most its size.
     *
     * @param packing unpacked bytes for each packed byte
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

    /** How long the oldest open source has been open; zero when there is none. */
    public synchronized Duration oldest() {
        long now = System.nanoTime();
        return open.values().stream()
                .map(one -> Duration.ofNanos(now - one.since))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Time since the last transcript was sent, or since this process began. */
    public Duration sinceLastSent() {
        return Duration.ofNanos(System.nanoTime() - lastSent);
    }

    /** Bytes of the (unpacked) sources read so far. */
    public long bytesRead() {
        return bytesRead.get();
    }

    /** Bytes of the (unpacked) sources that were released or abandoned. */
    public long bytesOfClosed() {
        return bytesOfClosed.get();
    }

    /** How many transcripts were read and had each outcome: each counts once, however often its source was read. */
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
