package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
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
        assertThat(WireTime.parse(text)).isEqualTo(instant);
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
                "٢٠٢٤-06-15T09:00:00Z"
            })
    void anything_else_is_not(String text) {
        assertThat(WireTime.parse(text)).isNull();
    }
}
