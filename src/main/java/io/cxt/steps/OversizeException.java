package io.cxt.steps;

import io.cxt.transcript.Finding;
import java.util.List;

/** A transcript is beyond the limits: its size, however it is cut, or its times. */
public final class OversizeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    OversizeException(List<Finding> findings) {
        super("does not fit");
        this.findings = findings;
    }

    List<Finding> findings() {
        return findings;
    }
}
