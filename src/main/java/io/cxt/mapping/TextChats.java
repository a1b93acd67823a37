package io.cxt.mapping;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The chats of a text. A template sees {@code head}, the groups of the line with which the chat begins; {@code lines}, the
 * groups of each message and the number of its {@code line}; and how many lines were {@code skipped}. A line that no pattern
 * matches belongs to the message before it.
 */
final class TextChats implements ForeignChats {
    private final BufferedReader in;
    private final TextForm form;
    private final int maxBytes;

    private long line;
    private long offset;
    private @Nullable String waiting; // the line with which the next chat begins
    private boolean ended;
    private boolean given;

    TextChats(InputStream in, TextForm form, int maxBytes) throws IOException {
        this.form = form;
        this.maxBytes = maxBytes;
        PushbackInputStream bytes = new PushbackInputStream(in, 3);
        Charset charset = charset(bytes, form.charset());
        this.in = new BufferedReader(new InputStreamReader(
                bytes,
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /** What a byte order mark says, else what the mapping says. */
    private static Charset charset(PushbackInputStream in, Charset otherwise) throws IOException {
        byte[] first;
        try {
            first = in.readNBytes(3);
        } catch (ZipException | EOFException e) {
            return otherwise; // the next read fails again
        }
        int has = first.length;
        boolean two = has >= 2;
        if (two && first[0] == (byte) 0xFF && first[1] == (byte) 0xFE) {
            in.unread(first, 2, has - 2);
            return StandardCharsets.UTF_16LE;
        }
        if (two && first[0] == (byte) 0xFE && first[1] == (byte) 0xFF) {
            in.unread(first, 2, has - 2);
            return StandardCharsets.UTF_16BE;
        }
        boolean mark = has == 3 && first[0] == (byte) 0xEF && first[1] == (byte) 0xBB && first[2] == (byte) 0xBF;
        if (!mark) {
            in.unread(first);
        }
        return mark ? StandardCharsets.UTF_8 : otherwise;
    }

    @Override
    public @Nullable ForeignChat next() throws IOException {
        if (ended) {
            return null;
        }
        try {
            return chat();
        } catch (CharacterCodingException e) {
            return ends(
                    Reason.UTF8_INVALID,
                    "is not %s behind line %s".formatted(form.charset().name(), line));
        } catch (ZipException | EOFException e) {
            return ends(Reason.GZIP_DAMAGED, "the packed data is damaged or ends early");
        }
    }

    private ForeignChat ends(Reason rule, String words) {
        ended = true;
        Finding finding = new Finding(rule, Math.max(1, line), "", words + "; the rest of the source was not read");
        return ForeignChat.refused(finding, null, true, offset);
    }

    private @Nullable ForeignChat chat() throws IOException {
        Chat chat = new Chat();
        String next = waiting == null ? readLine() : waiting;
        waiting = null;
        while (next != null) {
            if (next.length() > maxBytes) {
                return ends(Reason.JSON_RECORD_SIZE, "a line is longer than %s bytes".formatted(maxBytes));
            }
            if (!chat.add(next)) {
                waiting = next;
                return given(chat);
            }
            next = readLine();
        }
        ended = true;
        if (chat.begun()) {
            return given(chat);
        }
        return given ? null : ends(Reason.TEXT_FORM, "no line is one of those that the mapping describes");
    }

    private ForeignChat given(Chat chat) {
        given = true;
        return chat.done();
    }

    /** The next line without its end, cut one character behind what may be held; null at the end. */
    private @Nullable String readLine() throws IOException {
        StringBuilder text = new StringBuilder();
        int c = in.read();
        if (c < 0) {
            return null;
        }
        line++;
        while (c >= 0 && c != '\n') {
            if (text.length() <= maxBytes) {
                text.append((char) c);
            }
            offset++;
            c = in.read();
        }
        offset++;
        int end = text.length();
        if (end > 0 && text.charAt(end - 1) == '\r') {
            text.setLength(end - 1);
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        in.close();
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

    /** The lines of one chat while they are read. */
    private final class Chat {
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

        /** False for a line with which the next chat begins. */
        boolean add(String written) {
            String said = withoutMarks(written);
            Map<String, String> begins = form.head(said);
            if (begins != null) {
                if (begun()) {
                    return false;
                }
                headed = true;
                begins.forEach(head::put);
                keep(written);
                return true;
            }
            Map<String, String> groups = form.message(said);
            if (groups == null && !begun()) { // stands before the first chat
                skipped += said.isBlank() ? 0 : 1;
                return true;
            }
            keep(written);
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

        private void keep(String written) {
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

        ForeignChat done() {
            if (tooLong) {
                Finding finding = new Finding(
                        Reason.JSON_RECORD_SIZE, firstLine, "", "is longer than %s bytes".formatted(maxBytes));
                return ForeignChat.refused(finding, null, false, offset);
            }
            endLast();
            node.put("skipped", skipped);
            byte[] bytes = raw.toString().getBytes(StandardCharsets.UTF_8);
            return new ForeignChat(firstLine, bytes, node, null, null, false, offset);
        }
    }
}
