package io.cxt.json;

import io.cxt.transcript.Reason;
import java.io.IOException;
import java.io.InputStream;

/**
 * One record for each element of an array, or the whole document as one record when it is no array.
 *
 * <p>Of JSON it knows just enough to see where an element ends: strings, escapes, depth. Whether the element is JSON
 * is for the parser to say.
 */
class DocumentFramer extends Framer {

    private boolean begun;
    boolean array;

    DocumentFramer(InputStream in, int maxRecordBytes) {
        super(in, maxRecordBytes);
    }

    @Override
    boolean inArray() {
        return array;
    }

    @Override
    boolean nextRecord() throws IOException {
        if (!begun) {
            begun = true;
            return first();
        }
        return array && furtherElement();
    }

    boolean first() throws IOException {
        int first = peek();
        if (first < 0) {
            return fail(Reason.JSON_EMPTY, "the source holds nothing but blanks, up to");
        }
        if (first != '[') {
            begin();
            do {
                int from = position;
                position = limit;
                keep(from);
            } while (fill());
            return true;
        }
        position++;
        array = true;
        return peek() == ']' ? endOfArray() : element();
    }

    private boolean furtherElement() throws IOException {
        int between = peek();
        if (between == ']') {
            return endOfArray();
        }
        if (between >= 0 && between != ',') {
            return fail(Reason.JSON_SYNTAX, "a comma or ] is missing after an element; the rest was not read, from");
        }
        if (between == ',') {
            position++;
        }
        return element();
    }

    boolean endOfArray() throws IOException {
        position++;
        return peek() >= 0
                && fail(Reason.JSON_TRAILING, "something follows the ] that ends the array; it was not read, from");
    }

    boolean element() throws IOException {
        int first = peek();
        if (first < 0) {
            return fail(Reason.JSON_SYNTAX, "the array is not closed; the source ends at");
        }
        if (first == ',' || first == ']') {
            return fail(Reason.JSON_SYNTAX, "there is a comma too many; the rest was not read, from");
        }
        begin();
        int depth = 0;
        boolean inString = false;
        boolean escaped = false;
        boolean ended = false;
        while (!ended && fill()) {
            int from = position;
            while (!ended && position < limit) {
                byte b = read[position];
                if (inString) {
                    if (escaped) {
                        escaped = false;
                    } else if (b == '\\') {
                        escaped = true;
                    } else if (b == '"') {
                        inString = false;
                        ended = depth == 0;
                    }
                } else if (depth == 0 && endsScalar(b)) {
                    break; // of the number or word before it, so not part of the record
                } else if (b == '"') {
                    inString = true;
                } else if (b == '{' || b == '[') {
                    depth++;
                } else if (b == '}' || b == ']') {
                    depth--;
                    ended = depth == 0;
                }
                position++;
                if (b < ' ') {
                    countLineOrCharacter(b);
                }
            }
            ended |= position < limit;
            keep(from);
        }
        return true;
    }

    private static boolean endsScalar(byte b) {
        return b == ',' || b == ']' || b == '}' || b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }
}
