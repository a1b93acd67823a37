package io.cxt.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Turns text that did not come as bytes into bytes, and hides no fault in it. */
public final class Utf8 {
    private Utf8() {}

    /**
     * The text as UTF-8. Half a character (a lone surrogate), for which Java would write a question mark, becomes three
     * bytes that are not UTF-8, so that the reader finds them.
     */
    public static byte[] bytes(String text) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | point >> 12);
                bytes.write(0x80 | point >> 6 & 0x3F);
                bytes.write(0x80 | point & 0x3F);
            } else {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
