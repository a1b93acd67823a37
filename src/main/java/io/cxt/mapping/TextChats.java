package io.cxt.mapping;

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
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The chats of a text. A template sees {@code head}, the groups of the line with which the chat begins; {@code lines}, the
 * groups of each message and the number of its {@code line}; and how many lines were {@code skipped}. A line that no pattern
 * matches belongs to the message before it.
 */
final class TextChats implements ForeignChats {
    private static final int NONE = -2;

    private final BufferedReader in;
    private final TextForm form;
    private final int maxBytes;

    private long line;
    private long offset;
    private @Nullable String waiting; // the line with which the next chat begins
    private boolean ended;
    private boolean given;
    private boolean blank = true; // as far as it has been read
    private int peeked = NONE; // the character behind a carriage return

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
        return refused(rule, words + "; the rest of the source was not read");
    }

    private ForeignChat refused(Reason rule, String words) {
        return ForeignChat.refused(new Finding(rule, Math.max(1, line), "", words), null, true, offset);
    }

    private @Nullable ForeignChat chat() throws IOException {
        TextChat chat = new TextChat(form, maxBytes);
        String next = waiting == null ? readLine() : waiting;
        waiting = null;
        while (next != null) {
            blank &= next.isBlank();
            if (next.length() > maxBytes) {
                return ends(Reason.JSON_RECORD_SIZE, "a line is longer than %s bytes".formatted(maxBytes));
            }
            if (!chat.add(next, line)) {
                waiting = next;
                return given(chat);
            }
            next = readLine();
        }
        ended = true;
        if (chat.begun()) {
            return given(chat);
        }
        return given
                ? null
                : refused(
                        blank ? Reason.JSON_EMPTY : Reason.TEXT_FORM,
                        blank
                                ? "the source holds nothing but blanks"
                                : "no line is one of those that the mapping describes");
    }

    private ForeignChat given(TextChat chat) {
        given = true;
        return chat.done(offset);
    }

    /** The next line without its end, cut one character behind what may be held; null at the end. */
    private @Nullable String readLine() throws IOException {
        StringBuilder text = new StringBuilder();
        int c = peeked == NONE ? in.read() : peeked;
        peeked = NONE;
        if (c < 0) {
            return null;
        }
        line++;
        while (c >= 0 && c != '\n' && c != '\r') {
            if (text.length() <= maxBytes) {
                text.append((char) c);
            }
            offset++;
            c = in.read();
        }
        offset++;
        if (c == '\r') {
            int next = in.read();
            peeked = next == '\n' ? NONE : next;
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
