package io.cxt.intake;

import io.cxt.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Folders of the file pickup and bounds of a source.
 *
 * @param inbox the watched folder
 * @param settle how long a file must be unchanged before it is read
 * @param maxRefusals rejected transcripts after which the rest of a source is not read
 */
public record IntakeSettings(Path dataFolder, Path inbox, Path reports, Duration settle, int maxRefusals) {

    /** Reads and checks {@code pickup.file.*} and {@code pickup.max-refusals}; problems stay in the settings. */
    public static IntakeSettings from(Settings settings) {
        Path data = settings.path("data.dir", "./data");
        settings.number("pickup.file.poll-ms", 500, 50, 3_600_000); // these two are read by the route
        settings.number("pickup.file.max-per-poll", 1_000, 1, 100_000);
        return new IntakeSettings(
                data,
                settings.path("pickup.file.folder", data.resolve("inbox").toString()),
                data.resolve("reports"),
                Duration.ofMillis(settings.number("pickup.file.settle-ms", 1_000, 0, 600_000)),
                settings.integer("pickup.max-refusals", 1_000, 1, 1_000_000));
    }
}
