package io.cxt.redaction;

import java.util.Arrays;

/**
 * Card numbers: the digits of known issuers in the lengths they have, with the check digit of Luhn. Groups may be apart by
 * up to three blanks, dashes or dots, and digits may be of any script. A number begins and ends with a group: digits within
 * a longer row of digits, or within a hash in hex, are none.
 */
final class Cards implements Finder {
    private static final int LONGEST = 19;
    private static final int MOST_BETWEEN = 3;
    /** So long a row is looked through in pieces, which overlap by the longest number. */
    private static final int MOST_DIGITS = 4096;

    private static final int HASH = 20;
    private static final int LOOKED_AROUND = 128;
    private static final int[] NONE = {};
    private static final int[] VISA = {16, 13, 19};
    private static final int[] AMEX = {15};
    private static final int[] DINERS = {14, 16, 19};
    private static final int[] SIXTEEN = {16};
    private static final int[] LONGER = {16, 19, 18, 17};
    private static final int[] MAESTRO = {16, 18, 19, 17, 15, 14, 13};

    @Override
    public boolean worth(int digits, boolean at) {
        return digits >= 13;
    }

    @Override
    public String plain(String value) {
        return Finder.compact(value);
    }

    @Override
    public void find(String text, Found found) {
        int next = 0;
        while (next < text.length()) {
            if (Finder.digitAt(text, next) < 0) {
                next++;
            } else {
                Row row = new Row(text, next);
                row.judge(found);
                next = row.end;
            }
        }
    }

    /** Digits that stand together, with what separates their groups. */
    private static final class Row {
        private final String text;
        private byte[] digits = new byte[32];
        private int[] from = new int[32];
        private int[] to = new int[32];
        private boolean[] begins = new boolean[32];
        private int count;
        private final int end;

        Row(String text, int start) {
            this.text = text;
            int at = start;
            int between = 0;
            int last = start;
            boolean group = true;
            while (at < text.length() && between <= MOST_BETWEEN && count < MOST_DIGITS) {
                int point = text.codePointAt(at);
                int width = Character.charCount(point);
                int digit = Finder.digitAt(text, at);
                if (digit >= 0) {
                    add(digit, at, at + width, group || between > 0);
                    group = false;
                    between = 0;
                    last = at + width;
                } else if (Finder.separates(point)) {
                    between++;
                } else {
                    break;
                }
                at += width;
            }
            end = count < MOST_DIGITS ? last : from[count - LONGEST];
        }

        private void add(int digit, int begin, int after, boolean first) {
            if (count == digits.length) {
                digits = Arrays.copyOf(digits, 2 * count);
                from = Arrays.copyOf(from, 2 * count);
                to = Arrays.copyOf(to, 2 * count);
                begins = Arrays.copyOf(begins, 2 * count);
            }
            digits[count] = (byte) digit;
            from[count] = begin;
            to[count] = after;
            begins[count++] = first;
        }

        void judge(Found found) {
            int next = 0;
            for (int first = 0; first + 13 <= count; first++) {
                if (first >= next && begins[first]) {
                    for (int length : lengths(first)) {
                        int after = first + length;
                        if (after <= count
                                && (after == count || begins[after])
                                && luhn(first, after)
                                && !hash(first, after)) {
                            found.at(from[first], to[after - 1]);
                            next = after;
                            break;
                        }
                    }
                }
            }
        }

        /** The lengths that numbers with this beginning have, the usual one first. */
        private int[] lengths(int first) {
            int four = digits[first] * 1000 + digits[first + 1] * 100 + digits[first + 2] * 10 + digits[first + 3];
            int two = four / 100;
            int three = four / 10;
            if (two / 10 == 4) {
                return VISA;
            }
            if (two >= 51 && two <= 55 || four >= 2221 && four <= 2720) {
                return SIXTEEN;
            }
            if (two == 34 || two == 37) {
                return AMEX;
            }
            if (three >= 300 && three <= 305 || three == 309 || two == 36 || two == 38 || two == 39) {
                return DINERS;
            }
            if (two == 35 && four >= 3528 && four <= 3589
                    || two >= 60 && two <= 62
                    || two == 64
                    || two == 65
                    || two == 81
                    || two == 82
                    || four >= 2200 && four <= 2204) {
                return LONGER;
            }
            return two == 50 || two >= 56 && two <= 58 || two == 63 || two == 67
                    ? MAESTRO
                    : four == 9792 ? SIXTEEN : NONE;
        }

        private boolean luhn(int first, int after) {
            int sum = 0;
            boolean same = true;
            for (int i = after - 1, place = 0; i >= first; i--, place++) {
                int digit = digits[i] << (place & 1);
                sum += digit > 9 ? digit - 9 : digit;
                same &= digits[i] == digits[first];
            }
            return sum % 10 == 0 && !same;
        }

        /** True within a word of letters and digits that is no word a person writes: a hash, or a mark of another kind. */
        private boolean hash(int first, int after) {
            int begin = from[first];
            boolean letters = false;
            boolean hex = true;
            while (begin > 0
                    && from[first] - begin < LOOKED_AROUND
                    && Character.isLetterOrDigit(text.charAt(begin - 1))) {
                char c = text.charAt(--begin);
                if (Character.isDigit(c)) {
                    return true;
                }
                letters = true;
                hex &= c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            }
            int stop = to[after - 1];
            while (stop < text.length()
                    && stop - to[after - 1] < LOOKED_AROUND
                    && Character.isLetterOrDigit(text.charAt(stop))) {
                char c = text.charAt(stop++);
                letters |= !Character.isDigit(c);
                hex &= Character.isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            }
            return letters && hex && stop - begin >= HASH;
        }
    }
}
