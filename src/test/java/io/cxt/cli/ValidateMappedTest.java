package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Transcripts;
import io.cxt.fixture.Verb;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cxt validate} on files in other formats. */
class ValidateMappedTest {

    private static final Path SAMPLES = Path.of("src/test/resources/mappings");
    private static final String TABLE = """
            conversation_id,agent_id,customer_id,message_id,sender,text,sent_at
            c-1,agt,cust,m-1,agent,late,2024-06-15T10:00:00Z
            c-1,agt,cust,m-2,agent,early,2024-06-15T09:00:00Z
            c-2,agt,cust,m-1,agent,"two
            lines",not a time
            """;

    @TempDir
    private Path scratch;

    @Test
    void findings_name_row_and_column() throws Exception {
        Path file = Files.writeString(scratch.resolve("chats.csv"), TABLE);

        Ended table = validate(Map.of(), file.toString());
        Ended json = validate(Map.of(), "-o", "json", file.toString());

        assertThat(table.exit()).isEqualTo(1);
        assertThat(table.out())
                .contains("chats.csv:3 TS-ORDER /messages/1/timestamp row 3, column sent_at: is earlier than")
                .contains("chats.csv:4 TS-FORMAT /messages/0/timestamp row 4, column sent_at: is not an RFC 3339 time");
        assertThat(table.err()).contains("2 transcripts in 1 files, 2 would be rejected");
        JsonNode first = new ObjectMapper().readTree(json.out()).get(0);
        assertThat(first.get("line").asInt()).isEqualTo(3);
        assertThat(first.get("interactionId").asText()).isEqualTo("c-1");
    }

    @Test
    void with_sorting_a_finding_names_the_row_that_the_message_came_in() throws Exception {
        String large = TABLE.replace("late", "x".repeat(3_000)).replace("not a time", "2024-06-15T09:00:00Z");
        Path file = Files.writeString(scratch.resolve("chats.csv"), large);

        Ended table = validate(Map.of("TRANSCRIPT_ORDER", "sort", "TRANSCRIPT_MAX_BYTES", "2000"), file.toString());

        assertThat(table.out()).contains("chats.csv:2 MSG-SIZE /messages/0 row 2: comes to");
        assertThat(table.err()).contains("2 transcripts in 1 files, 1 would be rejected");
    }

    /** One file for each reason for which ids or times are refused, in one start of the command. */
    @Test
    @Tag("fault-81")
    @Tag("fault-82")
    void ids_and_times_that_were_changed_on_the_way_are_found_with_what_to_do() throws Exception {
        String header = TABLE.substring(0, TABLE.indexOf('\n') + 1);
        String row = "%s,agt,cust,m-1,agent,Hi,2024-06-15T10:00:00Z\n";
        Files.writeString(scratch.resolve("excel.csv"), header + row.formatted("4.91512E+12"));
        Files.writeString(scratch.resolve("case.csv"), header + row.formatted("c-1") + row.formatted("C-1"));
        Files.writeString(scratch.resolve("padded.csv"), header + row.formatted("c-1") + row.formatted("c-1 "));
        String chat = Transcripts.json(Transcripts.messageJson("Hi"));
        Files.writeString(scratch.resolve("padded.json"), chat.replace("cust-9", "cust-9\u00A0"));
        Files.writeString(
                scratch.resolve("seconds.json"), chat.replace("2024-06-15T09:00:00Z", "1970-01-20T21:20:42Z"));
        Files.writeString(scratch.resolve("future.json"), chat.replace("2024-06-15T09:00:00Z", "5138-11-16T09:46:39Z"));

        Ended table = validate(Map.of(), scratch.toString());

        assertThat(table.out())
                .contains(
                        "excel.csv:2 CSV-ID-CHANGED / row 2, column conversation_id: holds a number in scientific form")
                .contains("give the column the format Text before you put the data in")
                .contains(
                        "case.csv:3 CSV-ID-ALIKE / row 3, column conversation_id: chat C-1 differs from chat c-1 in row 2")
                .contains("padded.json:1 ID-BLANK /customerId has blanks around it")
                .contains("seconds.json:1 TS-RANGE /messages/0/timestamp is before 1990-01-01T00:00:00Z")
                .contains("future.json:1 TS-RANGE /messages/0/timestamp is more than 24 hours ahead")
                .contains("Ten digits are seconds since 1970")
                .doesNotContain("padded.csv");
        assertThat(table.err()).contains("6 transcripts in 6 files, 5 would be rejected");
    }

    @Test
    void a_folder_of_exports_is_read_by_the_mappings_packed_ones_too() throws Exception {
        pack("rows.csv");
        Files.copy(SAMPLES.resolve("zendesk-chat.json"), scratch.resolve("zendesk-chat.json"));

        Ended table = validate(Map.of(), scratch.toString());

        assertThat(table.err()).contains("6 transcripts in 2 files, 2 would be rejected");
        assertThat(table.out())
                .contains("zendesk-chat.json:37 MAP-REFUSED / chat 3: is an offline message")
                .contains("zendesk-chat.json:44 MAP-REFUSED / chat 4: was answered by nobody");
    }

    @Test
    void a_name_that_nothing_takes_is_told_what_would_be_taken() throws Exception {
        Path file = Files.writeString(scratch.resolve("chats.xml"), "");

        Ended refused = validate(Map.of(), file.toString());

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("Name it .json, .ndjson or .jsonl", "*.csv, *.tsv (rows.properties)");
    }

    private Ended validate(Map<String, String> environment, String... arguments) throws Exception {
        String[] line = new String[arguments.length + 1];
        line[0] = "validate";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        return Verb.of(environment, line);
    }

    private void pack(String sample) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(scratch.resolve(sample + ".gz")))) {
            Files.copy(SAMPLES.resolve(sample), out);
        }
    }
}
