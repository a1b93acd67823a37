package io.cxt.transcript;

import java.util.Locale;
import java.util.Set;

/**
 * Blanks of every kind, those without width too: a person cannot see them at the edge of an id, and they make it
 * another id. And the words that stand where there is none.
 */
public final class Blanks {
    /** Letters and marks by their kind, and yet nothing to see: braille and Hangul fillers, the grapheme joiner. */
    private static final String FILLERS = "\u2800\u3164\u115F\u1160\uFFA0\u034F";

    /** What words for no value begin with: most ids are none at the first look. */
    private static final String NOTHING_BEGINS = "nNuU([<\\-\u2013\u2014";

    private static final Set<String> NOTHING = Set.of(
            "null",
            "(null)",
            "<null>",
            "[null]",
            "none",
            "nil",
            "nan",
            "n/a",
            "undefined",
            "\\n",
            "-",
            "--",
            "\u2013",
            "\u2014");

    private Blanks() {}

    /** True for a word that programs write where they have no value. */
    public static boolean isNothing(String text) {
        boolean perhaps = !text.isEmpty() && text.length() <= 9 && NOTHING_BEGINS.indexOf(text.charAt(0)) >= 0;
        return perhaps && NOTHING.contains(text.toLowerCase(Locale.ROOT));
    }

    /** The text without blanks around it; the same object when there are none. */
    public static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (from < to && isBlank(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return from == 0 && to == text.length() ? text : text.substring(from, to);
    }

    /** True for white space in Unicode's sense, for what only formats, and for fillers. */
    public static boolean isBlank(int point) {
        if (point > ' ' && point < 0x7F) {
            return false;
        }
        return switch (Character.getType(point)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT ->
                true;
            case Character.CONTROL -> Character.isWhitespace(point) || point == 0x85;
            default -> FILLERS.indexOf(point) >= 0;
        };
    }
}
