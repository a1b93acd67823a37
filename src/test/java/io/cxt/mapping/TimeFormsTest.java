package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.RereadableSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A column most of whose values are times is a column of times, and it is said that not all are. */
class TimeFormsTest {
    private static final Mappings MAPPINGS = Mappings.load(Path.of("config/mappings"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "31.02.2026 10:00 | 13.02.2026 10:01 | 14.02.2026 10:02 | pattern dd.MM.yyyy HH:mm",
                "13/02/2026 10:00 | 32/02/2026 10:01 | 14/02/2026 10:02 | pattern dd/MM/yyyy HH:mm",
                "2026-02-13T10:00:00Z | unknown | 2026-02-13T10:00:01Z | rfc3339",
                "1771000000 | - | 1771000001 | epoch-seconds",
            })
    void one_value_that_is_no_time_does_not_hide_the_others(String one, String two, String three, String form) {
        assertThat(TimeForms.of(List.of(one, two, three))).containsExactly(form);
        assertThat(TimeForms.lines(List.of(one, two, three)))
                .contains("# Of 3 values that were looked at, 1 cannot be read so. cxt map try says which.")
                .contains("timestamp = " + form);
    }

    @Test
    void half_is_not_most_and_text_with_some_times_in_it_is_text() {
        assertThat(TimeForms.of(List.of("31.02.2026 10:00", "13.02.2026 10:01")))
                .isEmpty();
        assertThat(TimeForms.of(List.of("13.02.2026 10:00", "Hello", "you"))).isEmpty();
        assertThat(TimeForms.of(List.of())).isEmpty();
    }

    @Test
    void which_number_is_the_month_is_decided_by_those_that_show_it() {
        assertThat(TimeForms.of(List.of("01/02/2026 10:00", "03/02/2026 10:00", "04/02/2026 10:00")))
                .containsExactly("pattern dd/MM/yyyy HH:mm", "pattern MM/dd/yyyy HH:mm");
        assertThat(TimeForms.of(List.of("01/02/2026 10:00", "13/02/2026 10:00", "40/02/2026 10:00")))
                .containsExactly("pattern dd/MM/yyyy HH:mm");
    }

    @Test
    void a_long_column_of_texts_with_dates_is_judged_at_once() {
        List<String> texts = Stream.concat(
                        Collections.nCopies(20_000, "12-12-12 is the number, not 12:30 or so").stream(),
                        Collections.nCopies(20_000, "Hello").stream())
                .toList();

        assertThat(TimeForms.of(texts)).isEmpty();
    }

    @Test
    void the_column_of_a_table_is_found_in_spite_of_an_impossible_date() throws IOException {
        String table = """
                Conversation;Author;Message;Sent (local)
                c1;Agent;Hello, how can I help you today?;31.02.2026 10:00
                c1;Customer;My order is late;28.02.2026 10:01
                c1;Agent;Let me look it up for you;28.02.2026 10:02
                """;
        RereadableSource content = () -> new ByteArrayInputStream(table.getBytes(StandardCharsets.UTF_8));

        MappingGuess guess = MappingGuess.of(content, "shop", "shop*.csv", MAPPINGS);

        assertThat(guess.columns()).anyMatch(line -> line.startsWith("Sent (local)  -> timestamp"));
        assertThat(guess.drafts().get("shop.properties"))
                .contains(
                        "column.timestamp = Sent (local)",
                        "timestamp = pattern dd.MM.yyyy HH:mm",
                        "1 cannot be read so");
    }
}
