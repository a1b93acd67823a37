package io.cxt.ops;

import io.cxt.settings.Settings;
import java.time.Duration;

/**
 * Where health and metrics are served.
 *
 * @param stall after how long with work to do and nothing sent the alarm is raised
 */
public record OpsSettings(boolean enabled, String host, int port, Duration stall) {

    /** Reads and checks {@code ops.*}; problems stay in the settings. */
    public static OpsSettings from(Settings settings) {
        return new OpsSettings(
                settings.flag("ops.enabled", true),
                settings.optional("ops.host").orElse("127.0.0.1"),
                settings.integer("ops.port", 9876, 1, 65_535),
                Duration.ofMinutes(settings.number("ops.stall-minutes", 10, 1, 1_440)));
    }
}
