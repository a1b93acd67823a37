package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -o csv} has what {@code -o json} has. */
class CsvOutputTest {
    @TempDir
    Path data;

    private Ended asked(String... arguments) {
        return Verb.of(Map.of("DATA_DIR", data.toString(), "REDACTION_POLICY", "cards"), arguments);
    }

    private static List<CSVRecord> rows(String csv) throws IOException {
        return CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(csv))
                .getRecords();
    }

    private static String csv(String json) {
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            CsvOutput.begin();
            System.out.print(json);
            CsvOutput.end();
        } finally {
            System.setOut(out);
        }
        return bytes.toString(UTF_8);
    }

    @Test
    void the_questions_of_an_officer_are_answered_in_columns() throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("sent.json", chat("=cmd|' /C calc'!A0", 2, "4111 1111 1111 1111"));
            cxt.drops("bad.json", chat("bad", 0, ""));
        }

        List<CSVRecord> events =
                rows(asked("audit", "query", "--event", "sent", "-o", "csv").out());
        assertThat(events).singleElement().satisfies(row -> {
            assertThat(row.get("interactionId")).isEqualTo("'=cmd|' /C calc'!A0");
            assertThat(row.get("httpStatus")).isEqualTo("201");
            assertThat(row.get("reason")).isEmpty();
        });
        List<CSVRecord> found =
                rows(asked("find", "=cmd|' /C calc'!A0", "--output=CSV").out());
        assertThat(found).extracting(row -> row.get("list")).contains("deliveries", "events", "");
        List<CSVRecord> letters =
                rows(asked("dead-letters", "list", "-o", "csv").out());
        assertThat(letters).singleElement().satisfies(row -> assertThat(row.get("refusal.reason"))
                .isEqualTo("MSG-NONE"));
        assertThat(rows(asked("day", "-o", "csv").out()))
                .anySatisfy(row ->
                        assertThat(row.toMap()).containsEntry("list", "sources").containsEntry("sent", "1"))
                .anySatisfy(row -> assertThat(row.get("total.read")).isEqualTo("2"));
        assertThat(rows(asked("status", "-o", "csv").out())).isNotEmpty();
        assertThat(rows(asked("audit", "verify", "-o", "csv").out()))
                .anySatisfy(row -> assertThat(row.get("whole")).isEqualTo("true"));
        assertThat(rows(asked("scan", "-o", "csv").out()))
                .anySatisfy(row -> assertThat(row.get("rule")).isEqualTo("card"));
        Ended unknown = asked("find", "nobody", "-o", "csv");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).contains("knows nothing of nobody");
        assertThat(asked("find", "x", "-o", "xml").err()).contains("expected one of [table, json, csv]");
    }

    @Test
    void columns_are_those_of_all_items_and_cells_steer_no_terminal() {
        assertThat(csv("[{\"a\":1,\"b\":{\"c\":\"x,\\\"y\"}},\n{\"a\":null,\"d\":[1,{\"e\":2}]}]"))
                .isEqualTo("a,b.c,d\r\n1,\"x,\"\"y\",\r\n\"\",,\"[1,{\"\"e\"\":2}]\"\r\n");
        assertThat(csv("{\"a\":1,\"l\":[{\"b\":2},3],\"n\":{\"m\":-4}}"))
                .isEqualTo("list,b,value,a,n.m\r\nl,2,,,\r\nl,,3,,\r\n\"\",,,1,-4\r\n");
        assertThat(csv("[{\"a\":\"\\u001b[31m\\u202e\\n\"}]"))
                .doesNotContain("\u001b", "\u202e")
                .hasLineCount(2);
        assertThat(csv("[]")).isEmpty();
        assertThat(csv("")).isEmpty();
    }
}
