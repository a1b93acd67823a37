package io.cxt.json;

import java.io.IOException;
import java.io.InputStream;

/** One record a line. The line ends with LF or CRLF, the last one also with the source; blank lines are no records. */
final class LineFramer extends Framer {

    LineFramer(InputStream in, int maxRecordBytes) {
        super(in, maxRecordBytes);
    }

    @Override
    boolean nextRecord() throws IOException {
        while (fill()) {
            begin();
            do {
                int from = position;
                position = endOfLine();
                keep(from);
            } while (position == limit && fill());
            if (position < limit) {
                position++;
                newLine();
            }
            dropCarriageReturn();
            if (tooLong() || !blank()) {
                return true;
            }
        }
        return false;
    }

    private boolean blank() {
        for (int i = 0; i < length(); i++) {
            if (!isBlank(buffer()[i])) {
                return false;
            }
        }
        return true;
    }

    private int endOfLine() {
        int end = position;
        while (end < limit && read[end] != '\n') {
            end++;
        }
        return end;
    }
}
