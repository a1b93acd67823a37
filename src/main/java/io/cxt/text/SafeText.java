package io.cxt.text;

import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What others wrote, as people see it: nothing in it can forge a log line, leave its quotes or steer a terminal. */
public final class SafeText {
    /** Letters, marks and symbols that nobody sees. */
    private static final String UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

    private static final int SHORT = 12;
    private static final int LONGEST = 200;

    private SafeText() {}

    /**
     * The text with letters of any script as they are. Control and format characters, blanks other than the space,
     * quotes, backslashes and what cannot be seen become escapes, as JSON has them; an escape stays as it is.
     *
     * @param longest in characters; the last escape may go beyond
     */
    public static String escaped(String text, int longest) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && safe.length() < longest; ) {
            int c = text.codePointAt(i);
            int end = i + Character.charCount(c);
            if (c == '\\' ? isEscape(text, i) : isSeen(c)) {
                safe.appendCodePoint(c);
            } else {
                text.substring(i, end).chars().forEach(half -> safe.append(escape((char) half)));
            }
            i = end;
        }
        return safe.toString();
    }

    /** A line for reading, in whole: only what steers, turns or hides is an escape. */
    public static String readable(String line) {
        StringBuilder safe = new StringBuilder();
        line.codePoints().forEach(c -> {
            if (c == '"' || c == '\t' || isSeen(c)) {
                safe.appendCodePoint(c);
            } else {
                Character.toString(c).chars().forEach(half -> safe.append(escape((char) half)));
            }
        });
        return safe.toString();
    }

    /** Fit for a terminal, and not longer than can be read. */
    public static String brief(@Nullable Object value) {
        if (value == null) {
            return "empty";
        }
        if (value instanceof Set<?> several) {
            return several.stream().map(SafeText::brief).sorted().collect(Collectors.joining(" or "));
        }
        String text = value.toString();
        if (text.matches("[0-9a-f]{64}")) {
            return text.substring(0, SHORT) + "...";
        }
        return escaped(text, LONGEST);
    }

    /** The escape that JSON has for a character. */
    public static String escape(char c) {
        return "\\u" + HexFormat.of().toHexDigits(c);
    }

    /** True where six characters are an escape already: as the ledger keeps what no database takes. */
    private static boolean isEscape(String text, int at) {
        return text.startsWith("u", at + 1)
                && at + 6 <= text.length()
                && text.substring(at + 2, at + 6).chars().allMatch(HexFormat::isHexDigit);
    }

    private static boolean isSeen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> c != '"' && UNSEEN.indexOf(c) < 0 && !selectsVariation(c);
        };
    }

    private static boolean selectsVariation(int c) {
        return c >= 0xfe00 && c <= 0xfe0f || c >= 0x180b && c <= 0x180f || c >= 0xe0100 && c <= 0xe01ef;
    }
}
