package io.cxt.simulator;

import io.cxt.text.Nearest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
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

    private static final List<String> NAMES = List.of(
            "none",
            "empty-body",
            "bad-json",
            "no-conversation-id",
            "reset-before-body",
            "reset-after-body",
            "revoked-token",
            "no-expires-in",
            "expires-in",
            "page",
            "hang",
            "accept-and-hang",
            "redirect",
            "latency",
            "slow-bytes",
            "huge-body",
            "gzip-bomb",
            "body");

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
        String name = name(piece);
        return switch (name) {
            case "none" -> Fault.none();
            case "empty-body" -> Fault.emptyBody();
            case "bad-json" -> Fault.badJson();
            case "no-conversation-id" -> Fault.noConversationId();
            case "reset-before-body" -> Fault.resetBeforeBody();
            case "reset-after-body" -> Fault.resetAfterBody();
            case "revoked-token" -> Fault.revokedToken();
            case "no-expires-in" -> Fault.expiresIn(null);
            case "expires-in" -> Fault.expiresIn(value(piece));
            case "page" -> Fault.page((int) number(piece));
            case "hang" -> piece.equals(name) ? Fault.hang() : Fault.hang(millis(piece));
            case "accept-and-hang" -> Fault.acceptAndHang(millis(piece));
            case "redirect" -> redirect(value(piece));
            default -> null;
        };
    }

    private static Fault add(Fault fault, String piece) {
        return switch (name(piece)) {
            case "latency" -> fault.withLatency(millis(piece));
            case "slow-bytes" -> fault.withSlowBytes(millis(piece));
            case "huge-body" -> fault.withHugeBody(number(piece));
            case "gzip-bomb" -> fault.withGzipBomb(number(piece));
            case "body" -> fault.withBody(value(piece));
            default -> {
                int colon = piece.indexOf(':');
                if (colon < 1) {
                    throw new IllegalArgumentException(
                            "there is no fault '%s'; the nearest is %s. Known: a status such as 503, %s, or a header (Name: value)"
                                    .formatted(piece, Nearest.to(name(piece), NAMES), String.join(", ", NAMES)));
                }
                yield fault.withHeader(
                        piece.substring(0, colon).strip(),
                        piece.substring(colon + 1).strip());
            }
        };
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
