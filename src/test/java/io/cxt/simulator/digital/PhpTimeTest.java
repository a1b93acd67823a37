package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhpTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2020-12-05T02:50:16.0Z,              2020-12-05T02:50:16.000+00:00",
        "2020-12-05T02:50:16.123456+03:00,    2020-12-04T23:50:16.123+00:00",
        "2020-12-05T02:50:16.9999+0300,       2020-12-04T23:50:16.999+00:00",
        "2020-12-05T02:50:16.1-02,            2020-12-05T04:50:16.100+00:00",
        "2020-12-05T02:50:16.123456789Z,      2020-12-05T02:50:16.123+00:00",
        "2020-12-05T02:50:16.123456789+11:00, 2020-12-04T15:50:16.123+00:00",
        "1969-12-31T23:59:59.9999Z,           1969-12-31T23:59:59.999+00:00",
    })
    void a_time_with_milliseconds_comes_back_cut_and_with_a_numeric_offset(String given, String shown) {
        assertThat(PhpTime.withFraction(given))
                .map(time -> PhpTime.millis(time.toEpochMilli()))
                .hasValue(shown);
        assertThat(PhpTime.withoutFraction(given)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2020-12-05T02:50:16+03:00",
                "2020-12-05T02:50:16.5",
                "2020-12-05T02:50:16.+03:00",
                "2020-12-05T02:50:16.123456789+05:30",
                "2020-12-05T02:50:16.1234567+0300",
                "2020-11-31T02:50:16.0Z",
                "2020-13-01T02:50:16.0Z",
                "2020-00-01T02:50:16.0Z",
                "2020-01-00T02:50:16.0Z",
                "0000-01-01T02:50:16.0Z",
                "2020-12-05T24:00:00.0Z",
                "2020-12-05T02:60:16.0Z",
                "2020-12-05 02:50:16.0Z",
                "2020-12-05t02:50:16.0Z",
                "2020-12-05T02:50:16.0+99:00",
                "2020-12-05T02:50:16.0Z\n",
                ""
            })
    void a_time_that_the_library_refuses_is_refused(String given) {
        assertThat(PhpTime.withFraction(given)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2020-12-05T02:50:16Z,      2020-12-05T02:50:16+00:00",
        "2020-12-05T02:50:16+03:00, 2020-12-04T23:50:16+00:00",
    })
    void a_time_without_milliseconds_has_none(String given, String shown) {
        assertThat(PhpTime.withoutFraction(given))
                .map(time -> PhpTime.seconds(time.toEpochMilli()))
                .hasValue(shown);
    }
}
