package io.cxt.archive;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * Why one transcript did not go out, as written beside its dead letter and into its report. No chat text, no names.
 *
 * @param outcome {@code rejected}, {@code failed}, {@code conflict} or {@code in-doubt}
 * @param interactionId null when it has none that could be read
 * @param deadLetter the file that holds the transcript, relative to {@code data.dir}; null when it was too large to
 *     keep twice and is only in the source
 * @param idPrefix what its door put before the id that the dead letter has; null for nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"outcome", "reason", "interactionId", "source", "line", "index"})
public record Refusal(
        String outcome,
        String reason,
        String interactionId,
        String source,
        long line,
        long index,
        List<Fault> faults,
        Integer httpStatus,
        Integer attempts,
        String whatToDo,
        String deadLetter,
        String receivedAt,
        String decidedAt,
        String idPrefix) {

    /** One whose id is as it came. */
    public Refusal(
            String outcome,
            String reason,
            String interactionId,
            String source,
            long line,
            long index,
            List<Fault> faults,
            Integer httpStatus,
            Integer attempts,
            String whatToDo,
            String deadLetter,
            String receivedAt,
            String decidedAt) {
        this(
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
                deadLetter,
                receivedAt,
                decidedAt,
                null);
    }

    /** One broken rule: where it is broken, in what way, and what helps. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Fault(String rule, long line, String pointer, String message, String hint) {}

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
