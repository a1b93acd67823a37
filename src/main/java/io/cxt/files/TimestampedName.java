package io.cxt.files;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Puts a time into a file's name, before its endings, so that it takes no other file's place. */
public final class TimestampedName {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    /** Longest name that common file systems take, in bytes. */
    private static final int LONGEST_NAME = 255;

    private static final int LONGEST_ENDING = 40;

    private TimestampedName() {}

    /** @param again 0 for the first try; each further one gives another name */
    public static String into(String name, Instant time, int again) {
        String ending = ending(name);
        String stem = name.substring(0, name.length() - ending.length());
        String stamp = "-" + TIME.format(time) + (again == 0 ? "" : "-" + again) + ending;
        int capacity = LONGEST_NAME - bytes(stamp);
        while (bytes(stem) > capacity) {
            stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
        }
        return stem + stamp;
    }

    /** What tells the kind of a file, with its dot: all from the first dot on, or the last one where that is long. */
    static String ending(String name) {
        int dot = name.indexOf('.', 1);
        if (dot < 0) {
            return "";
        }
        if (bytes(name.substring(dot)) > LONGEST_ENDING) {
            dot = name.lastIndexOf('.');
            if (name.toLowerCase(Locale.ROOT).endsWith(".gz")) {
                dot = Math.max(1, name.lastIndexOf('.', dot - 1));
            }
        }
        String ending = name.substring(dot);
        return bytes(ending) > LONGEST_ENDING ? "" : ending;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
