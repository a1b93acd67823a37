package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Reading;
import io.cxt.fixture.SharedData;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The reader on what others have collected: real chats, JSON that is none, UTF-8 that is none. */
class SharedDataTest {

    private static final String JSON_TEXTS = "json-test-suite/test_parsing";
    private static final Set<Reason> NOT_JSON = EnumSet.of(
            Reason.JSON_SYNTAX, Reason.JSON_TRAILING, Reason.JSON_EMPTY, Reason.JSON_DEPTH, Reason.UTF8_INVALID);

    @ParameterizedTest
    @CsvSource({"taskmaster4, 3710", "crosswoz, 1000", "abcd, 3"})
    void real_chats_are_read_and_acceptable(String name, int count) throws IOException {
        Rules rules = new Rules();
        Path file = SharedData.path(name + ".ndjson.gz");
        int read = 0;

        try (TranscriptReader reader = Reading.open(file, ReadingOptions.DEFAULT)) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                assertThat(entry.findings()).isEmpty();
                assertThat(entry.notes()).isEmpty();
                assertThat(rules.check(entry.transcript(), entry.line())).isEmpty();
                read++;
                assertThat(entry.line()).isEqualTo(read);
            }
        }

        assertThat(read).isEqualTo(count);
    }

    @Test
    void what_is_not_json_is_refused_as_such_with_a_line() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        for (Path file : SharedData.files(JSON_TEXTS, "n_")) {
            List<Finding> findings = findings(file, Form.DOCUMENT);
            softly.assertThat(findings)
                    .as(file.getFileName().toString())
                    .anyMatch(finding -> NOT_JSON.contains(finding.rule()))
                    .allMatch(finding -> finding.line() >= 1);
        }
        softly.assertAll();
    }

    @Test
    void what_is_json_is_never_called_otherwise() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        for (Path file : SharedData.files(JSON_TEXTS, "y_")) {
            softly.assertThat(findings(file, Form.DOCUMENT))
                    .as(file.getFileName().toString())
                    .noneMatch(finding -> NOT_JSON.contains(finding.rule()));
        }
        softly.assertAll();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void no_text_makes_the_reader_fail_however_it_is_read(Form form) throws IOException {
        for (Path file : SharedData.files(JSON_TEXTS, "")) {
            assertThat(findings(file, form)).allMatch(finding -> finding.line() >= 1);
        }
    }

    /** Lines of the file: {@code number:verdict:text} or {@code number:verdict hex:bytes[:…]}; the rest is comment. */
    @Test
    void utf8_is_read_and_what_is_not_utf8_is_refused() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        int cases = 0;
        for (String line : Files.readAllLines(SharedData.path("utf8tests/utf8tests.txt"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split(":");
            String verdict = fields[1].strip();
            byte[] text = verdict.endsWith("hex")
                    ? HexFormat.of().parseHex(fields[2].replace(" ", ""))
                    : fields[2].getBytes(StandardCharsets.US_ASCII);
            List<Finding> findings = findings(Reading.of(transcriptWith(text), Form.LINES));
            if (verdict.startsWith("invalid")) {
                softly.assertThat(findings).as(line).extracting(Finding::rule).containsExactly(Reason.UTF8_INVALID);
            } else {
                softly.assertThat(findings).as(line).noneMatch(finding -> finding.rule() != Reason.TEXT_NUL);
            }
            cases++;
        }
        softly.assertAll();
        assertThat(cases).isGreaterThan(200);
    }

    /** A transcript with these bytes as the text of its message; what JSON does not let stand in a string is escaped. */
    private static byte[] transcriptWith(byte[] text) {
        String[] around = json(messageJson("~")).split("~");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(around[0].getBytes(StandardCharsets.US_ASCII));
        for (byte b : text) {
            if ((b >= 0 && b < ' ') || b == '"' || b == '\\') {
                bytes.writeBytes("\\u%04x".formatted((int) b).getBytes(StandardCharsets.US_ASCII));
            } else {
                bytes.write(b);
            }
        }
        bytes.writeBytes(around[1].getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private static List<Finding> findings(Path file, Form form) throws IOException {
        return findings(Reading.of(Files.readAllBytes(file), form));
    }

    private static List<Finding> findings(List<Entry> entries) {
        return entries.stream().flatMap(entry -> entry.findings().stream()).toList();
    }
}
