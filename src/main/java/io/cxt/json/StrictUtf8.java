package io.cxt.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8 and takes nothing else: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * <p>JSON parsers that read bytes take some of these, and {@code new String} replaces them without a word. The buffer
 * is kept for the next record.
 */
final class StrictUtf8 {

    private static final int FIRST_CHARS = 16 * 1024;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private CharBuffer decoded = CharBuffer.allocate(FIRST_CHARS);

    /**
     * Decodes the first bytes of the buffer into {@link #chars}.
     *
     * @return -1, or the index of the first byte that does not belong to UTF-8
     */
    int decode(byte[] bytes, int length) {
        if (decoded.capacity() < length) { // a byte never becomes more than one char
            decoded = CharBuffer.allocate(
                    Math.max(length, (int) Math.min(Integer.MAX_VALUE - 8L, decoded.capacity() * 2L)));
        }
        decoded.clear();
        ByteBuffer encoded = ByteBuffer.wrap(bytes, 0, length);
        CoderResult result = decoder.reset().decode(encoded, decoded, true);
        if (!result.isUnderflow()) {
            return encoded.position();
        }
        decoder.flush(decoded);
        return -1;
    }

    /** What was decoded last, from 0. */
    char[] chars() {
        return decoded.array();
    }

    /** How many chars were decoded last. */
    int length() {
        return decoded.position();
    }

    /** Bytes of memory held. */
    int held() {
        return decoded.capacity() * Character.BYTES;
    }
}
