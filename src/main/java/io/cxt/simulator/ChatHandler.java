package io.cxt.simulator;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v2/conversations/channels/chat}. */
final class ChatHandler {

    /** Largest body accepted, bytes as sent. */
    static final int MOST_BYTES = 1_048_576;

    private final StandInState state;
    private final AtomicLong lastNumber = new AtomicLong();

    ChatHandler(StandInState state) {
        this.state = state;
    }

    /** @throws IOException when the caller gets a TCP reset in place of an answer */
    Reply handle(Request request) throws IOException {
        Traffic traffic = state.traffic();
        Visit visit = new Visit(request, lastNumber.incrementAndGet());
        state.posts.increment();
        if (state.retryAfter.running(visit.arrivedNanos, traffic.graceMillis())) {
            state.duringRetryAfter.increment();
        }
        Fault fault = state.chatScript.poll();
        Reply refusal = null;
        if (fault == null || fault.accepts()) {
            refusal = beforeBody(visit, traffic);
            if (refusal == null && fault == null) {
                fault = traffic.faults().pick(visit.number);
            }
        }
        if (refusal != null) {
            fault = null; // the contract's own refusal goes first
        }
        return fault == null || !fault.beforeBody() ? decide(visit, refusal, fault, traffic) : end(visit, null, fault);
    }

    private Reply decide(Visit visit, @Nullable Reply refusal, @Nullable Fault fault, Traffic traffic)
            throws IOException {
        Reply reply = refusal;
        visit.read();
        if (reply == null && (fault == null || fault.accepts())) {
            reply = visit.refusal;
            ChatReader.Chat chat = visit.chat;
            byte[] sha256 = visit.sha256;
            if (reply == null && chat != null && sha256 != null) {
                String conversationId = state.deliveries.accept(chat, sha256);
                visit.accepted = true;
                reply = Reply.json(201, "{\"conversationId\":\"" + conversationId + "\"}");
            }
        }
        Fault played = fault != null && (visit.accepted || !fault.accepts()) ? fault : null;
        if (played != null && played.killsToken()) {
            state.tokens.revoke(visit.token);
        }
        if (played != null) {
            reply = played.silent() ? null : played.reply(reply, visit.body == null ? new byte[0] : visit.body);
        }
        return end(visit, reply, played, traffic.latencyMillis());
    }

    /** The checks that need no body; null when passed. */
    private @Nullable Reply beforeBody(Visit visit, Traffic traffic) {
        if (!state.tokens.live(visit.token)) {
            return Reply.error(401, "invalid_token", "the token is missing, expired or revoked")
                    .withHeader("WWW-Authenticate", "Bearer");
        }
        long wait = state.rateLimit().take(visit.arrivedNanos);
        if (wait > 0) {
            state.rateLimited.increment();
            Reply reply = Reply.error(429, "too_many_requests", "the rate limit is reached");
            return GivenRetryAfter.header(traffic.retryAfterForm(), wait)
                    .map(value -> reply.withHeader("Retry-After", value))
                    .orElse(reply);
        }
        return null;
    }

    private Reply end(Visit visit, @Nullable Reply reply, @Nullable Fault fault) throws IOException {
        return end(visit, reply, fault, 0);
    }

    /** Counts and records the visit before its answer leaves; a null reply is a reset. */
    private Reply end(Visit visit, @Nullable Reply reply, @Nullable Fault fault, long latencyMillis)
            throws IOException {
        if (fault != null) {
            state.played(fault);
        }
        if (reply == null) {
            state.unanswered.increment();
        } else if (reply.status() >= 300) {
            state.refused(reply.status());
        }
        if (state.keepsCalls()) {
            state.add(visit.call(reply == null ? 0 : reply.status(), fault));
        }
        Pause.millis(latencyMillis);
        if (fault != null) {
            Pause.millis(fault.delayMillis());
        }
        if (reply == null) {
            throw new IOException("no answer, as scripted");
        }
        if (!reply.headers().isEmpty()) {
            state.retryAfter.given(reply.header("Retry-After"));
        }
        return reply;
    }

    /** One post while it is handled. */
    private final class Visit {
        final long arrivedNanos = System.nanoTime();
        final Instant arrived = Instant.now();
        final Request request;
        final long number;
        final @Nullable String token;
        byte @Nullable [] body;
        byte @Nullable [] sha256;

        ChatReader.@Nullable Chat chat;

        @Nullable
        Reply refusal;

        boolean accepted;

        Visit(Request request, long number) {
            this.request = request;
            this.number = number;
            this.token = request.token();
        }

        void read() throws IOException {
            body = request.body(MOST_BYTES);
            if (body == null) {
                refusal = Reply.error(413, "payload_too_large", "the body is larger than " + MOST_BYTES + " bytes");
                return;
            }
            sha256 = sha256(body);
            try {
                chat = ChatReader.read(body);
            } catch (ChatReader.ContractViolation e) {
                refusal = Reply.error(400, "bad_request", e.getMessage());
            }
            if (!request.isOf("application/json")) {
                refusal = Reply.error(415, "unsupported_media_type", "Content-Type must be application/json");
            }
        }

        ReceivedCall call(int status, @Nullable Fault fault) {
            boolean keep = state.settings.keepRequests;
            return new ReceivedCall(
                    number,
                    arrived,
                    arrivedNanos,
                    chat == null ? null : chat.interactionId(),
                    chat == null ? 1 : chat.part(),
                    request.header("Idempotency-Key"),
                    token,
                    status,
                    accepted,
                    fault == null ? null : fault.toString(),
                    sha256 == null ? null : HexFormat.of().formatHex(sha256),
                    keep ? request.headers() : Map.of(),
                    keep ? body : null);
        }
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
