package io.cxt.story;

import io.cxt.ledger.UnreleasedSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What became of the transcripts of a source, as the audit has it.
 *
 * @param outcomes how many had each outcome, by the words of reports
 * @param unexplained how many were read and have no outcome; 0 when the balance comes out
 */
public record Balance(long read, Map<String, Long> outcomes, long unexplained) {
    private static final Pattern COUNTS = Pattern.compile("^(?:[a-z-]+=\\d{1,18}(?: |$))+");
    private static final Pattern COUNT = Pattern.compile("([a-z-]+)=(\\d+)");
    private static final Pattern READING = Pattern.compile("reading=([0-9a-f-]{36})$");

    public static final Balance NOTHING = new Balance(0, Map.of(), 0);

    /** Both together. */
    public Balance with(@Nullable Balance other) {
        if (other == null) {
            return this;
        }
        Map<String, Long> both = new LinkedHashMap<>(outcomes);
        other.outcomes().forEach((outcome, count) -> both.merge(outcome, count, Long::sum));
        return new Balance(read + other.read(), both, unexplained + other.unexplained());
    }

    /** The balance of what the ledger knows of a source that was not released. */
    public static Balance of(UnreleasedSource source) {
        return new Balance(source.known(), source.outcomes(), source.unexplained());
    }

    /** The balance in the event that closed a source; null when it has none. */
    public static @Nullable Balance of(@Nullable String detail) {
        Matcher counts = COUNTS.matcher(detail == null ? "" : detail);
        if (!counts.find()) {
            return null;
        }
        Map<String, Long> outcomes = new LinkedHashMap<>();
        Matcher count = COUNT.matcher(counts.group());
        while (count.find()
                && !count.group(1).equals("entries")
                && !count.group(1).equals("kept")) {
            outcomes.put(count.group(1), Long.parseLong(count.group(2)));
        }
        Long read = outcomes.remove("read");
        if (read == null) {
            return null;
        }
        long decided = outcomes.values().stream().mapToLong(Long::longValue).sum();
        return new Balance(read, outcomes, read - decided);
    }

    /** The reading in the detail of an event about a source; null when it has none. */
    public static @Nullable String reading(@Nullable String detail) {
        Matcher reading = READING.matcher(detail == null ? "" : detail);
        return reading.find() ? reading.group(1) : null;
    }
}
