package io.cxt.json;

import io.cxt.text.Nearest;
import io.cxt.transcript.Reason;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which field was probably meant by an unknown one: nearly the same letters, whatever their case, or an abbreviation. */
final class MisspeltField {
    /** Longer names are none of ours with a slip. */
    private static final int LONGEST = 40;

    private MisspeltField() {}

    /** The rule that is broken when this field is missing; null for one that may be. */
    static @Nullable Reason whenMissing(String field, boolean ofParty) {
        return switch (field) {
            case "interactionId" -> Reason.ID_INTERACTION;
            case "agentId" -> Reason.ID_AGENT;
            case "customerId" -> Reason.ID_CUSTOMER;
            case "messages" -> Reason.MSG_NONE;
            case "from" -> Reason.MSG_FROM;
            case "to" -> Reason.MSG_TO;
            case "text" -> Reason.MSG_TEXT;
            case "timestamp" -> Reason.TS_MISSING;
            default -> ofParty ? Reason.MSG_PARTY : null;
        };
    }

    static boolean anyOf(Collection<String> names, Collection<String> fields) {
        return names.stream().anyMatch(name -> meant(name, fields) != null);
    }

    /**
     * The field that was probably meant.
     *
     * @param fields those that it may be; of two spellings the one without an underscore is named
     * @return null when none is near
     */
    static @Nullable String meant(String name, Collection<String> fields) {
        if (name.length() > LONGEST) {
            return null;
        }
        String letters = letters(name);
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String field : fields) {
            String wanted = letters(field);
            int most = wanted.length() <= 2 ? 0 : wanted.length() <= 4 ? 1 : 2;
            int edits = Nearest.edits(letters, wanted, most);
            boolean near = edits <= most || abbreviates(letters, wanted);
            if (near && field.indexOf('_') < 0 && (edits < least || edits == least && field.compareTo(nearest) < 0)) {
                nearest = field;
                least = edits;
            }
        }
        return nearest;
    }

    /** True for {@code msgs} of {@code messages}: the first letter, and in their order at least half of them. */
    private static boolean abbreviates(String letters, String wanted) {
        if (letters.length() * 2 < wanted.length() || letters.charAt(0) != wanted.charAt(0)) {
            return false;
        }
        int at = 0;
        for (int i = 0; i < wanted.length() && at < letters.length(); i++) {
            at += wanted.charAt(i) == letters.charAt(at) ? 1 : 0;
        }
        return at == letters.length() && at < wanted.length();
    }

    private static String letters(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }
}
