package io.cxt.pickup.jms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.cxt.json.TranscriptReader.Form;
import java.io.IOException;

/** Tells the form of a message, which has no file name to say so. */
final class MessageForm {
    private static final JsonFactory JSON = new JsonFactory();

    private MessageForm() {}

    /** Lines, when the first line that is not blank is a complete JSON value and more follows; else a document. */
    static Form of(byte[] content) {
        int begin = next(content, startsWithByteOrderMark(content) ? 3 : 0);
        if (begin == content.length || content[begin] == '[') {
            return Form.DOCUMENT;
        }
        int end = begin;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        return next(content, end) < content.length && isOneValue(content, begin, end - begin)
                ? Form.LINES
                : Form.DOCUMENT;
    }

    /** The ending, with its dot, of a file with this content. */
    static String ending(byte[] content) {
        return of(content) == Form.LINES ? ".ndjson" : ".json";
    }

    private static boolean startsWithByteOrderMark(byte[] content) {
        return content.length >= 3
                && content[0] == (byte) 0xEF
                && content[1] == (byte) 0xBB
                && content[2] == (byte) 0xBF;
    }

    /** The first index from there on that is not blank. */
    private static int next(byte[] content, int from) {
        int at = from;
        while (at < content.length
                && (content[at] == ' ' || content[at] == '\t' || content[at] == '\r' || content[at] == '\n')) {
            at++;
        }
        return at;
    }

    private static boolean isOneValue(byte[] content, int offset, int length) {
        try (JsonParser parser = JSON.createParser(content, offset, length)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
