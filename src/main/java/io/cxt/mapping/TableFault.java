package io.cxt.mapping;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.IOException;

/** A table that cannot be read on, as opposed to a disk that cannot. */
final class TableFault extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    TableFault(Reason rule, long line, String message) {
        super(rule.id());
        this.finding = new Finding(rule, line, "", message);
    }

    Finding finding() {
        return finding;
    }
}
