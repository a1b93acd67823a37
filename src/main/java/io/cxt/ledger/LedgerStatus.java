package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.db.LedgerReader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The state of the ledger as a whole: counts, times, and the sources that wait. */
public final class LedgerStatus {
    private static final int NAMED = 10;

    private final LedgerReader reader;

    LedgerStatus(LedgerReader reader) {
        this.reader = reader;
    }

    /** The number of deliveries in each state; 0 for states without any. */
    public Map<DeliveryState, Long> countsByState() {
        Map<DeliveryState, Long> counts = new LinkedHashMap<>();
        for (DeliveryState state : DeliveryState.values()) {
            counts.put(state, 0L);
        }
        reader.each(
                "SELECT state, count(*) FROM delivery GROUP BY state",
                row -> Map.entry(DeliveryState.valueOf(row.getString(1)), row.getLong(2)),
                entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    /** The number of deliveries that wait in their sources and are sent once calls can be made. */
    public long waiting() {
        return reader.number(
                "SELECT count(*) FROM delivery WHERE state = 'FAILED' AND reason IN ('LANE-CLOSED', 'REPLAYED')");
    }

    /**
     * How long parts took from the pickup to the answer of CXone, of those that were sent in a span of time.
     *
     * @param parts how many; the times are 0 when there is none
     */
    public record DeliveryTimes(long parts, long medianMs, long p95Ms, long p99Ms, long longestMs) {}

    /** @see DeliveryTimes */
    public DeliveryTimes deliveryTimes(Instant from, Instant until) {
        long parts = reader.number(
                "SELECT count(*) FROM delivery WHERE state = 'SENT' AND part > 0 AND finished_at >= ? AND finished_at < ?",
                from.toEpochMilli(),
                until.toEpochMilli());
        return new DeliveryTimes(
                parts,
                deliveryTime(parts, 50, from, until),
                deliveryTime(parts, 95, from, until),
                deliveryTime(parts, 99, from, until),
                deliveryTime(parts, 100, from, until));
    }

    /** The least time that so many percent did not exceed. */
    private long deliveryTime(long parts, int percent, Instant from, Instant until) {
        return reader.number(
                "SELECT finished_at - received_at FROM delivery WHERE state = 'SENT' AND part > 0 AND finished_at >= ?"
                        + " AND finished_at < ? ORDER BY finished_at - received_at LIMIT 1 OFFSET ?",
                from.toEpochMilli(),
                until.toEpochMilli(),
                Math.max(0, (parts * percent + 99) / 100 - 1));
    }

    /** Mean time of the calls that CXone accepted, in seconds; 0 when there were none. */
    public double averageLatencySeconds() {
        return reader.one("SELECT avg(latency_ms) FROM delivery WHERE state = 'SENT'", row -> row.getDouble(1))
                        .orElse(0.0)
                / 1000;
    }

    /**
     * Sources whose reading has begun and not ended.
     *
     * @param oldestOpenedAt when the oldest reading began; empty when there is none
     * @param sources the oldest first, at most ten
     */
    public record Unfinished(long intakes, Optional<Instant> oldestOpenedAt, List<String> sources) {
        /**
         * True when the oldest began before a time, and nothing was written since.
         *
         * @param lastEventAt when any process last wrote into the audit; empty when none ever did
         */
        public boolean stalled(Optional<Instant> lastEventAt, Instant before) {
            return oldestOpenedAt.filter(before::isAfter).isPresent()
                    && lastEventAt.filter(last -> !last.isBefore(before)).isEmpty();
        }
    }

    private record OpenSource(String name, Instant openedAt) {}

    /**
     * Sources whose reading has begun and not ended. Without bodies of other routes: their senders were told, and hand
     * them over under another name; and without files of jobs, which a person may have paused.
     */
    public Unfinished unfinished() {
        List<OpenSource> open = reader.list(
                "SELECT source, opened_at FROM intake WHERE closed_at IS NULL AND door NOT IN ('body', 'backfill') ORDER BY opened_at",
                row -> new OpenSource(row.getString(1), Instant.ofEpochMilli(row.getLong(2))));
        return new Unfinished(
                open.size(),
                open.stream().map(OpenSource::openedAt).findFirst(),
                open.stream().limit(NAMED).map(OpenSource::name).toList());
    }

    /**
     * A source that cannot be decided, and why.
     *
     * @param pickup how it came: {@code file}, {@code sftp}
     * @param since when that was first so
     */
    public record Undecided(String pickup, String source, String why, Instant since) {}

    /** Sources that cannot be decided, the oldest first: they wait where they are, or in {@code .failed}. */
    public List<Undecided> undecided() {
        return reader.list(
                "SELECT door, source, undecided, undecided_at FROM intake"
                        + " WHERE closed_at IS NULL AND undecided IS NOT NULL ORDER BY undecided_at",
                row -> new Undecided(
                        row.getString(1), row.getString(2), row.getString(3), Instant.ofEpochMilli(row.getLong(4))));
    }

    /** @see UnreleasedSource#each */
    public void unreleased(Instant from, Instant until, Consumer<UnreleasedSource> consumer) {
        UnreleasedSource.each(reader, from, until, consumer);
    }

    /** How many sources were released in a span of time. */
    public long released(Instant from, Instant until) {
        return reader.number(
                "SELECT count(*) FROM intake WHERE entries IS NOT NULL AND closed_at >= ? AND closed_at < ?",
                from.toEpochMilli(),
                until.toEpochMilli());
    }

    /** Names of sources that were lost since a time, without those of which a later one of that name was released. */
    public List<String> lostSince(Instant since) {
        return UnreleasedSource.lostSince(reader, since);
    }

    /** What became of transcripts in the last hour, all instances together, by the word of the audit. */
    public Map<String, Long> lastHour(Instant now) {
        Map<String, Long> counts = new TreeMap<>();
        reader.each(
                "SELECT outcome, sum(n) FROM tally WHERE minute > ? GROUP BY outcome",
                row -> Map.entry(row.getString(1), row.getLong(2)),
                entry -> counts.put(entry.getKey(), entry.getValue()),
                now.getEpochSecond() / 60 - 60);
        return counts;
    }

    /** How many transcripts had an outcome, by the word of the audit, in a minute since 1970. */
    public record Minute(long minute, String outcome, long transcripts) {}

    /** What became of transcripts in the minutes up to now, all instances together, the oldest first. */
    public List<Minute> minutes(Instant now, int most) {
        return reader.list(
                "SELECT minute, outcome, sum(n) FROM tally WHERE minute > ? GROUP BY minute, outcome ORDER BY minute",
                row -> new Minute(row.getLong(1), row.getString(2), row.getLong(3)),
                now.getEpochSecond() / 60 - most);
    }

    /**
     * An instance.
     *
     * @param name that of its chain
     * @param seenAt its last sign of life; one that runs gives one each ten seconds
     * @param lane open, or why no call leaves
     * @param inFlight calls
     */
    public record SeenInstance(
            String name, String host, String version, Instant startedAt, Instant seenAt, String lane, int inFlight) {}

    /** The instances that were seen in the last week. */
    public List<SeenInstance> instances() {
        return reader.list(
                "SELECT name, host, version, started_at, seen_at, lane, in_flight FROM instance ORDER BY name",
                row -> new SeenInstance(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        Instant.ofEpochMilli(row.getLong(4)),
                        Instant.ofEpochMilli(row.getLong(5)),
                        row.getString(6),
                        row.getInt(7)));
    }

    /**
     * The jobs together.
     *
     * @param open by state, those that have not ended
     * @param left letters and files that open jobs have to do, by kind
     * @param results what became of letters, and of transcripts in files, of all jobs there ever were, by word
     */
    public record AllJobs(Map<String, Long> open, Map<String, Long> left, Map<String, Long> results) {}

    /** The jobs together. */
    public AllJobs jobs() {
        Map<String, Long> open = new TreeMap<>();
        Map<String, Long> left = new TreeMap<>();
        Map<String, Long> results = new TreeMap<>();
        reader.each("SELECT " + Job.COLUMNS + " FROM job", Job::read, job -> {
            job.counts().forEach((word, count) -> results.merge(word, count, Long::sum));
            if (!job.state().ended()) {
                open.merge(job.state().name(), 1L, Long::sum);
                left.merge(job.kind(), job.total() - job.done(), Long::sum);
            }
        });
        return new AllJobs(open, left, results);
    }

    /** When any instance, or a command, last wrote into the audit; empty when none ever did. */
    public Optional<Instant> lastEventAt() {
        return reader.ask(AuditChain::lastEventAt);
    }

    /** When the last transcript was sent; empty when none ever was. */
    public Optional<Instant> lastSentAt() {
        return reader.one(
                "SELECT max(finished_at) FROM delivery WHERE state = 'SENT'",
                row -> row.getObject(1) == null ? null : Instant.ofEpochMilli(row.getLong(1)));
    }
}
