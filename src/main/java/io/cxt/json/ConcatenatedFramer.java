package io.cxt.json;

import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;

/** One record for each object of several that stand one behind the other, with blanks or a comma between them. */
final class ConcatenatedFramer extends DocumentFramer {
    private boolean begun;

    ConcatenatedFramer(InputStream in, int maxRecordBytes) {
        super(in, maxRecordBytes);
    }

    @Override
    boolean inArray() {
        return true;
    }

    @Override
    boolean nextRecord() throws IOException {
        int next = peek();
        if (begun && next == ',') {
            position++;
            next = peek();
            if (next < 0) {
                return fail(
                        Reason.JSON_SYNTAX,
                        "a comma follows the last transcript, so one may be missing; the source ends at");
            }
        }
        begun = true;
        return next == '{'
                ? element()
                : next >= 0
                        && fail(
                                Reason.JSON_TRAILING,
                                "something that is no object follows a transcript; the rest was not read, from");
    }
}
