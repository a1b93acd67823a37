package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Work that a person has ordered: on dead letters, or on files.
 *
 * @param id later ones have greater numbers
 * @param kind {@link #REDRIVE} or {@link #BACKFILL}
 * @param filter which letters or files, in words
 * @param share of the lane, percent
 * @param stopAfter so many failures in a row pause it; 0 for never
 * @param total letters or files
 * @param counts letters, or transcripts in files, by what became of them, each outcome with its word; {@code left-alone} and
 *     {@code cancelled} are letters or files
 * @param files how far a back-fill is; null for another kind
 * @param why it is paused; null when it is not
 * @param pausedBy the instance whose lane lets no call through; null for a person, or failures
 * @param actor the login name of the person who ordered it
 */
public record Job(
        long id,
        String kind,
        State state,
        String filter,
        int share,
        int stopAfter,
        long total,
        Map<String, Long> counts,
        @Nullable Files files,
        @Nullable String why,
        @Nullable String pausedBy,
        String actor,
        @Nullable String note,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {

    /** The kind that sends dead letters again. */
    public static final String REDRIVE = "redrive";

    /** The kind that brings in files of old exports. */
    public static final String BACKFILL = "backfill";

    /**
     * How far a back-fill is.
     *
     * @param done files that were read to the end
     * @param bytes of all files
     * @param bytesRead of packed files that are being read an estimate
     * @param transcripts that were read
     * @param worked how long files were read
     */
    public record Files(long done, long bytes, long bytesRead, long transcripts, Duration worked) {
        private static final Duration TOO_SHORT = Duration.ofSeconds(5);

        /** How long the rest will take if it goes on as before; empty when that cannot be told. */
        public Optional<Duration> left() {
            return worked.compareTo(TOO_SHORT) < 0 || bytesRead <= 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(
                            (long) (worked.toMillis() * (Math.max(0, bytes - bytesRead) / (double) bytesRead))));
        }
    }

    /** The words are in the ledger, never rename one. */
    public enum State {
        /** Nothing of it has been picked up. */
        WAITING,
        RUNNING,
        /** By a person, by failures, or by a lane that lets no call through. */
        PAUSED,
        /** What was begun is finished, nothing new begins. */
        CANCELLING,
        CANCELLED,
        DONE,
        /** Some of its letters are dead letters still. */
        DONE_WITH_FAILURES;

        public boolean ended() {
            return this == CANCELLED || this == DONE || this == DONE_WITH_FAILURES;
        }
    }

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS =
            "id, kind, state, filter, share, stop_after, total, sent, duplicate, rejected, failed,"
                    + " conflict, in_doubt, queued, excluded, left_alone, cancelled, why, paused_by, actor, note, created_at,"
                    + " started_at, ended_at, files, bytes, bytes_read, transcripts, worked_ms";

    /** The words of {@link #counts}. */
    public static final List<String> RESULTS = List.of(
            "sent",
            "duplicate",
            "rejected",
            "failed",
            "conflict",
            "in-doubt",
            "queued",
            "excluded",
            "left-alone",
            "cancelled");

    static Job read(ResultSet row) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < RESULTS.size(); i++) {
            counts.put(RESULTS.get(i), row.getLong(8 + i));
        }
        return new Job(
                row.getLong(1),
                row.getString(2),
                State.valueOf(row.getString(3)),
                row.getString(4),
                row.getInt(5),
                row.getInt(6),
                row.getLong(7),
                counts,
                !row.getString(2).equals(BACKFILL)
                        ? null
                        : new Files(
                                row.getLong(25),
                                row.getLong(26),
                                row.getLong(27),
                                row.getLong(28),
                                Duration.ofMillis(row.getLong(29))),
                row.getString(18),
                row.getString(19),
                row.getString(20),
                row.getString(21),
                Instant.ofEpochMilli(row.getLong(22)),
                time(row, 23),
                time(row, 24));
    }

    private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    /** Letters that are decided, or files that were read, with those that are left alone or cancelled. */
    public long done() {
        return files == null
                ? counts.values().stream().mapToLong(Long::longValue).sum()
                : files.done + counts.getOrDefault("left-alone", 0L) + counts.getOrDefault("cancelled", 0L);
    }

    /** Transcripts of files whose outcome is not known yet. */
    public long onTheirWay() {
        return files == null
                ? 0
                : files.transcripts
                        - counts.entrySet().stream()
                                .filter(count -> !count.getKey().equals("left-alone")
                                        && !count.getKey().equals("cancelled"))
                                .mapToLong(Map.Entry::getValue)
                                .sum();
    }

    /** What was not sent: dead letters, and what is left alone, without what was cancelled. */
    public long failures() {
        return counts.getOrDefault("rejected", 0L)
                + counts.getOrDefault("failed", 0L)
                + counts.getOrDefault("conflict", 0L)
                + counts.getOrDefault("in-doubt", 0L)
                + counts.getOrDefault("left-alone", 0L);
    }

    /** For a person: {@code PAUSED, 5 of 9 done, by anna}. */
    public String inWords() {
        return "%s, %s of %s done%s".formatted(state, done(), total, why == null ? "" : ", " + why);
    }

    /** The counts that are not 0: {@code sent=204 duplicate=5}. */
    public String countsInWords() {
        StringBuilder words = new StringBuilder();
        counts.forEach((word, count) -> {
            if (count > 0) {
                words.append(words.isEmpty() ? "" : " ")
                        .append(word)
                        .append('=')
                        .append(count);
            }
        });
        return words.isEmpty() ? "none decided" : words.toString();
    }

    /**
     * What an instance has left to do of a job.
     *
     * @param instance its name
     * @param items letters or files
     * @param host null for an instance that was not seen for a week
     * @param seenAt its last sign of life; likewise null
     */
    public record Left(
            String instance,
            long items,
            @Nullable String host,
            @Nullable Instant seenAt) {}

    /**
     * Where the audit tells of a job.
     *
     * @param chain of an instance
     * @param hash of the last event
     * @param intact true when the audit has that event with that hash
     */
    public record Receipt(String chain, long from, long to, String hash, boolean intact) {}
}
