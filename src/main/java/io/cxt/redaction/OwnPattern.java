package io.cxt.redaction;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** A pattern of the policy. Those of RE2 take no longer than the text is long. */
record OwnPattern(Pattern pattern) implements Finder {
    @Override
    public void find(String text, Found found) {
        Matcher match = pattern.matcher(text);
        while (match.find()) {
            if (match.end() > match.start()) {
                found.at(match.start(), match.end());
            }
        }
    }
}
