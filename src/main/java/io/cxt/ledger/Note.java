package io.cxt.ledger;

import org.jspecify.annotations.Nullable;

/** Why a person orders something. It is in the audit. */
public final class Note {
    private static final int LONGEST = 500;

    private Note() {}

    /** @throws OrderRefused when it is empty or too long */
    public static String needed(@Nullable String note) {
        String words = optional(note);
        if (words == null) {
            throw new OrderRefused("note is empty; allowed: 1 to %s characters, it is in the audit".formatted(LONGEST));
        }
        return words;
    }

    /** Null for an empty one. @throws OrderRefused when it is too long */
    public static @Nullable String optional(@Nullable String note) {
        if (note == null || note.isBlank()) {
            return null;
        }
        String words = note.strip();
        if (words.length() > LONGEST) {
            throw new OrderRefused("note has %s characters; allowed: 1 to %s".formatted(words.length(), LONGEST));
        }
        return words;
    }
}
