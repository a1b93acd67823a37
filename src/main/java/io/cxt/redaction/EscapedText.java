package io.cxt.redaction;

import java.util.Arrays;

/**
 * Text with the escapes of JSON read, whether or not it is JSON.
 *
 * @param at where each character of the plain text begins in the source, and where the source ends; empty when both are the
 *     same
 */
record EscapedText(String plain, int[] at) {
    private static final String LETTERS = "nrtbf";
    private static final String MEANT = "\n\r\t\b\f";

    static EscapedText of(String source) {
        if (source.indexOf('\\') < 0) {
            return new EscapedText(source, new int[0]);
        }
        StringBuilder plain = new StringBuilder(source.length());
        int[] at = new int[source.length() + 1];
        int i = 0;
        while (i < source.length()) {
            at[plain.length()] = i;
            char c = source.charAt(i++);
            if (c == '\\' && i < source.length()) {
                char escaped = source.charAt(i++);
                int letter = LETTERS.indexOf(escaped);
                int unit = escaped == 'u' ? unit(source, i) : -1;
                i += unit >= 0 ? 4 : 0;
                c = unit >= 0 ? (char) unit : letter >= 0 ? MEANT.charAt(letter) : escaped;
            }
            plain.append(c);
        }
        at[plain.length()] = source.length();
        return new EscapedText(plain.toString(), Arrays.copyOf(at, plain.length() + 1));
    }

    private static int unit(String source, int from) {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < source.length() ? Character.digit(source.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** A place in the plain text as a place in the source. What an escape says is not known there: it is not whole. */
    Hit inSource(Hit hit) {
        return at.length == 0
                ? hit
                : new Hit(
                        at[hit.from()],
                        at[hit.to()],
                        hit.rule(),
                        hit.whole() && at[hit.to()] - at[hit.from()] == hit.to() - hit.from(),
                        hit.further());
    }

    @Override
    public String toString() {
        return "EscapedText[" + plain.length() + "]";
    }
}
