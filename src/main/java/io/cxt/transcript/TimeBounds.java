package io.cxt.transcript;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When the messages of a finished chat can have been written. What lies outside was read in a wrong unit or by a wrong
 * clock, and once it is in CXone nobody finds it by its day.
 *
 * @param earliest the first moment that is taken
 * @param maxAhead how far a message may be ahead of this machine's clock
 */
public record TimeBounds(Instant earliest, Duration maxAhead) {

    /**
     * The first message outside, with how many there are.
     *
     * @param line the line of the source on which the transcript begins, from 1
     * @return empty when all are inside; times that are missing or cannot be read have rules of their own
     */
    public List<Finding> check(Transcript transcript, long line, Instant now) {
        int first = -1;
        Instant firstTime = Instant.MIN;
        int count = 0;
        for (int i = 0; i < transcript.messages().size(); i++) {
            Instant time =
                    ChronologicalValidator.instantOf(transcript.messages().get(i));
            if (time != null && !holds(time, now)) {
                firstTime = first < 0 ? time : firstTime;
                first = first < 0 ? i : first;
                count++;
            }
        }
        if (first < 0) {
            return List.of();
        }
        String others = count == 1 ? "" : ", and so are %s more".formatted(count - 1);
        return List.of(new Finding(
                Reason.TS_RANGE, line, "/messages/%s/timestamp".formatted(first), words(firstTime, now) + others));
    }

    private boolean holds(Instant time, Instant now) {
        return !time.isBefore(earliest) && !time.isAfter(now.plus(maxAhead));
    }

    private String words(Instant time, Instant now) {
        double seconds = time.toEpochMilli() / 1000.0;
        if (time.isBefore(earliest)) {
            String unit = holds(seconds * 1e3, now)
                    ? " (a thousand times as far from 1970 it would not be)"
                    : holds(seconds * 1e6, now) ? " (a million times as far from 1970 it would not be)" : "";
            return "is before %s%s".formatted(earliest, unit);
        }
        String unit = holds(seconds / 1e3, now) ? " (a thousand times nearer to 1970 it would not be)" : "";
        return "is more than %s hours ahead of this machine's clock, which says %s%s"
                .formatted(maxAhead.toHours(), Instant.ofEpochSecond(now.getEpochSecond()), unit);
    }

    private boolean holds(double secondsSince1970, Instant now) {
        boolean anInstant = Math.abs(secondsSince1970) < Instant.MAX.getEpochSecond();
        return anInstant && holds(Instant.ofEpochSecond((long) secondsSince1970), now);
    }
}
