package io.cxt.cxone;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Part;
import java.util.List;

/**
 * A transcript as it will be sent, or why it cannot be.
 *
 * @param parts in the order in which they go out; empty exactly when there are findings
 */
public record Prepared(List<Part> parts, List<Finding> findings) {

    /** True when there is nothing to send. */
    public boolean refused() {
        return !findings.isEmpty();
    }
}
