package io.cxt.intake;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each thing was noted of the transcripts of a source, by kind. For several threads. */
final class NoteCounts {
    /** A template can make up kinds of its own; those of {@link #CUT} have a place beside them. */
    private static final int MOST_KINDS = 50;

    /** The export holds less than there was; what is noted by mappings and by templates. */
    private static final List<String> CUT = List.of("export-cut", "export-goes-on");

    private final Map<String, Long> counts = new TreeMap<>();

    /** Adds the notes of a transcript: a kind, or a kind with a number behind a colon. */
    synchronized void add(List<String> notes) {
        for (String note : notes) {
            int colon = note.indexOf(':');
            String kind = colon < 0 ? note : note.substring(0, colon);
            String number = note.substring(colon + 1);
            if (counts.containsKey(kind) || counts.size() < MOST_KINDS || CUT.contains(kind)) {
                counts.merge(kind, number.matches("[0-9]{1,9}") ? Long.parseLong(number) : 1L, Long::sum);
            }
        }
    }

    /** The counts, by kind in order. */
    synchronized Map<String, Long> byKind() {
        return new TreeMap<>(counts);
    }

    /** True when the export says of itself that it does not hold all there was. */
    synchronized boolean exportCut() {
        return CUT.stream().anyMatch(counts::containsKey);
    }
}
