package io.cxt.simulator;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with one call: another answer, or none.
 *
 * <p>A fault that {@linkplain #accepts() accepts} keeps the contract in force: the call must carry a live token and a good
 * body, counts as accepted, and only its answer is damaged. Any other fault checks neither. Faults are equal when their text
 * forms are; {@link FaultText} has the grammar.
 *
 * @param silent true when no answer is given at all
 * @param killsToken true when the token of the call is revoked
 */
public record Fault(String text, Point point, Change change, long delayMillis, boolean silent, boolean killsToken) {

    /** Where in the call the fault strikes. */
    enum Point {
        BEFORE_BODY,
        REFUSING,
        ACCEPTING
    }

    /** Makes the answer from the one that the contract would give and the request's body. A refusing fault ignores the former. */
    @FunctionalInterface
    interface Change {
        Reply apply(Reply normal, byte[] request);
    }

    static final long FOREVER = Long.MAX_VALUE;
    private static final Reply NOTHING = Reply.json(500, "");

    private static Fault answering(String text, Point point, Change change) {
        return new Fault(text, point, change, 0, false, false);
    }

    private static Fault silent(String text, Point point, long delayMillis) {
        return new Fault(text, point, (normal, request) -> normal, delayMillis, true, false);
    }

    /** The normal answer; a start for the {@code with…} methods. */
    public static Fault none() {
        return answering("none", Point.ACCEPTING, (normal, request) -> normal);
    }

    /**
     * An answer with this status. From 200 to 299 the call is accepted and the body is the usual one; otherwise the
     * body is an error that quotes the beginning of the request.
     *
     * @param code 200 to 599
     */
    public static Fault status(int code) {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("status is %s; allowed: 200 to 599".formatted(code));
        }
        return code < 300
                ? answering("" + code, Point.ACCEPTING, (normal, request) -> normal.withStatus(code))
                : answering("" + code, Point.REFUSING, (normal, request) -> Spoilt.error(code, request));
    }

    /** 429 with one {@code Retry-After} header for each value, as given; none for no value. */
    public static Fault tooManyRequests(String... retryAfter) {
        Fault fault = status(429);
        for (String value : retryAfter) {
            fault = fault.withHeader("Retry-After", value);
        }
        return fault;
    }

    /** @param code for example 301, 302, 307, 308 */
    public static Fault redirect(int code, URI location) {
        return status(code).withHeader("Location", location.toString());
    }

    /** An HTML page with this status, as a proxy or firewall writes it. Not accepted. */
    public static Fault page(int code) {
        return answering("page=" + code, Point.REFUSING, (normal, request) -> Spoilt.page(code));
    }

    /** 401, and the token of the call is revoked. */
    public static Fault revokedToken() {
        Change refusal = (normal, request) -> Reply.error(401, "invalid_token", "the token was revoked");
        return new Fault("revoked-token", Point.REFUSING, refusal, 0, false, true);
    }

    /** Accepted; the answer has no body. */
    public static Fault emptyBody() {
        return answering("empty-body", Point.ACCEPTING, (normal, request) -> normal.withBody(""));
    }

    /** Accepted; the answer stops in the middle of its JSON. */
    public static Fault badJson() {
        return answering(
                "bad-json", Point.ACCEPTING, (normal, request) -> normal.withBody("{\"conversationId\": \"co"));
    }

    /** Accepted; the answer is an empty JSON object. */
    public static Fault noConversationId() {
        return answering("no-conversation-id", Point.ACCEPTING, (normal, request) -> normal.withBody("{}"));
    }

    /** TCP reset as soon as the head of the request is read. Not accepted. */
    public static Fault resetBeforeBody() {
        return silent("reset-before-body", Point.BEFORE_BODY, 0);
    }

    /** Accepted, then TCP reset: the answer is lost. */
    public static Fault resetAfterBody() {
        return silent("reset-after-body", Point.ACCEPTING, 0);
    }

    /** No answer until the stand-in closes. Not accepted. */
    public static Fault hang() {
        return silent("hang", Point.REFUSING, FOREVER);
    }

    /** No answer for this long, then TCP reset. Not accepted. */
    public static Fault hang(Duration time) {
        return silent("hang=" + time.toMillis(), Point.REFUSING, time.toMillis());
    }

    /** Accepted, then no answer for this long, then TCP reset. */
    static Fault acceptAndHang(Duration time) {
        return silent("accept-and-hang=" + time.toMillis(), Point.ACCEPTING, time.toMillis());
    }

    /** For sign-in: a live token, with this raw JSON as {@code expires_in}, or without the field for null. */
    public static Fault expiresIn(@Nullable String rawJson) {
        String name = rawJson == null ? "no-expires-in" : "expires-in=" + rawJson;
        return answering(name, Point.ACCEPTING, (normal, request) -> Spoilt.expiry(normal, rawJson));
    }

    /** Reads the text form, for example {@code 503}, {@code 429;Retry-After: 2}, {@code hang=5000}. */
    public static Fault parse(String text) {
        return FaultText.parse(text);
    }

    /** The same with one more header in the answer; the value is written as it stands. */
    public Fault withHeader(String name, String value) {
        return changed(
                name + ": " + value, (normal, request) -> reply(normal, request).withHeader(name, value));
    }

    /** The same with this body in the answer. */
    public Fault withBody(String body) {
        return changed(
                "body=" + body, (normal, request) -> reply(normal, request).withBody(body));
    }

    /** The same, answered this much later. */
    public Fault withLatency(Duration time) {
        long later = delayMillis == FOREVER ? FOREVER : delayMillis + time.toMillis();
        return new Fault(text + ";latency=" + time.toMillis(), point, change, later, silent, killsToken);
    }

    /** The same, with the body of the answer a byte at a time, each after this long. */
    public Fault withSlowBytes(Duration each) {
        String name = "slow-bytes=" + each.toMillis();
        return changed(name, (normal, request) -> Spoilt.slow(reply(normal, request), each.toMillis()));
    }

    /** The same, with this many bytes of padding in the JSON of the answer. */
    public Fault withHugeBody(long bytes) {
        return changed("huge-body=" + bytes, (normal, request) -> Spoilt.huge(reply(normal, request), bytes));
    }

    /** The same, with this many bytes of padding in the JSON of the answer, which is sent packed. */
    public Fault withGzipBomb(long bytes) {
        return changed("gzip-bomb=" + bytes, (normal, request) -> Spoilt.bomb(reply(normal, request), bytes));
    }

    private Fault changed(String what, Change other) {
        return new Fault(text + ";" + what, point, other, delayMillis, silent, killsToken);
    }

    /** True if the contract stays in force and a good call counts as accepted. */
    public boolean accepts() {
        return point == Point.ACCEPTING;
    }

    boolean beforeBody() {
        return point == Point.BEFORE_BODY;
    }

    /** @param normal what the contract would answer; null when the fault refuses */
    Reply reply(@Nullable Reply normal, byte[] request) {
        return change.apply(normal == null ? NOTHING : normal, request);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fault fault && fault.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text form. */
    @Override
    public String toString() {
        return text.startsWith("none;") ? text.substring("none;".length()) : text;
    }
}
