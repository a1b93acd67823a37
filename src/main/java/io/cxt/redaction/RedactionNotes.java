package io.cxt.redaction;

import io.cxt.transcript.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What the notes of an entry say of its redaction, for audit and reports: the policy, and counts by rule. */
public final class RedactionNotes {
    private static final String NOTE = "redaction=";
    private static final String COUNT = "redacted-";

    private RedactionNotes() {}

    /** @param left what is left of a note: one names fields that were left out */
    static List<String> with(
            List<String> before, UnaryOperator<String> left, String policy, Map<String, Integer> counts) {
        List<String> notes = new ArrayList<>();
        before.forEach(note -> notes.add(note.startsWith(Entry.ID_PREFIX) ? note : left.apply(note)));
        notes.add(NOTE + policy);
        counts.forEach((rule, count) -> notes.add(COUNT + rule + ":" + count));
        return notes;
    }

    /** How much each rule took out, as notes say. */
    public static Map<String, Integer> counts(List<String> notes) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String note : notes) {
            if (note.startsWith(COUNT)) {
                int colon = note.indexOf(':');
                counts.put(note.substring(COUNT.length(), colon), Integer.valueOf(note.substring(colon + 1)));
            }
        }
        return counts;
    }

    /** Those of the notes that are about redaction. */
    public static List<String> of(List<String> notes) {
        return notes.stream()
                .filter(note -> note.startsWith(NOTE) || note.startsWith(COUNT))
                .toList();
    }

    /** What notes say of policy and counts, with a blank behind each; empty for nothing. */
    public static String inWords(List<String> notes) {
        return of(notes).stream().map(note -> note + " ").collect(Collectors.joining());
    }

    /** The policy that notes speak of; empty for none. */
    public static String policy(List<String> notes) {
        return notes.stream()
                .filter(note -> note.startsWith(NOTE))
                .map(note -> note.substring(NOTE.length()))
                .findFirst()
                .orElse("");
    }
}
