package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.LogRecorder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Clock NINE = Clock.fixed(Instant.parse("2024-06-15T09:00:00Z"), ZoneOffset.UTC);

    private final RetryAfter retryAfter = new RetryAfter(Duration.ofMinutes(5), NINE);

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 2", "' 7 ', 7", "007, 7", "300, 300", "301, 300", "86400, 300", "99999999999999999999, 300"
    })
    void seconds_are_read_and_cut_at_the_cap(String header, int seconds) {
        assertThat(retryAfter.parse(header, null)).hasValue(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sat, 15 Jun 2024 09:00:30 GMT",
                "Saturday, 15-Jun-24 09:00:30 GMT",
                "Sat Jun 15 09:00:30 2024",
                " Sat, 15 Jun 2024 09:00:30 GMT "
            })
    @Tag("fault-23")
    void all_three_forms_of_an_http_date_are_read(String header) {
        assertThat(retryAfter.parse(header, null)).hasValue(Duration.ofSeconds(30));
    }

    @Test
    void a_day_of_one_digit_is_read_in_the_oldest_form() {
        assertThat(retryAfter.parse("Sat Jun  1 09:00:10 2024", "Sat Jun  1 09:00:00 2024"))
                .hasValue(Duration.ofSeconds(10));
    }

    @Test
    void a_date_that_has_passed_means_now_and_a_far_one_is_cut() {
        assertThat(retryAfter.parse("Sat, 15 Jun 2024 08:00:00 GMT", null)).hasValue(Duration.ZERO);
        assertThat(retryAfter.parse("Sun, 16 Jun 2024 08:00:00 GMT", null)).hasValue(Duration.ofMinutes(5));
    }

    @Test
    @Tag("fault-23")
    void a_date_is_measured_against_the_answers_own_time() {
        assertThat(retryAfter.parse("Sat, 15 Jun 2024 12:00:30 GMT", "Sat, 15 Jun 2024 12:00:10 GMT"))
                .hasValue(Duration.ofSeconds(20));
        assertThat(retryAfter.parse("Sat, 15 Jun 2024 09:00:30 GMT", "yesterday"))
                .hasValue(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            4.2                                                           | 5
            299.997                                                       | 300
            0.001                                                         | 1
            .5                                                            | 1
            4.                                                            | 4
            0.0                                                           | 0
            4s                                                            | 4
            4 S                                                           | 4
            4.5 seconds                                                   | 5
            1 second                                                      | 1
            '4, 7'                                                        | 7
            '7,4'                                                         | 7
            '4, soon'                                                     | 4
            '0,, 3s'                                                      | 3
            99999999999999999999.5                                        | 300
            2024-06-15T09:00:30Z                                          | 30
            2024-06-15t09:00:30z                                          | 30
            2024-06-15T11:00:30+02:00                                     | 30
            2024-06-15T08:59:00Z                                          | 0
            Sat, 15 Jun 2024 09:00:30 UTC                                 | 30
            'Sat, 15 Jun 2024 09:00:30 GMT, 7'                            | 30
            '45, Saturday, 15-Jun-24 09:00:30 GMT, 7'                     | 45
            'Sat, 15 Jun 2024 09:00:30 GMT,Sat, 15 Jun 2024 09:01:10 GMT' | 70
            """)
    @Tag("fault-85")
    void what_servers_write_beside_the_standard_is_read_and_the_longest_wait_counts(String header, int seconds) {
        assertThat(retryAfter.parse(header, null)).hasValue(Duration.ofSeconds(seconds));
    }

    @Test
    @Tag("fault-85")
    void what_cannot_be_read_is_logged_once_and_without_what_could_forge_a_line() {
        try (LogRecorder log = LogRecorder.install()) {
            for (int i = 0; i < 5; i++) {
                retryAfter.parse("so\"on\n\u001b[2J" + "x".repeat(100), null);
            }
            assertThat(log.lines())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("value=\"xx?xx??[2xxx")
                    .hasSizeLessThan(300);

            retryAfter.parse("4", null);
            retryAfter.parse("soon", null);
            assertThat(log.lines()).hasSize(2);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "-5",
                "1e18",
                "banana",
                "4m",
                "s",
                ".",
                ",",
                "\u0663",
                "Sat, 32 Jun 2024 09:00:00 GMT",
                "2024-06-15T09:00:30"
            })
    void what_cannot_be_read_is_no_wait_at_all(String header) {
        assertThat(retryAfter.parse(header, null)).isEmpty();
    }
}
