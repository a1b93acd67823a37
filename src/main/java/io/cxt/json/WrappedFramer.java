package io.cxt.json;

import io.cxt.transcript.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One record for each chat of a document: the elements of an array inside it, the values of an object inside it, the
 * elements of the document when that is an array, the document itself, or each object of a source that has one a line.
 * Which of these it is shows while it is read.
 *
 * <p>What stands around the chats, the envelope, is kept apart: up to the size of a record.
 *
 * <p>Long because all these are found in one pass over the same bytes.
 */
final class WrappedFramer extends DocumentFramer {

    /** In bytes, as it stands in the JSON. */
    static final int LONGEST_NAME = 4_096;

    private final ChatPlaces places;
    private final byte[] name = new byte[LONGEST_NAME + 1];
    private final ByteArrayOutputStream envelope = new ByteArrayOutputStream();
    private final int[] entered; // by path: how many objects we are inside of that it leads through
    private final boolean[] led; // by path: the name before the colon is its next one
    private int depth;
    private int nameLength;
    private boolean wrapped;
    private boolean members;
    private boolean single;
    private boolean envelopeTooLong;
    private long endLine;

    WrappedFramer(InputStream in, ChatPlaces places, int maxRecordBytes) {
        super(in, maxRecordBytes);
        this.places = places;
        this.entered = new int[places.paths().size()];
        this.led = new boolean[places.paths().size()];
    }

    /** The document without the chats; empty when they are the document, or the end not reached. */
    byte[] envelope() {
        return envelope.toByteArray();
    }

    boolean envelopeTooLong() {
        return envelopeTooLong;
    }

    /** True when the document is not a chat itself. To be asked once the first record is read. */
    boolean holdsChats() {
        return array;
    }

    /** The name before the chat, as it stands in the JSON, cut where it is too long; null when it has none. */
    byte @Nullable [] name() {
        return members ? Arrays.copyOf(name, nameLength) : null;
    }

    @Override
    boolean inArray() {
        return true;
    }

    @Override
    boolean nextRecord() throws IOException {
        if (single) {
            return furtherDocument();
        }
        return members ? furtherMember() : super.nextRecord();
    }

    @Override
    boolean first() throws IOException {
        int first = peek();
        if (places.whole() && (first == '[' || first == '{' && places.paths().isEmpty())) {
            return document();
        }
        return first == '{' ? object() : super.first();
    }

    private boolean document() throws IOException {
        begin();
        depth = 0;
        scan(false);
        single = true;
        endLine = line();
        return true;
    }

    private boolean object() throws IOException {
        begin();
        depth = 0;
        Arrays.fill(entered, 0);
        if (places.isMemberOfDocument()) {
            int from = position++;
            depth = 1;
            members = true;
            keep(from);
        } else if (!scan(true)) {
            single = true;
            endLine = line();
            return true;
        }
        keepEnvelope();
        wrapped = true;
        array = true;
        if (members) {
            return member();
        }
        return peek() == ']' ? endOfArray() : element();
    }

    private boolean furtherMember() throws IOException {
        int between = peek();
        if (between == ',') {
            position++;
            if (peek() != '"') {
                return fail(Reason.JSON_SYNTAX, "there is a comma too many; the rest was not read, from");
            }
        } else if (between != '}') {
            return fail(Reason.JSON_SYNTAX, "a comma or } is missing after a chat; the rest was not read, from");
        }
        return member();
    }

    /** Goes on to the value behind the next name, or to behind the object. */
    private boolean member() throws IOException {
        int first = peek();
        if (first == '}') {
            return endOfArray();
        }
        if (first != '"') {
            return fail(Reason.JSON_SYNTAX, "the name of a chat is missing; the rest was not read, from");
        }
        position++;
        nameLength = 0;
        boolean escaped = false;
        while (fill()) {
            byte b = read[position++];
            if (b == '"' && !escaped) {
                break;
            }
            escaped = !escaped && b == '\\';
            if (nameLength < name.length) {
                name[nameLength++] = b;
            }
        }
        if (peek() != ':') {
            return fail(Reason.JSON_SYNTAX, "a colon is missing before a chat; the rest was not read, from");
        }
        position++;
        return element();
    }

    private boolean furtherDocument() throws IOException {
        int next = peek();
        if (next < 0) {
            return false;
        }
        boolean begins = next == '{' || places.whole() && next == '[';
        if (!begins || line() == endLine) {
            return fail(
                    Reason.JSON_TRAILING,
                    "something follows the end of a chat that is no chat on a line of its own; it was not read, from");
        }
        return document();
    }

    @Override
    boolean endOfArray() throws IOException {
        if (!wrapped) {
            return super.endOfArray();
        }
        begin();
        scan(false); // what follows the chats, beginning with the bracket that ends them
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
     * Goes on to the end of the document, or to behind the bracket that opens the chats.
     *
     * @param lookOut whether the chats are looked for
     * @return true when they were found
     */
    private boolean scan(boolean lookOut) throws IOException {
        boolean inString = false;
        boolean escaped = false;
        boolean done = false;
        boolean found = false;
        while (!done && fill()) {
            int from = position;
            while (!done && position < limit) {
                byte b = read[position++];
                if (inString) {
                    inString = escaped || b != '"';
                    escaped = !escaped && b == '\\';
                    if (inString && lookOut && nameLength < name.length) {
                        name[nameLength++] = b;
                    }
                } else if (b == '"') {
                    inString = true;
                    nameLength = 0;
                } else if (b == '{' || b == '[') {
                    found = lookOut && opensChats(b);
                    done = found;
                    depth++;
                } else if (b == '}' || b == ']') {
                    depth--;
                    leave();
                    done = depth <= 0;
                } else if (lookOut && b == ':') {
                    lead();
                } else if (lookOut && !isBlank(b)) {
                    Arrays.fill(led, false);
                }
                if (b < ' ') {
                    countLineOrCharacter(b);
                }
            }
            keep(from);
        }
        return found;
    }

    private void lead() {
        for (int i = 0; i < led.length; i++) {
            byte[][] path = places.paths().get(i);
            led[i] = depth == entered[i] + 1
                    && Arrays.equals(name, 0, nameLength, path[entered[i]], 0, path[entered[i]].length);
        }
    }

    private boolean opensChats(byte bracket) {
        for (int i = 0; i < led.length; i++) {
            boolean last = entered[i] == places.paths().get(i).length - 1;
            if (led[i] && last && (bracket == '{') == places.isMembers(i)) {
                members = bracket == '{';
                return true;
            }
            entered[i] += led[i] && !last && bracket == '{' ? 1 : 0;
            led[i] = false;
        }
        return false;
    }

    private void leave() {
        for (int i = 0; i < entered.length; i++) {
            entered[i] = Math.min(entered[i], Math.max(0, depth - 1));
        }
    }
}
