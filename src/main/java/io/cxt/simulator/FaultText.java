package io.cxt.simulator;

import io.cxt.text.Nearest;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Faults as text, for the command line and {@code /control}: pieces separated by semicolons.
 *
 * <pre>
 * 503   429   200                       a status; a status below 300 counts as accepted
 * empty-body   bad-json   no-conversation-id   reset-before-body   reset-after-body   revoked-token
 * hang   hang=MILLIS   accept-and-hang=MILLIS   redirect=STATUS URI   page=STATUS
 * expires-in=JSON   no-expires-in       sign-in only
 * then, each any number of times, or alone:
 * Name: value                           another header
 * latency=MILLIS   slow-bytes=MILLIS   huge-body=BYTES   gzip-bomb=BYTES
 * body=TEXT                             the rest, including semicolons
 * </pre>
 */
final class FaultText {

    /** What starts a fault, by name. */
    private static final Map<String, Function<String, Fault>> STARTS = new LinkedHashMap<>();

    /** What only adds to one. */
    private static final Map<String, BiFunction<Fault, String, Fault>> ADDS = new LinkedHashMap<>();

    static {
        STARTS.put("none", piece -> Fault.none());
        STARTS.put("empty-body", piece -> Fault.emptyBody());
        STARTS.put("bad-json", piece -> Fault.badJson());
        STARTS.put("no-conversation-id", piece -> Fault.noConversationId());
        STARTS.put("reset-before-body", piece -> Fault.resetBeforeBody());
        STARTS.put("reset-after-body", piece -> Fault.resetAfterBody());
        STARTS.put("revoked-token", piece -> Fault.revokedToken());
        STARTS.put("no-expires-in", piece -> Fault.expiresIn(null));
        STARTS.put("expires-in", piece -> Fault.expiresIn(value(piece)));
        STARTS.put("page", piece -> Fault.page((int) number(piece)));
        STARTS.put("hang", piece -> piece.equals("hang") ? Fault.hang() : Fault.hang(millis(piece)));
        STARTS.put("accept-and-hang", piece -> Fault.acceptAndHang(millis(piece)));
        STARTS.put("redirect", piece -> redirect(value(piece)));
        ADDS.put("latency", (fault, piece) -> fault.withLatency(millis(piece)));
        ADDS.put("slow-bytes", (fault, piece) -> fault.withSlowBytes(millis(piece)));
        ADDS.put("huge-body", (fault, piece) -> fault.withHugeBody(number(piece)));
        ADDS.put("gzip-bomb", (fault, piece) -> fault.withGzipBomb(number(piece)));
        ADDS.put("body", (fault, piece) -> fault.withBody(value(piece)));
    }

    private FaultText() {}

    static Fault parse(String text) {
        Fault fault = null;
        String rest = text.strip();
        while (!rest.isEmpty()) {
            int end = rest.startsWith("body=") ? -1 : rest.indexOf(';');
            String piece = (end < 0 ? rest : rest.substring(0, end)).strip();
            rest = end < 0 ? "" : rest.substring(end + 1).strip();
            Fault first = fault == null ? start(piece) : null;
            fault = first != null ? first : add(fault == null ? Fault.none() : fault, piece);
        }
        if (fault == null) {
            throw new IllegalArgumentException("a fault is empty");
        }
        return fault;
    }

    /** The fault that this piece starts; null when it only adds to one. */
    private static @Nullable Fault start(String piece) {
        if (piece.matches("\\d{3}")) {
            return Fault.status(Integer.parseInt(piece));
        }
        Function<String, Fault> start = STARTS.get(name(piece));
        return start == null ? null : start.apply(piece);
    }

    private static Fault add(Fault fault, String piece) {
        BiFunction<Fault, String, Fault> more = ADDS.get(name(piece));
        if (more != null) {
            return more.apply(fault, piece);
        }
        int colon = piece.indexOf(':');
        if (colon < 1) {
            Set<String> names = new LinkedHashSet<>(STARTS.keySet());
            names.addAll(ADDS.keySet());
            throw new IllegalArgumentException(
                    "there is no fault '%s'; the nearest is %s. Known: a status such as 503, %s, or a header (Name: value)"
                            .formatted(piece, Nearest.to(name(piece), names), String.join(", ", names)));
        }
        return fault.withHeader(
                piece.substring(0, colon).strip(), piece.substring(colon + 1).strip());
    }

    private static Fault redirect(String value) {
        String[] parts = value.split("\\s+", 2);
        if (parts.length < 2 || !parts[0].matches("3\\d\\d")) {
            throw new IllegalArgumentException("redirect is '%s'; example: 307 https://example.com/".formatted(value));
        }
        return Fault.redirect(Integer.parseInt(parts[0]), URI.create(parts[1]));
    }

    private static String name(String piece) {
        int equals = piece.indexOf('=');
        return equals < 0 ? piece : piece.substring(0, equals);
    }

    private static String value(String piece) {
        return piece.substring(piece.indexOf('=') + 1);
    }

    private static Duration millis(String piece) {
        return Duration.ofMillis(number(piece));
    }

    private static long number(String piece) {
        String value = value(piece);
        if (!value.matches("\\d{1,15}")) {
            throw new IllegalArgumentException("%s needs a whole number after '='".formatted(name(piece)));
        }
        return Long.parseLong(value);
    }
}
