package io.cxt.json;

import io.cxt.transcript.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One record for each element of an array that lies inside a document, of one that is the document, or for each
 * object of a source that has one a line. Which of these it is shows while it is read.
 *
 * <p>What stands around the inner array, the envelope, is kept apart: up to the size of a record.
 */
final class WrappedFramer extends DocumentFramer {

    private static final int LONGEST_NAME = 64;

    private final List<String> path;
    private final byte[] name = new byte[LONGEST_NAME];
    private final ByteArrayOutputStream envelope = new ByteArrayOutputStream();
    private int depth;
    private int entered; // how many objects we are inside of that the path leads through, besides the outermost
    private boolean wrapped;
    private boolean single;
    private boolean envelopeTooLong;
    private long endLine;

    /** @param path names that lead from the document to the array, one at least */
    WrappedFramer(InputStream in, List<String> path, int maxRecordBytes) {
        super(in, maxRecordBytes);
        this.path = path;
    }

    /** The document without the elements of the array; empty when the array is the document, or the end not reached. */
    byte[] envelope() {
        return envelope.toByteArray();
    }

    boolean envelopeTooLong() {
        return envelopeTooLong;
    }

    @Override
    boolean inArray() {
        return true;
    }

    @Override
    boolean nextRecord() throws IOException {
        return single ? furtherObject() : super.nextRecord();
    }

    @Override
    boolean first() throws IOException {
        return peek() == '{' ? object() : super.first();
    }

    private boolean object() throws IOException {
        begin();
        depth = 0;
        entered = 0;
        if (scan(true)) {
            keepEnvelope();
            wrapped = true;
            array = true;
            return peek() == ']' ? endOfArray() : element();
        }
        single = true;
        endLine = line();
        return true;
    }

    private boolean furtherObject() throws IOException {
        int next = peek();
        if (next < 0) {
            return false;
        }
        if (next != '{' || line() == endLine) {
            return fail(
                    Reason.JSON_TRAILING,
                    "something follows the end of a chat that is no chat on a line of its own; it was not read, from");
        }
        begin();
        depth = 0;
        scan(false);
        endLine = line();
        return true;
    }

    @Override
    boolean endOfArray() throws IOException {
        if (!wrapped) {
            return super.endOfArray();
        }
        begin();
        scan(false); // what follows the array, beginning with the ] that ends it
        keepEnvelope();
        if (depth > 0) {
            return fail(Reason.JSON_SYNTAX, "the object around the array is not closed; the source ends at");
        }
        return peek() >= 0
                && fail(Reason.JSON_TRAILING, "something follows the } that ends the document; it was not read, from");
    }

    private void keepEnvelope() {
        if (tooLong()) {
            envelopeTooLong = true;
        } else {
            envelope.write(buffer(), 0, length());
        }
    }

    /**
     * Goes on to the end of the document, or to behind the bracket that opens the array.
     *
     * @param lookOut whether the array is looked for
     * @return true when the array was opened
     */
    private boolean scan(boolean lookOut) throws IOException {
        boolean inString = false;
        boolean escaped = false;
        boolean led = false; // by the name before the colon
        boolean done = false;
        boolean found = false;
        int length = 0;
        while (!done && fill()) {
            int from = position;
            while (!done && position < limit) {
                byte b = read[position++];
                if (inString) {
                    inString = escaped || b != '"';
                    escaped = !escaped && b == '\\';
                    if (inString && length < LONGEST_NAME) {
                        name[length++] = b;
                    }
                } else if (b == '"') {
                    inString = true;
                    length = 0;
                } else if (b == ':') {
                    led = lookOut && depth == entered + 1 && isStep(length);
                } else if (b == '[' && led && entered == path.size() - 1) {
                    depth++;
                    found = true;
                    done = true;
                } else if (b == '{' || b == '[') {
                    depth++;
                    entered += b == '{' && led && entered < path.size() - 1 ? 1 : 0;
                    led = false;
                } else if (b == '}' || b == ']') {
                    depth--;
                    entered = Math.min(entered, Math.max(0, depth - 1));
                    done = depth <= 0;
                } else if (!isBlank(b)) {
                    led = false;
                }
                if (b < ' ') {
                    countLineOrCharacter(b);
                }
            }
            keep(from);
        }
        return found;
    }

    private boolean isStep(int length) {
        byte[] step = path.get(entered).getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(name, 0, length, step, 0, step.length);
    }
}
