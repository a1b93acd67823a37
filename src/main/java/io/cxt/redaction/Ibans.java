package io.cxt.redaction;

import io.cxt.transcript.Blanks;
import java.util.HashMap;
import java.util.Map;

/** IBANs of the countries that have them, in the length of their country, whose check digits are right (ISO 13616). */
final class Ibans implements Finder {
    private static final String COUNTRIES =
            "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27"
                    + "GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27"
                    + "MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24"
                    + "SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

    private static final Map<String, Integer> LENGTHS = new HashMap<>();
    private static final int MOST_BETWEEN = 2;

    static {
        for (int i = 0; i < COUNTRIES.length(); i += 4) {
            LENGTHS.put(COUNTRIES.substring(i, i + 2), Integer.parseInt(COUNTRIES, i + 2, i + 4, 10));
        }
    }

    @Override
    public boolean worth(int digits, boolean at) {
        return digits >= 6;
    }

    @Override
    public String plain(String value) {
        return Finder.compact(value);
    }

    @Override
    public void find(String text, Found found) {
        int next = 0;
        while (next + 15 <= text.length()) {
            int end = begins(text, next) ? end(text, next) : -1;
            if (end > 0) {
                found.at(next, end);
            }
            next = end > 0 ? end : next + 1;
        }
    }

    private static boolean begins(String text, int at) {
        return letter(text.charAt(at))
                && letter(text.charAt(at + 1))
                && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)));
    }

    private static boolean letter(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    /** Where the IBAN ends that begins there; -1 when none does. */
    private static int end(String text, int from) {
        Integer length = LENGTHS.get(Finder.compact(text.substring(from, from + 2)));
        StringBuilder iban = new StringBuilder();
        int between = 0;
        for (int at = from; length != null && at < text.length(); ) {
            int point = text.codePointAt(at);
            int digit = Finder.digitAt(text, at);
            at += Character.charCount(point);
            if (digit >= 0 || point < 0x80 && letter((char) point)) {
                iban.append(digit >= 0 ? (char) ('0' + digit) : Character.toUpperCase((char) point));
                between = 0;
                if (iban.length() == length) {
                    boolean goesOn = at < text.length() && Character.isLetterOrDigit(text.charAt(at));
                    return !goesOn && checks(iban) ? at : -1;
                }
            } else if (++between > MOST_BETWEEN || !Blanks.isBlank(point) && !Finder.separates(point)) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean checks(StringBuilder iban) {
        int rest = 0;
        for (int i = 0; i < iban.length(); i++) {
            char c = iban.charAt((i + 4) % iban.length());
            int value = Character.digit(c, 36);
            rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
        }
        return rest == 1 && Character.isDigit(iban.charAt(2)) && Character.isDigit(iban.charAt(3));
    }
}
