package io.cxt.redaction;

import io.cxt.transcript.Blanks;

/** Finds values of one kind in a text. The time it takes grows with the length of the text, and no faster. */
interface Finder {
    /** Told of each place. */
    interface Found {
        /** @param to the index after the last character */
        void at(int from, int to);
    }

    void find(String text, Found found);

    /**
     * False when the text cannot hold such a value, so that it need not be looked through.
     *
     * @param digits how many it has
     * @param at true when it has an @
     */
    default boolean worth(int digits, boolean at) {
        return true;
    }

    /** What two spellings of one value have in common: allow-lists and hashes go by it. */
    default String plain(String value) {
        return value;
    }

    /**
     * True for what people put between the groups of a number: blanks of every kind, dashes, dots. And for NUL, which stands
     * between the digits of UTF-16 that is read byte by byte.
     */
    static boolean separates(int point) {
        return point == '.'
                || point == 0
                || point == '-'
                || point == 0x2212
                || Character.getType(point) == Character.DASH_PUNCTUATION
                || Blanks.isBlank(point);
    }

    /** A number without what separates its groups, its digits in ASCII, its letters in upper case. */
    static String compact(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        value.codePoints().filter(point -> !separates(point)).forEach(point -> {
            int digit = Character.getType(point) == Character.DECIMAL_DIGIT_NUMBER ? Character.digit(point, 10) : -1;
            plain.appendCodePoint(digit < 0 ? Character.toUpperCase(point) : '0' + digit);
        });
        return plain.toString();
    }

    /** The digit that stands there, in any script; -1 for none. */
    static int digitAt(String text, int index) {
        char c = text.charAt(index);
        if (c < 0x80) {
            return c >= '0' && c <= '9' ? c - '0' : -1;
        }
        int point = text.codePointAt(index);
        return Character.getType(point) == Character.DECIMAL_DIGIT_NUMBER ? Character.digit(point, 10) : -1;
    }
}
