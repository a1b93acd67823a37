package io.cxt.transcript;

import static io.cxt.fixture.Transcripts.messageAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.cxt.fixture.Transcripts;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times that no finished chat can have are refused, on both sides and to the second. */
class TimeBoundsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Limits LIMITS = new Limits(500, 1_048_576, true);

    @ParameterizedTest
    @CsvSource({
        "1990-01-01T00:00:00Z,           1989-12-31T23:59:59.999999999Z",
        "1990-01-01T01:00:00+01:00,      1990-01-01T00:59:59+01:00",
        "2026-03-02T12:00:00Z,           2026-03-02T12:00:00.000000001Z",
        "2026-03-02T13:30:00+01:30,      2026-03-02T13:30:01+01:30",
    })
    @Tag("fault-82")
    void the_last_time_that_is_taken_and_the_next(String taken, String refused) {
        assertThat(check(Map.of(), taken)).isEmpty();
        assertThat(check(Map.of(), refused))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.TS_RANGE, "/messages/0/timestamp"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1970-01-20T21:20:42Z | is before 1990-01-01T00:00:00Z (a thousand times as far from 1970 it would not be)",
                "1970-01-01T00:28:38Z | is before 1990-01-01T00:00:00Z (a million times as far from 1970 it would not be)",
                "1970-01-01T00:00:00Z | is before 1990-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z | is before 1990-01-01T00:00:00Z",
                "5138-11-16T09:46:39Z | is more than 24 hours ahead of this machine's clock, which says 2026-03-01T12:00:00Z",
                "9999-12-31T23:59:59Z | is more than 24 hours ahead of this machine's clock, which says 2026-03-01T12:00:00Z",
            })
    @Tag("fault-82")
    void the_words_tell_a_wrong_unit_from_a_wrong_clock(String time, String words) {
        List<Finding> findings = check(Map.of(), time);

        assertThat(findings).extracting(Finding::message).containsExactly(words);
        assertThat(findings.get(0).hint()).startsWith("Ten digits are seconds since 1970");
    }

    @Test
    @Tag("fault-82")
    void the_first_of_many_is_named_with_their_count() {
        assertThat(check(Map.of(), "2024-06-15T09:00:00Z", "1970-01-01T00:00:00Z", "soon", "1980-01-01T00:00:00Z"))
                .extracting(finding -> finding.pointer() + " " + finding.message())
                .containsExactly("/messages/1/timestamp is before 1990-01-01T00:00:00Z, and so are 1 more");
    }

    @Test
    void both_bounds_are_set_by_properties() {
        Map<String, String> wide =
                Map.of("transcript.earliest", "1969-01-01T00:00:00+01:00", "transcript.max-ahead-hours", "0");

        assertThat(check(wide, "1970-01-01T00:00:00Z", "2026-03-01T12:00:00Z")).isEmpty();
        assertThat(check(wide, "2026-03-01T12:00:01Z")).hasSize(1);
        assertThatThrownBy(() -> check(Map.of("transcript.earliest", "1990"), "2024-06-15T09:00:00Z"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(
                        "transcript.earliest is 1990; allowed: a time with its zone, like 1990-01-01T00:00:00Z");
    }

    private static List<Finding> check(Map<String, String> properties, String... times) {
        Settings settings = new Settings(properties::get);
        TimeBounds bounds = TranscriptSettings.from(settings, LIMITS).times();
        settings.check();
        ChatMessage[] messages = new ChatMessage[times.length];
        for (int i = 0; i < times.length; i++) {
            messages[i] = messageAt(times[i]);
        }
        return bounds.check(Transcripts.with(messages), 1, NOW);
    }
}
