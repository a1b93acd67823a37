package io.cxt.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.io.ContentReference;
import io.cxt.transcript.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Finds escapes like {@code \}{@code u00e4} whose four places are no hex digits. Jackson looks only at the last byte
 * of each character there, so that it takes some of other scripts for digits.
 */
public final class Escapes {
    private static final int PLACES = 4;

    private Escapes() {}

    /**
     * Looks through a text that is JSON in every other respect.
     *
     * @return where the first such escape begins; -1 when there is none
     */
    public static int firstWrong(CharSequence text) {
        for (int i = 0; i < text.length() - 1; i++) {
            if (text.charAt(i) == '\\') {
                i++; // what is escaped may be a backslash itself
                if (text.charAt(i) == 'u' && !digits(text, i + 1)) {
                    return i - 1;
                }
            }
        }
        return -1;
    }

    private static boolean digits(CharSequence text, int from) {
        for (int i = from; i < from + PLACES; i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }

    /** The place of a character as the parser would give it. */
    static JsonLocation place(CharSequence text, int at) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at; i++) {
            boolean end = text.charAt(i) == '\n';
            line += end ? 1 : 0;
            column = end ? 1 : column + 1;
        }
        return new JsonLocation(ContentReference.unknown(), at, line, column);
    }

    /** The rule broken by a text that the decoder let through because it came as a backslash escape; or null. */
    static @Nullable Reason unfit(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                return Reason.TEXT_NUL;
            }
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c) || i == value.length() || !Character.isLowSurrogate(value.charAt(i))) {
                    return Reason.TEXT_SURROGATE;
                }
            }
        }
        return null;
    }
}
