package io.cxt.redaction;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;

/**
 * The three or four digits on a card, where the words near them say so: "cvv 123", "security code is 123", "123 is my cvc".
 * By themselves such digits can be anything.
 */
final class CardCodes implements Finder {
    private static final String WORDS =
            "cvv|cvc|cvn|csc|cav|card (?:verification|security|validation) (?:code|value|number)"
                    + "|security (?:code|digits)|digits (?:on|at|from) the (?:back|reverse)|number on the back"
                    + "|(?:karten)?pr(?:ü|ue)f(?:nummer|ziffer|ziffern|code|zahl)|sicherheits(?:code|nummer)"
                    + "|code de s[ée]curit[ée]|cryptogramme|c[óo]digo de segur(?:idad|an[çc]a)|codice di sicurezza|beveiligingscode";

    private static final Pattern WORD = Pattern.compile("(?i)(?:" + WORDS + ")");
    private static final Pattern BEFORE = Pattern.compile(
            "(?i)(?:^|[^\\p{L}\\p{Nd}/.,-])(\\p{Nd}{3,4})[ ,]*(?:is|=|as|ist|est|es|\\()[ ]*(?:(?:my|the|your|meine?|die|der|le|el)[ ]+)?(?:"
                    + WORDS + ")");
    private static final Pattern OTHER = Pattern.compile("(?i)(?:ending|ends|last|endet|letzten)[^.]{0,12}$");
    private static final int WINDOW = 48;
    private static final int LONGEST_ANSWER = 48;

    @Override
    public boolean worth(int digits, boolean at) {
        return digits >= 3;
    }

    @Override
    public String plain(String value) {
        return Finder.compact(value);
    }

    /** Without one of these no word is there: that is seen a hundred times faster than by a pattern. */
    private static final List<String> STEMS = List.of(
            "cvv",
            "cvc",
            "cvn",
            "csc",
            "cav",
            "card verif",
            "card secur",
            "card valid",
            "secur",
            "curit",
            "segur",
            "sicur",
            "digits ",
            "number on",
            "fnummer",
            "fziffer",
            "fcode",
            "fzahl",
            "sicherheits",
            "cryptogramme",
            "beveiliging");

    private static boolean perhaps(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return STEMS.stream().anyMatch(lower::contains);
    }

    @Override
    public void find(String text, Found found) {
        if (!perhaps(text)) {
            return;
        }
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (isWord(text, word.start(), word.end())) {
                after(text, word.end(), found);
            }
        }
        Matcher before = BEFORE.matcher(text);
        while (before.find()) {
            found.at(before.start(1), before.end(1));
        }
    }

    /** True when a text speaks of such digits. */
    static boolean asked(String text) {
        if (!perhaps(text)) {
            return false;
        }
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (isWord(text, word.start(), word.end())) {
                return true;
            }
        }
        return false;
    }

    /** The digits in a short answer that has no others; it is an answer where the message before it asked. */
    static void answer(String text, Found found) {
        if (text.length() > LONGEST_ANSWER) {
            return;
        }
        int from = -1;
        int to = -1;
        for (int at = 0; at < text.length(); ) {
            int end = group(text, at);
            if (end > at) {
                if (from >= 0) {
                    return;
                }
                from = at;
                to = end;
            }
            at = Math.max(end, at + 1);
        }
        if (from >= 0 && isCode(text, from, to)) {
            found.at(from, to);
        }
    }

    private static boolean isWord(String text, int from, int to) {
        char before = from == 0 ? ' ' : text.charAt(from - 1);
        boolean place = before == '[' && to < text.length() && text.charAt(to) == ']';
        return !place && !Character.isLetter(before) && (to == text.length() || !Character.isLetter(text.charAt(to)));
    }

    /** The first group that can be a code; what stands for one already is the code. */
    private static void after(String text, int from, Found found) {
        int stop = Math.min(text.length(), from + WINDOW);
        int last = from;
        for (int at = from; at < stop; ) {
            if (text.startsWith("[cvv", at)) {
                return;
            }
            int end = group(text, at);
            if (end > at
                    && isCode(text, at, end)
                    && !OTHER.matcher(text.substring(last, at)).find()) {
                found.at(at, end);
                return;
            }
            last = end > at ? end : last;
            at = Math.max(end, at + 1);
        }
    }

    /** The end of the digits that begin there; of three or four single ones with one blank or dash between two, too. */
    private static int group(String text, int from) {
        int at = from;
        while (at < text.length() && Finder.digitAt(text, at) >= 0) {
            at += Character.charCount(text.codePointAt(at));
        }
        if (at - from != 1) {
            return at;
        }
        int single = at;
        while (single + 1 < text.length()
                && Finder.separates(text.charAt(single))
                && Finder.digitAt(text, single + 1) >= 0) {
            single += 2;
        }
        boolean ends = single == text.length() || Finder.digitAt(text, single) < 0;
        int digits = (single - from + 1) / 2;
        return ends && digits >= 3 && digits <= 4 ? single : at;
    }

    private static boolean isCode(String text, int from, int to) {
        int digits = Finder.compact(text.substring(from, to)).length();
        return (digits == 3 || digits == 4)
                && (from == 0 || "/:,.€$£#".indexOf(text.charAt(from - 1)) < 0 || from == 1)
                && (to >= text.length() - 1
                        || "/:%€$£,.".indexOf(text.charAt(to)) < 0
                        || Finder.digitAt(text, to + 1) < 0 && "/%€$£".indexOf(text.charAt(to)) < 0);
    }
}
