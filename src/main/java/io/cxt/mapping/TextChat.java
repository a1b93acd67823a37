package io.cxt.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lines of one chat while they are read. */
final class TextChat {
    private final TextForm form;
    private final int maxBytes;
    private final ObjectNode node = JsonNodeFactory.instance.objectNode();
    private final ObjectNode head = node.putObject("head");
    private final ArrayNode lines = node.putArray("lines");
    private final StringBuilder raw = new StringBuilder();
    private long firstLine;
    private long skipped;
    private boolean headed;
    private boolean tooLong;
    private @Nullable ObjectNode last;
    private final StringBuilder lastText = new StringBuilder();

    TextChat(TextForm form, int maxBytes) {
        this.form = form;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a line.
     *
     * @param line its number, from 1
     * @return false for one with which the next chat begins
     */
    boolean add(String written, long line) {
        String said = withoutMarks(written);
        Map<String, String> begins = form.head(said);
        if (begins != null) {
            if (begun()) {
                return false;
            }
            headed = true;
            begins.forEach(head::put);
            keep(written, line);
            return true;
        }
        Map<String, String> groups = form.message(said);
        if (groups == null && !begun()) { // stands before the first chat
            skipped += said.isBlank() ? 0 : 1;
            return true;
        }
        keep(written, line);
        if (tooLong) {
            return true;
        }
        if (groups == null) {
            if (form.skips(said) || last == null) {
                skipped += said.isBlank() ? 0 : 1;
            } else {
                lastText.append('\n').append(written);
            }
            return true;
        }
        endLast();
        ObjectNode message = lines.addObject();
        message.put("line", line);
        groups.forEach(message::put);
        lastText.append(message.path("text").asText());
        last = message;
        return true;
    }

    private void endLast() {
        if (last != null) {
            last.put("text", lastText.toString().stripTrailing());
        }
        lastText.setLength(0);
    }

    private void keep(String written, long line) {
        firstLine = firstLine == 0 ? line : firstLine;
        tooLong |= raw.length() + written.length() > maxBytes;
        if (tooLong) {
            raw.setLength(0);
            lines.removeAll();
            last = null;
        } else {
            raw.append(written).append('\n');
        }
    }

    boolean begun() {
        return headed || !lines.isEmpty() || tooLong;
    }

    /** @param offset bytes of the source consumed up to its end */
    ForeignChat done(long offset) {
        if (tooLong) {
            Finding finding =
                    new Finding(Reason.JSON_RECORD_SIZE, firstLine, "", "is longer than %s bytes".formatted(maxBytes));
            return ForeignChat.refused(finding, null, false, offset);
        }
        endLast();
        node.put("skipped", skipped);
        byte[] bytes = raw.toString().getBytes(StandardCharsets.UTF_8);
        return new ForeignChat(firstLine, bytes, node, null, null, false, offset);
    }

    private static String withoutMarks(String line) {
        int from = 0;
        while (from < line.length() && isMark(line.charAt(from))) {
            from++;
        }
        return line.substring(from);
    }

    /** A mark of direction or of byte order, which shows nothing. */
    private static boolean isMark(char c) {
        return c == '\u200e' || c == '\u200f' || c == '\ufeff' || c >= '\u202a' && c <= '\u202e';
    }
}
