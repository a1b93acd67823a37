package io.cxt.cxone;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transcript as it will be sent, or why it cannot be.
 *
 * @param parts in the order in which they go out; empty exactly when there are findings
 * @param transcriptHash of the whole transcript as one request; null when a time in it is out of bounds
 */
public record Prepared(
        List<Part> parts, List<Finding> findings, @Nullable String transcriptHash) {

    /** True when there is nothing to send. */
    public boolean refused() {
        return !findings.isEmpty();
    }
}
