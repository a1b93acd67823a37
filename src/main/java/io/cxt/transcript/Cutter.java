package io.cxt.transcript;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a transcript into as few requests as its order allows, always between two messages.
 *
 * <p>It reckons in bytes as sent. An envelope is the request without its messages; between two messages comes one
 * comma. The envelope of a part may be larger than that of a whole transcript, since it says which part it is.
 */
public final class Cutter {

    private Cutter() {}

    /**
     * Messages that go into one request.
     *
     * @param from index of the first
     * @param to index after the last
     */
    public record Range(int from, int to) {}

    /**
     * The requests, in order; every message is in exactly one of them. Ask {@link #refusals} first: this takes it for
     * granted that each message fits.
     *
     * @param messageBytes how long each message is
     * @param wholeEnvelope bytes around the messages when all go into one request
     * @param partEnvelope bytes around the messages of a part
     */
    public static List<Range> cut(int[] messageBytes, int wholeEnvelope, int partEnvelope, Limits limits) {
        if (fitsWhole(messageBytes, wholeEnvelope, limits)) {
            return List.of(new Range(0, messageBytes.length));
        }
        List<Range> parts = new ArrayList<>();
        int from = 0;
        long bytes = partEnvelope;
        for (int i = 0; i < messageBytes.length; i++) {
            int comma = i == from ? 0 : 1;
            boolean full = i - from == limits.maxMessages() || bytes + comma + messageBytes[i] > limits.maxBytes();
            if (full && i > from) {
                parts.add(new Range(from, i));
                from = i;
                bytes = (long) partEnvelope + messageBytes[i];
            } else {
                bytes += comma + messageBytes[i];
            }
        }
        parts.add(new Range(from, messageBytes.length));
        return parts;
    }

    /**
     * Why it cannot be sent within the limits, neither whole nor in parts.
     *
     * @param line the line of the source on which the transcript begins, from 1; given to every finding
     * @return empty when {@link #cut} may be called
     */
    public static List<Finding> refusals(
            int[] messageBytes, int wholeEnvelope, int partEnvelope, Limits limits, long line) {
        if (fitsWhole(messageBytes, wholeEnvelope, limits)) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        int count = messageBytes.length;
        if (!limits.split() && count > limits.maxMessages()) {
            findings.add(new Finding(
                    Reason.MSG_LIMIT,
                    line,
                    "/messages",
                    "has %s messages; one request takes %s".formatted(count, limits.maxMessages())));
        }
        long whole = wholeBytes(messageBytes, wholeEnvelope);
        if (!limits.split() && count > 1 && whole > limits.maxBytes()) {
            findings.add(new Finding(
                    Reason.SIZE_LIMIT,
                    line,
                    "",
                    "comes to %s bytes as sent; one request takes %s".formatted(whole, limits.maxBytes())));
        }
        int envelope = count == 1 ? wholeEnvelope : partEnvelope;
        for (int i = 0; i < count; i++) {
            long alone = (long) envelope + messageBytes[i];
            if (alone > limits.maxBytes()) {
                findings.add(new Finding(
                        Reason.MSG_SIZE,
                        line,
                        "/messages/" + i,
                        "comes to %s bytes as sent by itself; one request takes %s"
                                .formatted(alone, limits.maxBytes())));
            }
        }
        return findings;
    }

    /**
     * The requests of a transcript that was begun: those of its first parts as they were, and behind them what is left,
     * cut by the limits even where these say that nothing is cut.
     *
     * @param ranges the requests are added to it, unless there are findings
     * @return why what is left cannot be sent
     */
    public static List<Finding> goOn(
            int[] messageBytes,
            List<Part.Begun> begun,
            int partEnvelope,
            Limits limits,
            long line,
            List<Range> ranges) {
        Limits cutting = new Limits(limits.maxMessages(), limits.maxBytes(), true);
        int[] left = messageBytes.clone();
        List<Range> parts = new ArrayList<>();
        int from = 0;
        for (Part.Begun part : begun) {
            int to = Math.min(from + part.messages(), left.length);
            Arrays.fill(left, from, to, 0); // so that the places in findings are those of the whole
            parts.add(new Range(from, to));
            from = to;
        }
        List<Finding> findings = refusals(left, partEnvelope, partEnvelope, cutting, line);
        if (findings.isEmpty() && from < left.length) {
            int sent = from;
            cut(Arrays.copyOfRange(left, from, left.length), partEnvelope, partEnvelope, cutting)
                    .forEach(range -> parts.add(new Range(sent + range.from(), sent + range.to())));
        }
        if (findings.isEmpty()) {
            ranges.addAll(parts);
        }
        return findings;
    }

    private static boolean fitsWhole(int[] messageBytes, int wholeEnvelope, Limits limits) {
        return messageBytes.length <= limits.maxMessages()
                && wholeBytes(messageBytes, wholeEnvelope) <= limits.maxBytes();
    }

    private static long wholeBytes(int[] messageBytes, int wholeEnvelope) {
        long bytes = wholeEnvelope + Math.max(0L, messageBytes.length - 1L); // one comma between two messages
        for (int message : messageBytes) {
            bytes += message;
        }
        return bytes;
    }
}
