package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Mapped;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.TimeBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times in other people's writing become RFC 3339, or a finding that does not repeat them. */
class TimesTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rfc3339                              |               | 2024-06-15T09:00:00+02:00  | 2024-06-15T09:00:00+02:00",
                "epoch-seconds                        |               | 1718442000                 | 2024-06-15T09:00:00Z",
                "epoch-millis                         |               | 1718442000123              | 2024-06-15T09:00:00.123Z",
                "epoch-micros                         |               | 1718442000123456           | 2024-06-15T09:00:00.123456Z",
                "epoch-millis                         |               | -1                         | 1969-12-31T23:59:59.999Z",
                "pattern dd.MM.yyyy HH:mm:ss          | Europe/Berlin | 15.06.2024 11:00:00        | 2024-06-15T09:00:00Z",
                "pattern dd.MM.uuuu HH:mm             | Europe/Berlin | 15.01.2024 10:00           | 2024-01-15T09:00:00Z",
                "pattern M/d/yyyy h:mm:ss a           | UTC           | 6/15/2024 9:00:00 PM       | 2024-06-15T21:00:00Z",
                "pattern yyyy-MM-dd HH:mm:ss.SSS Z    |               | 2024-06-15 09:00:00.5 0    | ",
                "pattern yyyy-MM-dd HH:mm:ss XXX      |               | 2024-06-15 11:00:00 +02:00 | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd'T'HH:mm:ss.SSSSSSZ |              | 2024-06-15T11:00:00.123456+0200 | 2024-06-15T09:00:00.123456Z",
                "pattern d MMM yyyy HH:mm             | UTC           | 5 JUN 2024 09:00           | 2024-06-05T09:00:00Z",
                "pattern MMM ppd yyyy HH:mm           | UTC           | Jun  5 2024 09:00          | 2024-06-05T09:00:00Z",
                "pattern M/d/yy, h:mm a               | UTC           | 6/15/24, 9:00 pm           | 2024-06-15T21:00:00Z",
                "pattern M/d/yy, h:mm a               | UTC           | 6/15/24, 12:08 a. m.       | 2024-06-15T00:08:00Z",
                "pattern M/d/yy h:mma                 | UTC           | 6/15/24 9:00P.M.           | 2024-06-15T21:00:00Z",
                "pattern 'at' h:mma 'on' M/d/yy       | UTC           | at 9:00p on 6/15/24        | 2024-06-15T21:00:00Z",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-06-15 11:00 CEST      | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-06-15 04:00 est       | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-10-27 02:30 CEST      | 2024-10-27T00:30:00Z",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-10-27 02:30 MEZ       | 2024-10-27T01:30:00Z",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-06-15 09:00 IST       | ",
                "pattern yyyy-MM-dd HH:mm z           |               | 2024-06-15 09:00 BST       | ",
                "pattern yyyy-MM-dd HH:mm VV          |               | 2024-06-15 11:00 Europe/Berlin | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd HH:mm VV          |               | 2024-10-27 02:30 Europe/Berlin | ",
                "iso                                  |               | 2024-06-15 11:00:00.564+0200 | 2024-06-15T09:00:00.564Z",
                "iso                                  |               | 2024-06-15T09:00Z          | 2024-06-15T09:00:00Z",
                "iso                                  |               | 2024-06-15t11:00:00 +02    | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd HH:mm[ XXX]       | Europe/Berlin | 2024-06-15 11:00           | 2024-06-15T09:00:00Z",
                "pattern yyyy-MM-dd HH:mm[ XXX]       | Europe/Berlin | 2024-06-15 11:00 +01:00    | 2024-06-15T10:00:00Z",
                "iso                                  | Europe/Berlin | 2024-06-15 11:00:00.123456 | 2024-06-15T09:00:00.123456Z",
                "epoch-seconds                        |               | 1718442000.123456          | 2024-06-15T09:00:00.123456Z",
                "epoch-seconds                        |               | 1718442000.12345678999     | 2024-06-15T09:00:00.123456789Z",
                "epoch-seconds                        |               | -0.5                       | 1969-12-31T23:59:59.500Z",
                "epoch-millis                         |               | 1718442000123.5            | 2024-06-15T09:00:00.123500Z",
                "epoch-auto                           |               | 1718442000                 | 2024-06-15T09:00:00Z",
                "epoch-auto                           |               | 1718442000.5               | 2024-06-15T09:00:00.500Z",
                "epoch-auto                           |               | 1718442000123              | 2024-06-15T09:00:00.123Z",
                "epoch-auto                           |               | 1718442000123456           | 2024-06-15T09:00:00.123456Z",
                "epoch-auto                           |               | 1718442000123456789        | 2024-06-15T09:00:00.123456789Z",
                "excel                                | UTC           | 45458.375                  | 2024-06-15T09:00:00Z",
                "excel                                | UTC           | 45458,375                  | 2024-06-15T09:00:00Z",
                "excel                                | Europe/Berlin | 45458.4583333333           | 2024-06-15T09:00:00Z",
                "excel                                | UTC           | 4.54583E4                  | ",
            })
    void a_time_is_read_as_the_mapping_says(String form, String zone, String cell, String time) throws IOException {
        Entry entry = entry(form, zone, cell);

        assertThat(
                        entry.readable()
                                ? entry.transcript()
                                        .messages()
                                        .get(0)
                                        .timestamp()
                                        .text()
                                : null)
                .isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epoch-seconds                | | 2024-06-15T09:00:00Z | is not a number of seconds since 1970",
                "epoch-millis                 | | 1.2E12               | is not a number of milliseconds since 1970",
                "epoch-seconds                | | 99999999999999999999 | is not a number of seconds since 1970",
                "pattern dd.MM.yyyy HH:mm:ss  | UTC | 31.02.2024 11:00:00 | is not a time that exists, written as dd.MM.yyyy HH:mm:ss",
                "pattern dd.MM.yyyy HH:mm:ss  | UTC | yesterday           | is not a time that exists, written as dd.MM.yyyy HH:mm:ss",
                "pattern dd.MM.yyyy HH:mm:ss  | Europe/Berlin | 31.03.2024 02:30:00 | lies in the hour that the clock in Europe/Berlin steps over, so nobody can have written then (if the times are of another zone, correct timestamp.zone in the mapping file; else correct the time)",
                "pattern dd.MM.yyyy HH:mm:ss  | Europe/Berlin | 27.10.2024 02:30:00 | lies in the hour that the clock in Europe/Berlin runs twice, so it could mean two times (if you know which, set timestamp.twice in the mapping file)",
            })
    void a_cell_that_is_no_such_time_is_a_finding(String form, String zone, String cell, String words)
            throws IOException {
        assertThat(Mapped.findings(entry(form, zone, cell)))
                .containsExactly("MAP-TIME line 2: row 2, column sent_at: " + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epoch-seconds | 1718442000000       | is behind the year 9999; thirteen digits are milliseconds, and the mapping file reads seconds",
                "epoch-seconds | 1718442000000000    | is behind the year 9999; sixteen digits are microseconds, and the mapping file reads seconds",
                "epoch-millis  | 1718442000000000    | is behind the year 9999; sixteen digits are microseconds, and the mapping file reads milliseconds",
                "epoch-micros  | 1718442000000000000 | is behind the year 9999; nineteen digits are nanoseconds, and the mapping file reads microseconds",
                "epoch-millis  | 1718442000          | is before 1990-01-01T00:00:00Z (a thousand times as far from 1970 it would not be); ten digits are seconds, and the mapping file reads milliseconds",
                "epoch-micros  | 1718442000000       | is before 1990-01-01T00:00:00Z (a thousand times as far from 1970 it would not be); thirteen digits are milliseconds, and the mapping file reads microseconds",
                "epoch-micros  | 1718442000          | is before 1990-01-01T00:00:00Z (a million times as far from 1970 it would not be); ten digits are seconds, and the mapping file reads microseconds",
                "epoch-seconds | 0                   | is before 1990-01-01T00:00:00Z",
                "epoch-seconds | 99999999999         | is more than 24 hours ahead of this machine's clock, which says 2024-06-16T00:00:00Z",
            })
    @Tag("fault-82")
    void a_number_of_another_unit_is_refused_and_the_finding_says_which_it_is(String form, String cell, String words)
            throws IOException {
        Entry entry = entry(form, null, cell);

        TimeBounds bounds = new TimeBounds(Instant.parse("1990-01-01T00:00:00Z"), Duration.ofHours(24));
        List<Finding> findings = entry.readable()
                ? bounds.check(entry.transcript(), entry.line(), Instant.parse("2024-06-16T00:00:00Z"))
                : entry.findings();
        assertThat(findings)
                .map(entry::locate)
                .extracting(finding -> finding.rule().id() + " " + finding.message())
                .containsExactly("TS-RANGE row 2, column sent_at: " + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pattern dd.MM.yyyy HH:mm  |               | timestamp.zone is not set: the zone of the times",
                "pattern dd.MM.yyyy HH:mmX | UTC           | timestamp.zone is set, but the pattern in timestamp reads a zone itself",
                "rfc3339                   | UTC           | timestamp.zone is only for a timestamp that is a pattern",
                "pattern dd.MM.yyyy HH:mm  | Europe/Berln  | timestamp.zone is Europe/Berln, which is no zone. The nearest is Europe/Berlin",
                "pattern dd.MM.yyyy        | UTC           | which does not make a date and a time",
                "pattern dd.MM.yyyy hh:mm  | UTC           | which does not make a date and a time",
                "pattern foo               | UTC           | which is none",
                "excel                     |               | timestamp.zone is not set: the zone of the times",
                "pattern yyyy-MM-dd HH:mm v    |           | names of zones are read by z, as in CEST, and by VV",
                "pattern yyyy-MM-dd HH:mm zzzz |           | names of zones are read by z, as in CEST, and by VV",
            })
    void a_form_that_cannot_be_read_for_sure_stops_the_start(String form, String zone, String words) {
        assertThatThrownBy(() -> Mapped.rowsWith(folder, "timestamp", form, "timestamp.zone", zone == null ? "" : zone))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "rfc3339|pattern dd.MM.yyyy HH:mm, 2024-06-15T11:00:00+02:00, 2024-06-15T11:00:00+02:00",
        "rfc3339|pattern dd.MM.yyyy HH:mm, 15.06.2024 11:00, 2024-06-15T09:00:00Z",
        "pattern d.M.yyyy H:mm|pattern M/d/yyyy H:mm|epoch-auto, 6/15/2024 11:00, 2024-06-15T09:00:00Z",
        "pattern d.M.yyyy H:mm|pattern M/d/yyyy H:mm|epoch-auto, 1718442000, 2024-06-15T09:00:00Z",
    })
    void of_several_forms_the_first_that_fits_reads_the_time(String forms, String cell, String time)
            throws IOException {
        assertThat(times("timestamp", forms, "timestamp.zone", "Europe/Berlin").rfc3339(cell))
                .isEqualTo(time);
    }

    @Test
    void a_time_in_none_of_several_forms_is_a_finding_with_all_of_them() throws IOException {
        Times times = times("timestamp", "iso | pattern d.M.yyyy H:mm", "timestamp.zone", "UTC");

        assertThatThrownBy(() -> times.rfc3339("SECRET"))
                .hasMessage("is not a time as ISO 8601 has it, and not a time that exists, written as d.M.yyyy H:mm");
    }

    @Test
    void a_number_of_no_plausible_size_is_out_of_range() throws IOException {
        Times times = times("timestamp", "epoch-auto");

        assertThatThrownBy(() -> times.rfc3339("45458.375"))
                .isInstanceOfSatisfying(
                        Times.NoTimeException.class,
                        e -> assertThat(e.rule().id()).isEqualTo("TS-RANGE"))
                .hasMessageStartingWith("is a number too small for a time");
        assertThatThrownBy(() -> times.rfc3339("1.7E9")).hasMessage("is not a number since 1970");
    }

    @Test
    void a_time_without_a_zone_is_refused_when_neither_it_nor_the_mapping_has_one() throws IOException {
        assertThatThrownBy(() -> times("timestamp", "iso").rfc3339("2024-06-15 09:00:00"))
                .hasMessage("has no zone, and the mapping file does not say one in timestamp.zone");
    }

    @ParameterizedTest
    @CsvSource({
        "earlier, 27.10.2024 02:30, 2024-10-27T00:30:00Z",
        "later, 27.10.2024 02:30, 2024-10-27T01:30:00Z",
        "later, 27.10.2024 03:30, 2024-10-27T02:30:00Z",
    })
    void the_mapping_can_say_which_of_two_times_is_meant(String twice, String cell, String time) throws IOException {
        Times times = berlin("timestamp.twice", twice);

        assertThat(times.rfc3339(cell)).isEqualTo(time);
        assertThatThrownBy(() -> times.rfc3339("31.03.2024 02:30")).hasMessageContaining("steps over");
    }

    @Test
    void months_and_halves_of_the_day_are_in_the_language_that_the_mapping_names() throws IOException {
        assertThat(times("timestamp", "pattern d. MMMM yyyy HH:mm", "timestamp.zone", "UTC", "timestamp.locale", "de")
                        .rfc3339("5. m\u00e4rz 2024 09:00"))
                .isEqualTo("2024-03-05T09:00:00Z");
        Times spanish = times("timestamp", "pattern d/M/yy, h:mm a", "timestamp.zone", "UTC", "timestamp.locale", "es");
        assertThat(spanish.rfc3339("5/3/24, 9:00\u202fp.\u00a0m.")).isEqualTo("2024-03-05T21:00:00Z");
        assertThat(times("timestamp", "pattern yyyy-M-d a h:mm", "timestamp.zone", "UTC", "timestamp.locale", "ko")
                        .rfc3339("2024-3-5 \uc624\ud6c4 9:00"))
                .isEqualTo("2024-03-05T21:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00a0", "\u202f", "\u2009", "  ", "\t", " \u200e", "\u200f "})
    void every_kind_of_blank_is_one_blank_in_the_cell_and_in_the_pattern(String blank) throws IOException {
        assertThat(berlin().rfc3339("\u200e15.06.2024" + blank + "11:00 ")).isEqualTo("2024-06-15T09:00:00Z");
        assertThat(times("timestamp", "pattern dd.MM.yyyy" + blank + "HH:mm", "timestamp.zone", "UTC")
                        .rfc3339("15.06.2024 09:00"))
                .isEqualTo("2024-06-15T09:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "1m 13s, 2024-06-15T09:01:13Z",
        "10s, 2024-06-15T09:00:10Z",
        "1h 2m 3s, 2024-06-15T10:02:03Z",
        "( 1m 13s ), 2024-06-15T09:01:13Z",
        "(2H), 2024-06-15T11:00:00Z",
        "0.5s, 2024-06-15T09:00:00.500Z",
        "00:01:13, 2024-06-15T09:01:13Z",
        "25:00:00.25, 2024-06-16T10:00:00.250Z",
    })
    void a_time_can_be_so_long_after_another(String offset, String time) throws IOException {
        assertThat(berlin().rfc3339After("15.06.2024 11:00", offset)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "()", "13", "1:13", "1s 1m", "-1s", "1 m", "00:61:00", "SECRET"})
    void what_is_no_such_length_is_a_finding(String offset) throws IOException {
        assertThatThrownBy(() -> berlin().rfc3339After("15.06.2024 11:00", offset))
                .hasMessage("is not a time after the start, such as 1m 13s or 00:01:13");
    }

    @Test
    void a_start_that_is_no_time_is_a_finding() throws IOException {
        assertThatThrownBy(() -> times().rfc3339After("yesterday", "1s"))
                .hasMessage("counts from a start that is no time");
        assertThatThrownBy(() -> times().rfc3339After("9999-12-31T23:59:59Z", "1s"))
                .hasMessage("is behind the year 9999");
    }

    @Test
    void all_keys_are_checked() throws IOException {
        Mapped.write(folder, "timestamp.locale", "xx", "timestamp.twice", "both", "timestamp", "rfc3339 | ");

        MappingFile file = MappingFile.read("rows.properties", new MappingFolder(folder));
        Times.read(file);

        assertThat(file.problems())
                .map(problem -> problem.substring(problem.indexOf(": ") + 2))
                .containsExactly(
                        "timestamp.twice is both; allowed: refuse, earlier, later",
                        "timestamp.locale is xx; allowed: a language, for example de, en-US or pt-BR");
        assertThat(Times.keys())
                .containsExactlyInAnyOrder("timestamp", "timestamp.zone", "timestamp.locale", "timestamp.twice");
    }

    private Times berlin(String... more) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("timestamp", "pattern dd.MM.yyyy HH:mm", "timestamp.zone", "Europe/Berlin"));
        all.addAll(List.of(more));
        return times(all.toArray(String[]::new));
    }

    private Times times(String... changes) throws IOException {
        Mapped.write(folder, changes);
        MappingFile file = MappingFile.read("rows.properties", new MappingFolder(folder));
        Times times = Times.read(file);
        assertThat(file.problems()).isEmpty();
        return times;
    }

    @Test
    void a_missing_time_is_left_to_the_rules() throws IOException {
        Entry entry = entry("epoch-millis", null, " ");

        assertThat(entry.readable()).isTrue();
        assertThat(entry.transcript().messages().get(0).timestamp()).isNull();
    }

    private Entry entry(String form, String zone, String cell) throws IOException {
        var mapping = Mapped.rowsWith(folder, "timestamp", form, "timestamp.zone", zone == null ? "" : zone);
        return Mapped.read(
                        mapping,
                        "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\nc,a,c,m,agent,Hi,\""
                                + cell + "\"\n")
                .get(0);
    }
}
