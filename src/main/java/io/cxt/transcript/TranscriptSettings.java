package io.cxt.transcript;

import io.cxt.settings.Settings;
import java.time.Duration;
import java.time.Instant;

/**
 * What a transcript may be.
 *
 * @param sort true to put messages in order, false to refuse those that are not
 * @param options what is read at all
 * @param limits what one request may hold
 * @param times when messages can have been written
 */
public record TranscriptSettings(boolean sort, ReadingOptions options, Limits limits, TimeBounds times) {

    private static final String EARLIEST = "1990-01-01T00:00:00Z";

    /**
     * Reads and checks {@code transcript.*} and {@code pickup.max-source-bytes}; problems stay in the settings.
     *
     * @param most the target's limits, which cannot be exceeded
     */
    public static TranscriptSettings from(Settings settings, Limits most) {
        return new TranscriptSettings(
                settings.choice("transcript.order", "reject", "reject", "sort").equals("sort"),
                new ReadingOptions(
                        settings.choice("transcript.unknown-fields", "reject", "reject", "drop")
                                .equals("drop"),
                        settings.integer("transcript.max-input-bytes", 8 * 1024 * 1024, 1024, 256 * 1024 * 1024),
                        settings.number("pickup.max-source-bytes", 64L << 30, 1 << 20, 1L << 50)),
                new Limits(
                        settings.integer("transcript.max-messages", most.maxMessages(), 1, most.maxMessages()),
                        settings.integer("transcript.max-bytes", most.maxBytes(), 1024, most.maxBytes()),
                        settings.choice("transcript.oversize", "split", "split", "reject")
                                .equals("split")),
                new TimeBounds(
                        earliest(settings),
                        Duration.ofHours(settings.integer("transcript.max-ahead-hours", 24, 0, 1_000_000))));
    }

    private static Instant earliest(Settings settings) {
        String text = settings.optional("transcript.earliest").orElse(EARLIEST);
        return Rfc3339.parse(text).orElseGet(() -> {
            settings.problem(
                    "transcript.earliest is %s; allowed: a time with its zone, like %s".formatted(text, EARLIEST));
            return Instant.MIN;
        });
    }

    /** The transcript as it is judged and sent: in order where that was asked for. */
    public Transcript arrange(Transcript transcript) {
        return sort ? Rules.sorted(transcript) : transcript;
    }
}
