package io.cxt.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallWindowsTest {
    private static final String NIGHTS = "22:00-06:00 Europe/Berlin";

    private static CallWindows windows(String text) {
        Settings settings = new Settings(Map.of("cxone.window", text)::get);
        CallWindows windows = CallWindows.from(settings);
        settings.check();
        return windows;
    }

    private static CallWindows.State at(String text, String time) {
        return windows(text).at(Instant.parse(time));
    }

    @Test
    void without_windows_calls_may_leave_at_any_time() {
        assertThat(at("", "2026-11-22T12:00:00Z")).isEqualTo(new CallWindows.State(true, null, null, ""));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T20:59:59Z, false, 2026-11-22T21:00:00Z, opens 22:00 Europe/Berlin",
        "2026-11-22T21:00:00Z, true, 2026-11-23T05:00:00Z, open until 06:00 Europe/Berlin",
        "2026-11-22T23:30:00Z, true, 2026-11-23T05:00:00Z, open until 06:00 Europe/Berlin",
        "2026-11-23T04:59:59.999Z, true, 2026-11-23T05:00:00Z, open until 06:00 Europe/Berlin",
        "2026-11-23T05:00:00Z, false, 2026-11-23T21:00:00Z, opens 22:00 Europe/Berlin",
        // summer time
        "2026-07-01T20:00:00Z, true, 2026-07-02T04:00:00Z, open until 06:00 Europe/Berlin",
        "2026-07-01T04:00:00Z, false, 2026-07-01T20:00:00Z, opens 22:00 Europe/Berlin"
    })
    void a_window_is_open_from_its_first_moment_to_its_last(String time, boolean open, Instant until, String words) {
        assertThat(at(NIGHTS, time)).isEqualTo(new CallWindows.State(open, until, null, words));
    }

    /** On 29 March 2026 the clock goes from 02:00 to 03:00, on 25 October from 03:00 to 02:00. */
    @ParameterizedTest
    @CsvSource({
        "22:00-06:00, 2026-03-28T21:00:00Z, 2026-03-29T04:00:00Z", // an hour shorter
        "22:00-06:00, 2026-10-24T20:00:00Z, 2026-10-25T05:00:00Z", // an hour longer
        "22:00-02:30, 2026-03-28T21:00:00Z, 2026-03-29T01:00:00Z", // ends when 02:30 is passed over
        "02:30-05:00, 2026-03-29T01:00:00Z, 2026-03-29T03:00:00Z", // begins when 02:30 is passed over
        "22:00-02:30, 2026-10-24T20:00:00Z, 2026-10-25T00:30:00Z", // ends at the first of two
        "02:30-05:00, 2026-10-25T01:30:00Z, 2026-10-25T04:00:00Z", // begins at the second of two
        "02:10-02:50, 2026-10-25T01:10:00Z, 2026-10-25T01:50:00Z", // once
    })
    void a_window_in_a_night_in_which_the_clock_is_changed(String times, Instant opens, Instant closes) {
        CallWindows windows = windows(times + " Europe/Berlin");

        assertThat(windows.at(opens.minusMillis(1)))
                .returns(false, CallWindows.State::open)
                .returns(opens, CallWindows.State::until);
        assertThat(windows.at(opens)).returns(true, CallWindows.State::open).returns(closes, CallWindows.State::until);
        assertThat(windows.at(closes.minusMillis(1)).open()).isTrue();
        assertThat(windows.at(closes).open()).isFalse();
    }

    @Test
    void a_window_that_a_change_of_the_clock_leaves_out_opens_on_the_next_day() {
        assertThat(at("02:00-03:00 Europe/Berlin", "2026-03-29T01:00:00Z"))
                .returns(false, CallWindows.State::open)
                .returns(Instant.parse("2026-03-30T00:00:00Z"), CallWindows.State::until);
    }

    @Test
    void of_several_windows_the_least_rate_holds_and_the_last_end_is_shown() {
        String several = "20:00-23:00 Europe/Berlin at 20; 22:00-06:00 Europe/Berlin at 5, 12:00-13:00 UTC";

        assertThat(at(several, "2026-11-22T19:30:00Z"))
                .isEqualTo(new CallWindows.State(
                        true, Instant.parse("2026-11-22T21:00:00Z"), 20.0, "open until 06:00 Europe/Berlin"));
        assertThat(at(several, "2026-11-22T21:30:00Z").callsPerSecond()).isEqualTo(5);
        assertThat(at(several, "2026-11-22T22:30:00Z").callsPerSecond()).isEqualTo(5);
        assertThat(at(several, "2026-11-22T12:30:00Z"))
                .returns(null, CallWindows.State::callsPerSecond)
                .returns("open until 13:00 UTC", CallWindows.State::words);
        assertThat(at(several, "2026-11-22T11:00:00Z").words()).isEqualTo("opens 12:00 UTC");
    }

    @Test
    void a_whole_day_is_always_open() {
        CallWindows windows = windows("00:00-24:00 Europe/Berlin at 3");
        Instant at = Instant.parse("2026-10-24T00:00:00Z");
        for (int i = 0; i < 72; i++) {
            assertThat(windows.at(at.plus(Duration.ofHours(i))))
                    .returns(true, CallWindows.State::open)
                    .returns(3.0, CallWindows.State::callsPerSecond);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22:00-06:00",
                "22-6 Europe/Berlin",
                "22:00-22:00 Europe/Berlin",
                "25:00-06:00 Europe/Berlin",
                "22:60-06:00 Europe/Berlin",
                "22:00-06:00 Europe/Berlin at",
                "22:00-06:00 Europe/Berlin at 0",
                "22:00-06:00 Europe/Berlin at 10001",
                "22:00-06:00 Europe/Berlim",
                "always"
            })
    void what_is_no_window_does_not_start(String text) {
        assertThatThrownBy(() -> windows(text))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("cxone.window");
    }

    @Test
    void a_window_without_length_and_none_at_all_are_named() {
        assertThatThrownBy(() -> windows("10:00-10:00 UTC"))
                .hasMessageContaining("which begins when it ends; for the whole day write 00:00-24:00 UTC");
        assertThatThrownBy(() -> windows(" ; ")).hasMessageContaining("which names no time");
        assertThat(windows("").at(Instant.EPOCH).open()).isTrue();
    }

    @Test
    void a_misspelt_time_zone_gets_the_nearest() {
        assertThatThrownBy(() -> windows("22:00-06:00 Europe/Berlim"))
                .hasMessageContaining("the nearest is Europe/Berlin");
    }
}
