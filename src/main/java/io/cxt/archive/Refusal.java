package io.cxt.archive;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why one transcript was not sent, as written beside its dead letter and into its report. No chat text, no names.
 *
 * @param outcome {@code rejected}, {@code failed}, {@code conflict} or {@code in-doubt}
 * @param faults null when CXone, and no rule, is the cause
 * @param interactionId null when it has none that could be read
 * @param deadLetter the file that holds the transcript, relative to {@code data.dir}; null when it was too large to
 *     keep twice and is only in the source
 * @param idPrefix what its pickup put before the id that the dead letter has; null for nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"outcome", "reason", "interactionId", "source", "line", "index"})
public record Refusal(
        String outcome,
        String reason,
        @Nullable String interactionId,
        String source,
        long line,
        long index,
        @Nullable List<Fault> faults,
        @Nullable Integer httpStatus,
        @Nullable Integer attempts,
        String whatToDo,
        @Nullable String deadLetter,
        String receivedAt,
        String decidedAt,
        @Nullable String idPrefix) {

    /** One broken rule: where it is broken, in what way, and what helps. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Fault(String rule, long line, String pointer, String message, String hint) {}

    /** The first rule that it breaks, where and how; the reason where none is broken. */
    public String why() {
        return faults == null || faults.isEmpty()
                ? reason
                : "%s %s %s"
                        .formatted(
                                faults.get(0).rule(),
                                faults.get(0).pointer(),
                                faults.get(0).message());
    }

    /** The same refusal with its dead letter. */
    public Refusal keptIn(String file) {
        return new Refusal(
                outcome,
                reason,
                interactionId,
                source,
                line,
                index,
                faults,
                httpStatus,
                attempts,
                whatToDo,
                file,
                receivedAt,
                decidedAt,
                idPrefix);
    }
}
