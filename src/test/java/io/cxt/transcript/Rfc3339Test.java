package io.cxt.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.SharedData;
import java.io.IOException;
import java.time.Instant;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

    @ParameterizedTest
    @CsvSource({
        "2024-06-15T09:00:00Z,               2024-06-15T09:00:00Z",
        "2024-06-15t09:00:00z,               2024-06-15T09:00:00Z",
        "2024-06-15T11:00:00+02:00,          2024-06-15T09:00:00Z",
        "2024-06-15T09:00:00-00:00,          2024-06-15T09:00:00Z",
        "2024-06-15T00:00:00+23:59,          2024-06-14T00:01:00Z",
        "2024-06-14T09:00:00-23:59,          2024-06-15T08:59:00Z",
        "2024-06-15T23:59:59.1Z,             2024-06-15T23:59:59.1Z",
        "2024-06-15T09:00:00.000000001Z,     2024-06-15T09:00:00.000000001Z",
        "2024-06-15T09:00:00.123456789+02:00,2024-06-15T07:00:00.123456789Z",
        "2024-02-29T00:00:00Z,               2024-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z,               2000-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z,               0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z,               9999-12-31T23:59:59Z",
    })
    void reads_a_time_with_its_zone(String text, Instant expected) {
        assertThat(Rfc3339.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2024-06-15",
                "2024-06-15T09:00:00",
                "2024-06-15T09:00Z",
                "2024-06-15 09:00:00Z",
                "2024-06-15_09:00:00Z",
                " 2024-06-15T09:00:00Z",
                "2024-06-15T09:00:00Z ",
                "2024-06-15T09:00:00ZZ",
                "2024-06-15T09:00:00+2:00",
                "2024-06-15T09:00:00+02",
                "2024-06-15T09:00:00+0200",
                "2024-06-15T09:00:00+02:00Z",
                "2024-06-15T09:00:00+24:00",
                "2024-06-15T09:00:00+10:60",
                "2024-06-15T09:00:00\u221202:00",
                "2024-06-15T09:00:00.Z",
                "2024-06-15T09:00:00.",
                "2024-06-15T09:00:00.1",
                "2024-06-15T09:00:00,1Z",
                "2024-06-15T09:00:00.1234567890Z",
                "2024-06-15T24:00:00Z",
                "2024-06-15T09:60:00Z",
                "2024-06-15T09:00:61Z",
                "2024-00-15T09:00:00Z",
                "2024-13-15T09:00:00Z",
                "2024-06-00T09:00:00Z",
                "2024-06-31T09:00:00Z",
                "2023-02-29T09:00:00Z",
                "1900-02-29T09:00:00Z",
                "+2024-06-15T09:00:00Z",
                "12024-06-15T09:00:00Z",
                "-024-06-15T09:00:00Z",
                "2024-6-15T09:00:00Z",
                "2024-06-15T9:00:00Z",
                "2024/06/15T09:00:00Z",
                "2024-06-15T09.00.00Z",
                "2024-06-1\u0665T09:00:00Z",
                "2024-W24-6T09:00:00Z",
                "1718442000",
            })
    @Tag("fault-48")
    void refuses_what_is_not_a_time_with_its_zone(String text) {
        assertThat(Rfc3339.parse(text)).isEmpty();
    }

    @Test
    void a_missing_time_is_no_time() {
        assertThat(Rfc3339.parse(null)).isEmpty();
        assertThat(Rfc3339.isLeapSecond(null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2016-12-31T23:59:60Z", "2016-12-31T15:59:60.123-08:00", "2017-01-01T05:29:60+05:30"})
    void a_leap_second_comes_between_its_neighbours(String leapSecond) {
        Instant read = Rfc3339.parse(leapSecond).orElseThrow();

        assertThat(read)
                .isBetween(Instant.parse("2016-12-31T23:59:59.999999999Z"), Instant.parse("2017-01-01T00:00:00Z"));
        assertThat(read).isBefore(Instant.parse("2017-01-01T00:00:00Z"));
        assertThat(Rfc3339.isLeapSecond(leapSecond)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z", "2016-12-31T23:59:60+01:00"})
    void a_leap_second_elsewhere_in_the_day_is_refused(String text) {
        assertThat(Rfc3339.parse(text)).isEmpty();
        assertThat(Rfc3339.isLeapSecond(text)).isFalse();
    }

    @Test
    void agrees_with_the_public_table_except_where_it_has_more_than_nine_fraction_digits() throws IOException {
        JsonNode tests = new ObjectMapper()
                .readTree(SharedData.path("date-time/date-time.json").toFile())
                .path(0)
                .path("tests");

        SoftAssertions softly = new SoftAssertions();
        for (JsonNode test : tests) {
            String text = test.path("data").asText();
            if (test.path("data").isTextual() && !text.contains(".999999999999999")) {
                softly.assertThat(Rfc3339.parse(text).isPresent())
                        .as(text)
                        .isEqualTo(test.path("valid").booleanValue());
            }
        }
        softly.assertAll();
        assertThat(tests).hasSizeGreaterThan(20);
    }
}
