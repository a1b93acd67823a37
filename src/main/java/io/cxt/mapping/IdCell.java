package io.cxt.mapping;

import io.cxt.transcript.Blanks;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An id as it stands in a table, and what spreadsheets and database exports make of ids. */
final class IdCell {
    /** A spreadsheet keeps so many digits of a number, and writes zeros behind them. */
    private static final int DIGITS_KEPT = 15;

    /** As spreadsheets and programs write it; without sign and fraction, as in 12E34, it can be an id of its own. */
    private static final Pattern SCIENTIFIC =
            Pattern.compile("[+-]?[0-9]{1,3}([.,][0-9]+)?[eE]\\+[0-9]{1,3}|[+-]?[0-9]{1,3}[.,][0-9]+[eE]-?[0-9]{1,3}");

    private static final Pattern FRACTION = Pattern.compile("[+-]?[0-9]+[.,]0{1,2}");
    private static final Pattern ERROR = Pattern.compile("#(N/A|DIV/0!|[A-Z_]+[!?]|#+)");

    private IdCell() {}

    /** The id without blanks around it; empty when it is a word for no value. */
    static String read(String cell) {
        String id = Blanks.strip(cell);
        return Blanks.isNothing(id) ? "" : id;
    }

    /** What a program did to the id, in words; null when nothing of it shows. */
    static @Nullable String change(String id) {
        char first = id.isEmpty() ? 'x' : id.charAt(0);
        if (first == '\'' || first == '\u2019') {
            return "holds an id with a ' before it, by which a spreadsheet marks a text";
        }
        if (first == '=') {
            return "holds a formula in place of an id";
        }
        if (first == '#' && ERROR.matcher(id).matches()) {
            return "holds a spreadsheet's word for an error in place of an id";
        }
        if (first > '9' || id.length() > 40) {
            return null;
        }
        if (SCIENTIFIC.matcher(id).matches()) {
            return "holds a number in scientific form, in which digits of an id are lost";
        }
        return FRACTION.matcher(id).matches() ? "holds a number with a fraction of 0 in place of an id" : null;
    }

    /**
     * How many zeros a number ends in that is longer than what a spreadsheet keeps.
     *
     * @return their count when there are no other digits behind those that are kept; -1 when there are; 0 when it is no
     *     such number
     */
    static int zeros(String id) {
        if (id.length() <= DIGITS_KEPT || id.length() > 40) {
            return 0;
        }
        int zeros = 0;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            zeros = c == '0' ? zeros + 1 : 0;
        }
        return zeros >= id.length() - DIGITS_KEPT ? zeros : -1;
    }

    /**
     * The same for ids that a person takes for one: upper and lower case, blanks, and how a character is written (composed
     * or not, full width) make no difference.
     */
    static String alike(String id) {
        StringBuilder seen = new StringBuilder(id.length());
        id.codePoints().filter(point -> !Blanks.isBlank(point)).forEach(seen::appendCodePoint);
        return normal(normal(seen.toString()).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
    }

    private static String normal(String id) {
        return id.chars().allMatch(c -> c < 0x80) ? id : Normalizer.normalize(id, Normalizer.Form.NFKC);
    }
}
