package io.cxt.audit;

import io.cxt.transcript.Part;

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
        String interactionId,
        Integer part,
        String source,
        String actor,
        Integer httpStatus,
        Integer attempt,
        Long latencyMs,
        String payloadHash,
        String reason,
        String conversationId,
        String detail) {

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
        SENT,
        REJECTED,
        FAILED,
        CONFLICT,
        IN_DOUBT,
        RELEASED,
        SKIPPED_DUPLICATE,
        QUEUED,
        REPLAYED,
        EXCLUDED
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

    public AuditEvent about(String interactionId, Integer part, String source) {
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

    public AuditEvent answered(Integer httpStatus, Long latencyMs, String conversationId) {
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

    public AuditEvent because(String reason, String detail) {
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

    /** What is left of an outcome that the database does not take: our own words. */
    public AuditEvent shortened() {
        return answered(httpStatus, latencyMs, null).because(SHORTENED, "the database refused a value of it");
    }

    AuditEvent by(String actor) {
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
