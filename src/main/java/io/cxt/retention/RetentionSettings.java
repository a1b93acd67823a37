package io.cxt.retention;

import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The properties {@code retention.*}, and where lies what they are about.
 *
 * @param days for how long each kind is kept; what is kept for ever is not in it
 * @param daily when it is removed each day; null for never
 * @param copies the places of copies of checkpoints
 */
public record RetentionSettings(
        Map<Kept, Integer> days, @Nullable Daily daily, Path data, Path inbox, Path archive, List<String> copies) {
    private static final int MOST_DAYS = 36_500;
    private static final Pattern DAILY = Pattern.compile("(\\d\\d:\\d\\d) +([\\w+/-]+)");

    /** A time by the clock of a place. */
    public record Daily(LocalTime time, ZoneId zone) {
        /** The first such time behind a moment. One that a change of the clock leaves out is as much later. */
        public Instant after(Instant moment) {
            ZonedDateTime day = moment.atZone(zone).with(time);
            return (day.toInstant().isAfter(moment) ? day : day.plusDays(1)).toInstant();
        }
    }

    /**
     * Reads and checks the properties; problems stay in the settings.
     *
     * @param data the {@code data.dir}
     * @param inbox of the file pickup
     * @param archive the folder of the archive
     * @param copies of checkpoints: what a place does not have yet is not removed
     */
    public static RetentionSettings from(Settings settings, Path data, Path inbox, Path archive, List<String> copies) {
        Map<Kept, Integer> days = new EnumMap<>(Kept.class);
        for (Kept kept : Kept.values()) {
            int some = settings.integer(kept.property(), 0, 0, MOST_DAYS);
            if (some > 0) {
                days.put(kept, some);
            }
        }
        return new RetentionSettings(
                days,
                daily(settings, settings.optional("retention.daily-at").orElse(null), days.isEmpty()),
                data,
                inbox,
                archive,
                copies);
    }

    private static @Nullable Daily daily(Settings settings, @Nullable String text, boolean nothing) {
        if (text == null) {
            return null;
        }
        Matcher daily = DAILY.matcher(text);
        try {
            if (daily.matches()) {
                if (nothing) {
                    settings.problem(
                            "retention.daily-at is %s, and no retention.*-days says what is removed then. Set one, or"
                                            .formatted(text)
                                    + " leave it empty");
                }
                return new Daily(LocalTime.parse(daily.group(1)), ZoneId.of(daily.group(2)));
            }
        } catch (DateTimeException e) {
            // said below
        }
        settings.problem("retention.daily-at is %s; allowed: a time and a zone, such as 03:00 Europe/Berlin"
                .formatted(SafeName.log(text)));
        return null;
    }
}
