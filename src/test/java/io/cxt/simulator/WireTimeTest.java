package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.transcript.Rfc3339;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2024-06-15T09:00:00Z, 2024-06-15T09:00:00Z",
        "2024-02-29t23:59:59.123456789z, 2024-02-29T23:59:59.123456789Z",
        "2024-06-15T09:00:00.5+02:00, 2024-06-15T07:00:00.5Z",
        "1969-12-31T23:30:00-14:30, 1970-01-01T14:00:00Z",
        "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z",
    })
    void a_time_with_a_zone_is_read(String text, Instant instant) {
        assertThat(WireTime.parse(text)).contains(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024-06-15",
                "2024-06-15T09:00:00",
                "2024-06-15T09:00Z",
                "2024-06-15T24:00:00Z",
                "2023-02-29T09:00:00Z",
                "2024-06-15T09:00:61Z",
                "2024-06-15T09:00:00.Z",
                "2024-06-15T09:00:00.1234567890Z",
                "2024-06-15T09:00:00+02",
                "2024-06-15T09:00:00+0200",
                "2024-06-15T09:00:00Zulu",
                "+2024-06-15T09:00:00Z",
                "2024-06-15 09:00:00Z",
                "2024-06-15T12:30:60Z",
                "٢٠٢٤-06-15T09:00:00Z"
            })
    void anything_else_is_not(String text) {
        assertThat(WireTime.parse(text)).isEmpty();
    }

    /** They are written apart: what one of them takes wrongly, the other one shows. */
    @Test
    void it_agrees_with_the_reader_of_cxt() {
        Random random = new Random(1);
        List<String> times = List.of(
                "2024-06-15T09:00:00Z",
                "2024-02-29t23:59:59.123456789z",
                "0000-01-01T00:00:00-23:59",
                "9999-12-31T23:59:59+23:59",
                "2017-01-01T01:59:60.5+02:00",
                "1969-12-31T23:30:00.5-14:30");

        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(times.get(random.nextInt(times.size())));
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
                    default -> text.setCharAt(at, CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
                }
            }
            Optional<Instant> ours = Rfc3339.parse(text.toString());
            Optional<Instant> theirs = WireTime.parse(text.toString());
            assertThat(theirs.isPresent()).as(text.toString()).isEqualTo(ours.isPresent());
            if (ours.isPresent() && !Rfc3339.isLeapSecond(text.toString())) {
                assertThat(theirs).as(text.toString()).isEqualTo(ours);
            }
        }
    }

    private static final String CHARACTERS = "0123456789012345678923569-:.+TtZz \u0662x";
}
