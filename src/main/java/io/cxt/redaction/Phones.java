package io.cxt.redaction;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import io.cxt.transcript.Blanks;

/**
 * Phone numbers that exist in their country's plan. Only rows of digits that are long enough are shown to the library, each
 * with what stands beside it.
 *
 * @param region whose numbers may lack their country code, as ISO 3166 names it; {@code ZZ} for none
 */
record Phones(String region) implements Finder {
    private static final int FEWEST_DIGITS = 7;
    private static final int LONGEST = 250;
    private static final int TRIES = 25;

    @Override
    public boolean worth(int digits, boolean at) {
        return digits >= FEWEST_DIGITS;
    }

    @Override
    public String plain(String value) {
        return Finder.compact(value).replaceAll("[^0-9+]", "");
    }

    @Override
    public void find(String text, Found found) {
        int at = 0;
        while (at < text.length()) {
            if (Finder.digitAt(text, at) < 0 && text.charAt(at) != '+' && text.charAt(at) != '(') {
                at++;
                continue;
            }
            int to = at;
            int digits = 0;
            while (to < text.length() && to - at < LONGEST && inside(text.charAt(to))) {
                digits += Finder.digitAt(text, to) >= 0 ? 1 : 0;
                to++;
            }
            if (digits >= FEWEST_DIGITS) {
                look(text, Math.max(0, at - 1), Math.min(text.length(), to + 4), found);
            }
            at = Math.max(to, at + 1);
        }
    }

    private void look(String text, int from, int to, Found found) {
        for (PhoneNumberMatch match :
                PhoneNumberUtil.getInstance().findNumbers(text.substring(from, to), region, Leniency.VALID, TRIES)) {
            found.at(from + match.start(), from + match.end());
        }
    }

    private static boolean inside(char c) {
        return c >= '0' && c <= '9'
                || c == '+'
                || c == '('
                || c == ')'
                || c == '/'
                || c != '\n' && Finder.separates(c)
                || c > 0x7F && (Character.isDigit(c) || c == '\uFF0B')
                || c != '\n' && Blanks.isBlank(c);
    }
}
