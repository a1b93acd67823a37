package io.cxt.pickup.jms;

import io.cxt.archive.DeadLetters;
import io.cxt.text.Utf8;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.jspecify.annotations.Nullable;

/**
 * The content of a message, as it is fetched and unpacked: text as UTF-8, bytes as they are. Up to a bound it is kept in
 * memory. A longer message, or one of another kind, goes to disk completely, and no object in it is created.
 */
final class JmsBody extends OutputStream {
    /** Opens a dead letter. */
    interface Disk {
        DeadLetters.Incoming open() throws IOException;
    }

    /** Bytes before the characters of a text: a null flag and the length. */
    private static final int TEXT_HEADER = 5;

    /** Bytes that are enough to tell its form. */
    private static final int LOOKED_AT = 1024 * 1024;

    private final ClientMessage message;
    private final boolean text;
    private final boolean readable;
    private final long sent;
    private final int most;
    private final Disk disk;
    private byte[] content = {};
    private int length;
    private long came;
    private int low = -1;
    private char high;
    private DeadLetters.@Nullable Incoming letter;
    private boolean diskFailed;

    /** @param most bytes of its content that may be in memory */
    JmsBody(ClientMessage message, int most, Disk disk) {
        this.message = message;
        this.text = message.getType() == Message.TEXT_TYPE;
        this.readable = text || message.getType() == Message.BYTES_TYPE;
        this.sent = !message.isLargeMessage()
                ? message.getBodySize()
                : message.getObjectProperty(Message.HDR_LARGE_BODY_SIZE) instanceof Long said ? Math.max(0, said) : 0;
        this.most = most;
        this.disk = disk;
    }

    /** False for a message of another kind than text and bytes. */
    boolean readable() {
        return readable;
    }

    /** Its unpacked size, as its sender says. */
    long sent() {
        return sent;
    }

    /** Most bytes of memory that reading it takes; known before it is fetched. */
    long needs() {
        return readable ? Math.min(sent, most) : 0;
    }

    /**
     * Reads it, once.
     *
     * @return its content; null when it went to disk
     * @throws IOException when it cannot be written to disk
     * @throws ActiveMQException when it is not delivered completely or cannot be unpacked
     */
    byte @Nullable [] read() throws IOException, ActiveMQException {
        try {
            message.saveToOutputStream(this);
        } catch (ActiveMQException e) {
            if (diskFailed) {
                throw e.getCause() instanceof IOException fault ? fault : new IOException(e);
            }
            throw e;
        }
        if (high != 0) {
            three(high); // half a character at the end
        }
        if (!readable && letter == null) {
            spill();
        }
        return letter != null ? null : length == content.length ? content : Arrays.copyOf(content, length);
    }

    /** What was written to disk. */
    DeadLetters.Incoming letter() {
        if (letter == null) {
            throw new IllegalStateException("the message is in memory");
        }
        return letter;
    }

    /** Deletes what was written and not kept. */
    void discardUnkept() {
        if (letter != null) {
            letter.close();
        }
    }

    /** Its first bytes, where they could be looked at: they tell it from others. */
    byte[] beginning() {
        return Arrays.copyOf(content, length);
    }

    /** The ending of a file that holds it. */
    String ending() {
        return readable ? MessageForm.ending(content) : ".bin";
    }

    @Override
    public void write(int one) throws IOException {
        if (++came > sent && letter == null) {
            spill(); // it holds more than it says
        }
        if (!text) {
            put(one);
        } else if (came > TEXT_HEADER) {
            if (low < 0) {
                low = one & 0xFF;
            } else {
                unit((char) (low | (one & 0xFF) << 8));
                low = -1;
            }
        }
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    /** Half a character becomes three bytes that are not UTF-8, as in {@link Utf8}. */
    private void unit(char c) throws IOException {
        if (high != 0) {
            char before = high;
            high = 0;
            if (Character.isLowSurrogate(c)) {
                int point = Character.toCodePoint(before, c);
                put(0xF0 | point >> 18);
                put(0x80 | point >> 12 & 0x3F);
                put(0x80 | point >> 6 & 0x3F);
                put(0x80 | point & 0x3F);
                return;
            }
            three(before);
        }
        if (Character.isHighSurrogate(c)) {
            high = c;
        } else if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6);
            put(0x80 | c & 0x3F);
        } else {
            three(c);
        }
    }

    private void three(char c) throws IOException {
        put(0xE0 | c >> 12);
        put(0x80 | c >> 6 & 0x3F);
        put(0x80 | c & 0x3F);
    }

    private void put(int one) throws IOException {
        if (letter == null && (!readable || length == most)) {
            spill();
        }
        if (letter == null) {
            if (length == content.length) {
                long more = length == 0 ? Math.max(1024, text ? sent / 2 : sent) : 2L * length;
                content = Arrays.copyOf(content, (int) Math.min(more, most));
            }
            content[length++] = (byte) one;
            return;
        }
        try {
            letter.stream().write(one);
        } catch (IOException e) {
            diskFailed = true;
            throw e;
        }
    }

    private void spill() throws IOException {
        try {
            letter = disk.open();
            letter.stream().write(content, 0, length);
            length = Math.min(length, LOOKED_AT);
            content = Arrays.copyOf(content, length); // the rest is on the disk
        } catch (IOException e) {
            diskFailed = true;
            throw e;
        }
    }
}
