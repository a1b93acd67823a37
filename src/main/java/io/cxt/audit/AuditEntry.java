package io.cxt.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A row of the audit as people and programs read it; JSON has its fields by these names. See {@link AuditEvent}.
 *
 * @param at UTC, microseconds
 * @param config fingerprint of routes and configuration at that time
 * @param changed true when the row is not as it was written, or the one before it is not
 */
public record AuditEntry(
        long seq,
        String at,
        String event,
        @Nullable String interactionId,
        @Nullable Integer part,
        @Nullable String source,
        @Nullable String actor,
        @Nullable Integer httpStatus,
        @Nullable Integer attempt,
        @Nullable Long latencyMs,
        @Nullable String payloadHash,
        @Nullable String reason,
        @Nullable String conversationId,
        @Nullable String detail,
        @Nullable String config,
        String chain,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean changed) {

    /** The columns that {@link #read} needs, in its order: those of the chain, and the hash of the row before. */
    static final String COLUMNS = AuditChain.COLUMNS
            + ", COALESCE((SELECT hash FROM audit_event before WHERE before.chain = audit_event.chain"
            + " AND before.seq = audit_event.seq - 1), (SELECT hash FROM audit_closing WHERE audit_closing.chain ="
            + " audit_event.chain AND audit_closing.seq = audit_event.seq - 1))";

    static AuditEntry read(ResultSet row) throws SQLException {
        @Nullable Object[] values = new Object[AuditChain.HASH];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.getObject(i + 1);
        }
        String before = row.getString(AuditChain.HASH + 2);
        String hash = AuditChain.hash(before == null ? AuditChain.Head.NONE.hash() : before, values);
        return new AuditEntry(
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                number(values[5]),
                row.getString(7),
                row.getString(8),
                number(values[8]),
                number(values[9]),
                values[10] instanceof Number latency ? (Long) latency.longValue() : null,
                row.getString(12),
                row.getString(13),
                row.getString(14),
                row.getString(15),
                row.getString(16),
                row.getString(1),
                !hash.equals(row.getString(AuditChain.HASH + 1)));
    }

    private static @Nullable Integer number(@Nullable Object value) {
        return value instanceof Number number ? (Integer) number.intValue() : null;
    }
}
