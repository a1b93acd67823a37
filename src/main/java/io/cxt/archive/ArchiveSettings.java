package io.cxt.archive;

import io.cxt.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;

/** The properties {@code archive.*}. */
public record ArchiveSettings(boolean enabled, boolean segments, Path folder) {

    /** @param data what the folder is in when nothing else is said */
    public static ArchiveSettings from(Settings settings, Path data) {
        settings.number("archive.retry.first-delay-ms", 500, 10, 60_000); // these two are read by the route
        settings.number("archive.retry.max-wait-ms", 30_000, 100, 600_000);
        return new ArchiveSettings(
                settings.flag("archive.enabled", true),
                settings.choice("archive.layout", "segments", "files", "segments")
                        .equals("segments"),
                settings.path("archive.folder", data.resolve("archive").toString()));
    }

    /** @param instance goes into the names of the files: no two processes may write with the same at a time */
    public Archive open(String instance, Clock clock) {
        new ArchiveErasure(folder).completeAny();
        return segments ? new ArchiveSegments(folder, instance, clock) : new ArchiveFiles(folder);
    }
}
