package io.cxt.steps;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Puts a time into a file's name, before its endings, so that it takes no other file's place. */
final class Stamp {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LONGEST_STEM = 150;

    private Stamp() {}

    /** @param again 0 for the first try; each further one gives another name */
    static String into(String name, Instant time, int again) {
        int dot = name.indexOf('.', 1);
        String stem = name.substring(0, Math.min(dot, LONGEST_STEM));
        return stem + "-" + TIME.format(time) + (again == 0 ? "" : "-" + again) + name.substring(dot);
    }
}
