package io.cxt.redaction;

import java.util.Locale;

/** E-mail addresses with a domain that has a dot, in letters of any script. */
final class Emails implements Finder {
    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_DOMAIN = 253;

    @Override
    public boolean worth(int digits, boolean at) {
        return at;
    }

    @Override
    public String plain(String value) {
        return value.toLowerCase(Locale.ROOT);
    }

    @Override
    public void find(String text, Found found) {
        int last = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            int from = at;
            while (from > last && at - from < LONGEST_NAME && ofName(text.charAt(from - 1))) {
                from--;
            }
            while (from < at && (text.charAt(from) == '.' || text.charAt(from) == '\'' || text.charAt(from) == '-')) {
                from++;
            }
            int to = domain(text, at + 1);
            if (from < at && to > 0) {
                found.at(from, to);
                last = to;
            }
        }
    }

    private static boolean ofName(char c) {
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || "._%+-'&=~!#$*/?^`{|}".indexOf(c) >= 0;
    }

    /** Where the domain ends, whose last label has two letters at least; -1 when there is none. */
    private static int domain(String text, int from) {
        int to = -1;
        int label = from;
        int at = from;
        boolean letters = true;
        while (at - from < LONGEST_DOMAIN) {
            char c = at < text.length() ? text.charAt(at) : ' ';
            if (Character.isLetterOrDigit(c) || c == '-') {
                letters &= Character.isLetter(c) || c == '-';
                at++;
                continue;
            }
            if (at == label) {
                return to;
            }
            if (label > from && at - label >= 2 && letters) {
                to = at;
            }
            if (c != '.') {
                return to;
            }
            label = ++at;
            letters = true;
        }
        return to;
    }
}
