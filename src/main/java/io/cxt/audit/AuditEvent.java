package io.cxt.audit;

import io.cxt.transcript.Part;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit: a change of state, or a call. Fields that do not apply are null.
 *
 * @param event a word of {@link Type}
 * @param actor who caused it: {@code cxt}, or a person's login name
 * @param latencyMs of the call, from its first byte to the last of the answer
 * @param payloadHash SHA-256 of the bytes as sent
 * @param reason a stable word, for example {@code CXONE-503} or {@code TS-ORDER}
 * @param detail fixed words that say more, for example {@code sorted}; never chat text or names
 */
public record AuditEvent(
        String event,
        @Nullable String interactionId,
        @Nullable Integer part,
        @Nullable String source,
        String actor,
        @Nullable Integer httpStatus,
        @Nullable Integer attempt,
        @Nullable Long latencyMs,
        @Nullable String payloadHash,
        @Nullable String reason,
        @Nullable String conversationId,
        @Nullable String detail) {

    public static final String SHORTENED = "SHORTENED";

    /** The words of the audit. Never rename one that has shipped. */
    public enum Type {
        STARTED,
        STOPPED,
        CONFIG_CHANGED,
        SIGNED_IN,
        SIGN_IN_FAILED,
        INTAKE_OPENED,
        INTAKE_CLOSED,
        INTAKE_FAILED,
        CLAIMED,
        ATTEMPT,
        RATE_LIMITED,
        LOOKED_UP,
        /** A call that is not about the transcript of a run is about to leave: a sign-in, or a call of a command. */
        CALLING,
        /** Such a call, other than a sign-in, was answered or not. */
        CALLED,
        RECONCILED,
        DIFFERS,
        WITHDRAWN,
        SENT,
        REJECTED,
        FAILED,
        CONFLICT,
        IN_DOUBT,
        RELEASED,
        SKIPPED_DUPLICATE,
        QUEUED,
        REPLAYED,
        EXCLUDED,
        HELD,
        HOLD_ENDED,
        PACE_SET,
        PACE_ENDED,
        SIGNED_IN_CONSOLE,
        SIGN_IN_REFUSED,
        /** Somebody is about to see the text of a chat. */
        TEXT_READ,
        /** Somebody is about to see what the ledger has of a chat, or events. */
        READ,
        JOB_STARTED,
        JOB_PAUSED,
        JOB_RESUMED,
        JOB_CANCELLED,
        JOB_ENDED,
        /** What was kept for long enough is about to be removed. */
        PRUNED,
        /** A signed bundle of events was written. */
        EXPORTED,
        /** A backup began. */
        BACKED_UP,
        /** The ledger is that of a backup: what was sent since is not in it. */
        RESTORED,
        /** Another ledger was in use here before this one: what it sent is not in this one. */
        OTHER_LEDGER,
        /** What is kept of a chat is about to be removed, and the chat is refused from now on. */
        ERASED,
        /** A chat that was erased is accepted again. */
        ERASURE_ENDED
    }

    public static AuditEvent of(Type type) {
        return new AuditEvent(type.name(), null, null, null, "cxt", null, null, null, null, null, null, null);
    }

    public static AuditEvent of(Type type, Part part, int attempt) {
        return new AuditEvent(
                type.name(),
                part.interactionId(),
                part.part(),
                part.origin().position(),
                "cxt",
                null,
                attempt,
                null,
                part.hash(),
                null,
                null,
                null);
    }

    public AuditEvent about(@Nullable String interactionId, @Nullable Integer part, @Nullable String source) {
        return new AuditEvent(
                event,
                interactionId,
                part,
                source,
                actor,
                httpStatus,
                attempt,
                latencyMs,
                payloadHash,
                reason,
                conversationId,
                detail);
    }

    public AuditEvent answered(
            @Nullable Integer httpStatus, @Nullable Long latencyMs, @Nullable String conversationId) {
        return new AuditEvent(
                event,
                interactionId,
                part,
                source,
                actor,
                httpStatus,
                attempt,
                latencyMs,
                payloadHash,
                reason,
                conversationId,
                detail);
    }

    public AuditEvent because(@Nullable String reason, @Nullable String detail) {
        return new AuditEvent(
                event,
                interactionId,
                part,
                source,
                actor,
                httpStatus,
                attempt,
                latencyMs,
                payloadHash,
                reason,
                conversationId,
                detail);
    }

    /** This outcome in our own words alone, for a database that refuses a value of it. */
    public AuditEvent shortened() {
        return answered(httpStatus, latencyMs, null).because(SHORTENED, "the database refused a value of it");
    }

    /** The same, caused by a person. */
    public AuditEvent by(String actor) {
        return new AuditEvent(
                event,
                interactionId,
                part,
                source,
                actor,
                httpStatus,
                attempt,
                latencyMs,
                payloadHash,
                reason,
                conversationId,
                detail);
    }
}
