package io.cxt.simulator;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One call while it is handled: it gets the answer of the contract, or meets a fault. */
public abstract class Visit {

    protected final StandInState state;
    protected final Request request;
    protected final long number;
    protected final Instant arrived = Instant.now();
    protected final long arrivedNanos;
    protected final @Nullable String token;

    /** Null until it is read, and when it is too large. */
    protected byte @Nullable [] body;

    /** {@link #answer} sets it: the call did what it asked for. */
    protected boolean accepted;

    /** True for a call that a {@code Retry-After} stops, and whose own stops all others. */
    protected boolean waitIsForAll = true;

    /** @param number the call's place in the order of arrival */
    protected Visit(StandInState state, Request request, long number) {
        this.state = state;
        this.request = request;
        this.number = number;
        this.token = request.token();
        this.arrivedNanos = state.nanoTime();
    }

    /** The checks that need no body; null when passed. */
    protected abstract @Nullable Reply refusalBeforeBody();

    /** Reads the body, also that of a call which is refused: the journal names what was in it. */
    protected abstract void read() throws IOException;

    /** The answer to a call that met no refusal so far; its body has been read. */
    protected abstract Reply answer();

    /** @param status of the answer; 0 for no answer */
    protected abstract void record(int status, @Nullable Fault fault);

    /**
     * Handles the call.
     *
     * @param script the faults that calls of this kind meet first
     * @param inShares true if it may also meet the faults that the traffic has in shares
     * @throws IOException when the caller gets a TCP reset in place of an answer
     */
    public final Reply handle(Queue<Fault> script, boolean inShares) throws IOException {
        Traffic traffic = state.traffic();
        if (waitIsForAll && state.retryAfter.running(arrivedNanos, traffic.graceMillis())) {
            state.duringRetryAfter.increment();
        }
        Fault fault = script.poll();
        Reply refusal = null;
        if (fault == null || fault.accepts()) {
            refusal = refusalBeforeBody();
            if (refusal == null && fault == null && inShares) {
                fault = traffic.faults().pick(number);
            }
        }
        if (refusal != null) {
            fault = null; // the contract's own refusal goes first
        }
        return fault == null || !fault.beforeBody() ? decide(refusal, fault, traffic) : end(null, fault, 0);
    }

    private Reply decide(@Nullable Reply refusal, @Nullable Fault fault, Traffic traffic) throws IOException {
        Reply reply = refusal;
        read();
        if (reply == null && (fault == null || fault.accepts())) {
            reply = answer();
        }
        Fault played = fault != null && (accepted || !fault.accepts()) ? fault : null;
        if (played != null && played.killsToken()) {
            state.tokens.revoke(token);
        }
        if (played != null) {
            reply = played.silent() ? null : played.reply(reply, body == null ? new byte[0] : body);
        }
        return end(reply, played, traffic.latencyMillis());
    }

    /** Counts and records the call before its answer leaves; a null reply is a reset. */
    private Reply end(@Nullable Reply reply, @Nullable Fault fault, long latencyMillis) throws IOException {
        if (fault != null) {
            state.faults.count(fault.toString());
        }
        if (reply == null) {
            state.unanswered.increment();
        } else if (reply.status() >= 300) {
            state.refused.count(reply.status());
        }
        record(reply == null ? 0 : reply.status(), fault);
        Pause.millis(latencyMillis);
        if (fault != null) {
            Pause.millis(fault.delayMillis());
        }
        if (reply == null) {
            throw new IOException("no answer, as scripted");
        }
        if (waitIsForAll) {
            state.retryAfter.given(reply.header("Retry-After"));
        }
        return reply;
    }

    protected final boolean signedIn() {
        return state.tokens.live(token);
    }

    /** Nanoseconds until the rate limit has room, counted as an early call; 0 when it has. */
    protected final long waitForRate() {
        long wait = state.rateLimit().take(arrivedNanos);
        if (wait > 0) {
            state.rateLimited.increment();
        }
        return wait;
    }

    /** The answer with the wait in its header, in the form that the traffic has. */
    protected final Reply toWait(Reply reply, long waitNanos) {
        return GivenRetryAfter.header(state.traffic().retryAfterForm(), waitNanos)
                .map(value -> reply.withHeader("Retry-After", value))
                .orElse(reply);
    }

    protected static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    protected static @Nullable String hex(byte @Nullable [] sha256) {
        return sha256 == null ? null : HexFormat.of().formatHex(sha256);
    }
}
