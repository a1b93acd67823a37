package io.cxt.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionSettingsTest {
    private static RetentionSettings settings(String... more) {
        Map<String, String> values = new HashMap<>(Map.of("retention.done-days", "30"));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        Settings settings = new Settings(values::get);
        RetentionSettings retention =
                RetentionSettings.from(settings, Path.of("data"), Path.of("inbox"), Path.of("archive"), List.of());
        settings.check();
        return retention;
    }

    @Test
    void what_has_no_days_is_kept_for_ever() {
        assertThat(settings().days()).containsExactly(Map.entry(Kept.DONE, 30));
        assertThat(settings().daily()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "03:00 Europe/Berlin, 2026-11-29T01:59:59Z, 2026-11-29T02:00:00Z",
        "03:00 Europe/Berlin, 2026-11-29T02:00:00Z, 2026-11-30T02:00:00Z",
        "02:30 Europe/Berlin, 2026-03-28T23:00:00Z, 2026-03-29T01:30:00Z", // there is no 02:30 on that day
        "02:30 Europe/Berlin, 2026-10-25T00:29:00Z, 2026-10-25T00:30:00Z", // there are two
        "02:30 Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    })
    void it_is_time_once_a_day(String at, Instant now, Instant next) {
        assertThat(Objects.requireNonNull(settings("retention.daily-at", at).daily())
                        .after(now))
                .isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "retention.daily-at, 25:00 UTC, such as 03:00 Europe/Berlin",
        "retention.daily-at, 03:00, such as 03:00 Europe/Berlin",
        "retention.daily-at, 03:00 Nowhere/Land, such as 03:00 Europe/Berlin",
        "retention.archive-days, -1, 0 to 36500",
    })
    void what_is_not_allowed_is_refused_with_what_is(String name, String value, String words) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(name, value, words);
        assertThatThrownBy(() -> settings("retention.done-days", "0", "retention.daily-at", "03:00 UTC"))
                .hasMessageContaining("no retention.*-days says what is removed");
    }
}
