package io.cxt.text;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody probably meant to write. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the least edits from the given word; empty when there is none. */
    public static String to(String word, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt((String candidate) -> edits(word, candidate, Integer.MAX_VALUE - 1))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse("");
    }

    /**
     * The number of edits between the two: a letter more, less or other, or two that changed places.
     *
     * @param most beyond it the answer may be any larger number
     */
    public static int edits(String a, String b, int most) {
        if (Math.abs(a.length() - b.length()) > most) {
            return most + 1;
        }
        int reach = Math.min(most, Math.max(a.length(), b.length()));
        int[] before = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            // so far beside the diagonal, and beyond, there are more edits than that
            int from = Math.max(1, i - reach);
            int to = Math.min(b.length(), i + reach);
            row[from - 1] = from == 1 ? i : reach + 1;
            if (to == i + reach) {
                last[to] = reach + 1;
            }
            int least = row[from - 1];
            for (int j = from; j <= to; j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(last[j - 1] + (same ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least > most) {
                return least;
            }
            int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
