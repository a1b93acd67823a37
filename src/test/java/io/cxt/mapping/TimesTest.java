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
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                "epoch-seconds                | | 2024-06-15T09:00:00Z | is not a whole number of seconds since 1970",
                "epoch-millis                 | | 12.5                 | is not a whole number of milliseconds since 1970",
                "epoch-seconds                | | 99999999999999999999 | is not a whole number of seconds since 1970",
                "pattern dd.MM.yyyy HH:mm:ss  | UTC | 31.02.2024 11:00:00 | is not a time that exists, written as dd.MM.yyyy HH:mm:ss",
                "pattern dd.MM.yyyy HH:mm:ss  | UTC | yesterday           | is not a time that exists, written as dd.MM.yyyy HH:mm:ss",
                "pattern dd.MM.yyyy HH:mm:ss  | Europe/Berlin | 31.03.2024 02:30:00 | lies in the hour that the clock in Europe/Berlin steps over",
                "pattern dd.MM.yyyy HH:mm:ss  | Europe/Berlin | 27.10.2024 02:30:00 | lies in the hour that the clock in Europe/Berlin runs twice, so it could mean two times",
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
                "pattern dd.MM.yyyy HH:mm  | Europe/Berln  | with the zone Europe/Berln; together they do not make",
                "pattern dd.MM.yyyy        | UTC           | together they do not make a date and a time",
                "pattern dd.MM.yyyy hh:mm  | UTC           | together they do not make a date and a time",
                "pattern foo               | UTC           | which is none",
            })
    void a_form_that_cannot_be_read_for_sure_stops_the_start(String form, String zone, String words) {
        assertThatThrownBy(() -> Mapped.rowsWith(folder, "timestamp", form, "timestamp.zone", zone == null ? "" : zone))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(words);
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
                        "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\nc,a,c,m,agent,Hi," + cell
                                + "\n")
                .get(0);
    }
}
