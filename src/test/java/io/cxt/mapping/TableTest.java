package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Mapped;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Party;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mapping can say of a table, and what spreadsheets and databases make of one. */
class TableTest {

    private static final String HEADER = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n";
    private static final String TABLE = HEADER
            + "c-1,agt,cust,m-1,customer,Gr\u00fc\u00dfe,2024-06-15T09:00:00Z\n"
            + "c-1,agt,cust,m-2,agent,\"Hello, Anna\",2024-06-15T09:00:01Z\n";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "UTF-8, ''",
        "UTF-8, \uFEFF",
        "UTF-16LE, \uFEFF",
        "UTF-16BE, \uFEFF",
        "UTF-16LE, ''",
        "UTF-16BE, ''",
    })
    void unicode_in_any_form_is_found_by_its_first_bytes(Charset charset, String mark) throws IOException {
        byte[] bytes = (mark + TABLE).getBytes(charset);

        for (int atOnce : new int[] {1, 7, 100_000}) {
            Entry entry = only(Mapped.read(Mapped.rows(), () -> slowly(bytes, atOnce), ReadingOptions.DEFAULT));

            assertThat(texts(entry)).containsExactly("Gr\u00fc\u00dfe", "Hello, Anna");
            assertThat(entry.notes()).isEmpty();
        }
    }

    @Test
    void a_table_of_a_tab_in_utf16_as_spreadsheets_save_it_is_read() throws IOException {
        String table = "\uFEFF" + TABLE.replace("\"Hello, Anna\"", "Hello").replace(',', '\t');

        Entry entry =
                only(Mapped.read(Mapped.rows(), table.getBytes(StandardCharsets.UTF_16LE), ReadingOptions.DEFAULT));

        assertThat(texts(entry)).containsExactly("Gr\u00fc\u00dfe", "Hello");
        assertThat(entry.notes()).containsExactly("delimiter=tab");
    }

    @Test
    void another_character_set_is_read_when_the_mapping_names_it() throws IOException {
        Charset windows = Charset.forName("windows-1252");
        byte[] bytes = TABLE.replace("Hello", "\u20ac 5 \u2013").getBytes(windows);
        Mapping mapping = Mapped.rowsWith(folder, "charset", "windows-1252");

        assertThat(texts(only(Mapped.read(mapping, bytes, ReadingOptions.DEFAULT))))
                .containsExactly("Gr\u00fc\u00dfe", "\u20ac 5 \u2013, Anna");
        assertThat(texts(only(Mapped.read(mapping, "\uFEFF" + TABLE))))
                .containsExactly("Gr\u00fc\u00dfe", "Hello, Anna");
        bytes[HEADER.length() + 1] = (byte) 0x81;
        assertThat(Mapped.findings(only(Mapped.read(mapping, bytes, ReadingOptions.DEFAULT))))
                .containsExactly(
                        "UTF8-INVALID line 2: is not windows-1252 at byte %s of the unpacked source, counted from 0"
                                .formatted(HEADER.length() + 1));
    }

    @ParameterizedTest
    @CsvSource({"';', semicolon", "'\t', tab", "|, bar"})
    void the_delimiter_is_the_one_by_which_the_header_has_the_columns(String delimiter, String word)
            throws IOException {
        String table = TABLE.replace("\"Hello, Anna\"", "\"Hello" + delimiter + " Anna\"")
                .replace(",", delimiter);

        Entry entry = only(read(table));

        assertThat(texts(entry)).containsExactly("Gr\u00fc\u00dfe", "Hello" + delimiter + " Anna");
        assertThat(entry.notes()).containsExactly("delimiter=" + word);
    }

    @Test
    void a_delimiter_that_is_found_is_noted_once() throws IOException {
        List<Entry> entries = read((TABLE + TABLE.substring(HEADER.length()).replace("c-1", "c-2"))
                .replace("\"Hello, Anna\"", "Hello")
                .replace(',', ';'));

        assertThat(entries).extracting(Entry::notes).containsExactly(List.of("delimiter=semicolon"), List.of());
    }

    @ParameterizedTest
    @CsvSource({"sep=;, ','", "'\"sep=;\"', ','", "sep=;, tab"})
    void a_line_that_names_the_delimiter_is_obeyed_and_is_no_row(String line, String delimiter) throws IOException {
        Mapping mapping = Mapped.rowsWith(folder, "delimiter", delimiter);
        String table = line + "\r\n"
                + TABLE.replace("\"Hello, Anna\"", "Hello").replace(',', ';').replace("Z\n", "Z\r\n");

        Entry entry = only(Mapped.read(mapping, table.replace(";agent;", ";nobody;")));

        assertThat(Mapped.findings(entry))
                .containsExactly(
                        "MAP-ROLE line 4: row 3, column sender: holds a word of 6 characters that is in no role of the"
                                + " mapping");
        assertThat(only(Mapped.read(mapping, table)).notes()).containsExactly("delimiter=semicolon");
    }

    @Test
    void rows_of_nothing_are_passed_over_and_counted() throws IOException {
        String more = TABLE.substring(HEADER.length()).replace("c-1", "c-2");
        List<Entry> entries =
                read(",,\n" + TABLE + " ,\u00a0,,,,,\n;;\n".replace(";;", ",,") + "\n" + more + ",,,,,,\n \n\u001A");

        assertThat(entries).extracting(Entry::notes).containsExactly(List.of("blank-rows:2"), List.of("blank-rows:3"));
        assertThat(entries).extracting(Entry::line).containsExactly(3L, 8L);
    }

    @Test
    void columns_are_found_in_another_case_and_with_other_blanks() throws IOException {
        Entry entry = only(read(TABLE.replace("conversation_id", "\u00a0Conversation_ID ")
                .replace("message_id", "MESSAGE_ID")
                .replace(",text", ",Text,TEXT,text ")
                .replace(",\"Hello", ",x,x,\"Hello")
                .replace(",Gr", ",x,x,Gr")));

        assertThat(texts(entry)).containsExactly("Gr\u00fc\u00dfe", "Hello, Anna");
    }

    @Test
    void of_two_columns_that_look_alike_none_is_taken_and_the_nearest_one_is_named() throws IOException {
        assertThat(Mapped.findings(only(read(TABLE.replace("message_id", "TEXT").replace(",text", ",Text")))))
                .first()
                .asString()
                .isEqualTo("CSV-COLUMN line 1: the header has 2 columns that differ from text only by case or blanks");
        assertThat(Mapped.findings(only(read(TABLE.replace("sent_at", "sendat")))))
                .containsExactly("CSV-COLUMN line 1: the header has no column sent_at, which is timestamp; it has 7"
                        + " cells. The nearest is sendat");
        assertThat(Mapped.findings(only(read(TABLE.substring(HEADER.length())))))
                .containsExactly(
                        "CSV-COLUMN line 1: the header has no column conversation_id, which is interactionId; it"
                                + " has 7 cells");
    }

    @Test
    void a_column_can_have_several_names_and_the_first_that_is_there_is_read() throws IOException {
        Mapping mapping = Mapped.rowsWith(folder, "column.text", "message | body | text");

        assertThat(texts(only(Mapped.read(mapping, TABLE.replace("text", "body")))))
                .containsExactly("Gr\u00fc\u00dfe", "Hello, Anna");
        assertThat(texts(only(Mapped.read(
                        mapping,
                        TABLE.replace("message_id", "body,message_id")
                                .replace("m-1", "one,m-1")
                                .replace("m-2", "two,m-2")))))
                .containsExactly("one", "two");
        assertThat(Mapped.findings(only(Mapped.read(mapping, TABLE.replace("text", "SECRET WORDS")))))
                .containsExactly(
                        "CSV-COLUMN line 1: the header has no column message or body or text, which is text; it"
                                + " has 7 cells");
    }

    @Test
    void words_of_the_mapping_mean_an_empty_cell_and_others_are_text() throws IOException {
        String table = HEADER
                + "c-1,agt,cust,m-1,customer,NULL,2024-06-15T09:00:00Z\n"
                + "c-1,agt,cust,m-2,customer,\\N,2024-06-15T09:00:00Z\n"
                + "c-1,agt,cust,m-3,customer,null,2024-06-15T09:00:00Z\n";

        assertThat(texts(only(Mapped.read(Mapped.rowsWith(folder, "null", "NULL, \\N, (null)"), table))))
                .containsExactly("", "", "null");
        assertThat(texts(only(read(table)))).containsExactly("NULL", "\\N", "null");
    }

    @Test
    void a_constant_stands_in_place_of_a_column() throws IOException {
        Mapping mapping = Mapped.rowsWith(
                folder,
                "column.agentId",
                null,
                "constant.agentId",
                "agt_import",
                "column.role",
                null,
                "constant.role",
                "visitor",
                "constant.type",
                "text");

        Entry entry = only(Mapped.read(mapping, TABLE));

        assertThat(entry.transcript().agentId()).isEqualTo("agt_import");
        assertThat(entry.transcript().messages()).allSatisfy(message -> {
            assertThat(message.from()).isEqualTo(new Party("cust", "customer"));
            assertThat(message.to()).isEqualTo(new Party("agt_import", "agent"));
            assertThat(message.type()).isEqualTo("text");
        });
    }

    @Test
    void a_chat_that_no_agent_wrote_in_has_the_agent_of_the_mapping_or_is_refused_with_its_key() throws IOException {
        String table = HEADER
                + "c-1,,cust,m-1,customer,Hello?,2024-06-15T09:00:00Z\n"
                + "c-2,agt,cust,m-1,customer,Hello,2024-06-15T09:00:00Z\n";

        List<Entry> entries = Mapped.read(Mapped.rowsWith(folder, "agent.default", "agt_none"), table);

        assertThat(entries).extracting(entry -> entry.transcript().agentId()).containsExactly("agt_none", "agt");
        assertThat(entries.get(0).transcript().messages().get(0).to()).isEqualTo(new Party("agt_none", "agent"));
        Entry without = read(table).get(0);
        assertThat(new Rules().check(without.transcript(), 2))
                .map(without::locate)
                .extracting(finding -> finding.rule().id() + " " + finding.message())
                .contains("ID-AGENT row 2, column agent_id: is missing; for chats without an agent set agent.default in"
                        + " the mapping file");
    }

    @Test
    void notes_and_events_never_become_chat_and_are_counted() throws IOException {
        String table = HEADER
                + "c-1,agt,cust,m-1,joined,,2024-06-15T08:59:59Z\n"
                + "c-1,agt,cust,m-2,customer,Hello,2024-06-15T09:00:00Z\n"
                + "c-1,agt,cust,m-3,Internal,SECRET,2024-06-15T09:00:01Z\n"
                + "c-1,agt,cust,m-4,private,SECRET,2024-06-15T09:00:02Z\n"
                + "c-1,agt,cust,m-5,agent,Hi,09:00\n"
                + "c-2,agt,cust,m-1,note,SECRET,2024-06-15T09:00:03Z\n";

        List<Entry> entries = Mapped.read(Mapped.rowsWith(folder, "role.event", "joined, left, rating"), table);

        assertThat(texts(entries.get(0))).containsExactly("Hello", "Hi");
        assertThat(entries.get(0).notes()).containsExactly("events-dropped:1", "notes-dropped:2");
        assertThat(new String(entries.get(0).raw(), StandardCharsets.UTF_8)).doesNotContain("SECRET");
        assertThat(new Rules().check(entries.get(0).transcript(), 2))
                .map(entries.get(0)::locate)
                .extracting(finding -> finding.line() + " " + finding.message())
                .containsExactly(
                        "6 row 6, column sent_at: is not an RFC 3339 time with a zone and at most 9 fraction digits");
        assertThat(new Rules().check(entries.get(1).transcript(), 7))
                .extracting(finding -> finding.rule().id())
                .contains("MSG-NONE");
        assertThat(entries.get(1).notes()).containsExactly("notes-dropped:1");
    }

    @Test
    void a_message_id_that_stands_twice_is_kept_refused_or_dropped_as_the_mapping_says() throws IOException {
        String one = "c-1,agt,cust,m-1,customer,Hello,2024-06-15T09:00:00Z\n";
        String table = HEADER + one + one + one.replace("Hello", "Hello!") + one.replace("c-1", "c-2");

        assertThat(texts(read(table).get(0))).containsExactly("Hello", "Hello", "Hello!");
        assertThat(read(table)).extracting(Entry::notes).containsExactly(List.of("ids-twice:2"), List.of());
        List<Entry> refused = Mapped.read(Mapped.rowsWith(folder, "ids.twice", "refuse"), table);
        assertThat(Mapped.findings(refused.get(0)))
                .containsExactly(
                        "MAP-ID-TWICE line 3: row 3, column message_id: holds the id of a row of the chat before,"
                                + " and so do 1 more");
        assertThat(refused.get(1).readable()).isTrue();
        Entry dropped =
                Mapped.read(Mapped.rowsWith(folder, "ids.twice", "drop"), table).get(0);
        assertThat(texts(dropped)).containsExactly("Hello", "Hello!");
        assertThat(dropped.notes()).containsExactly("copies-dropped:1", "ids-twice:1");
    }

    @Test
    void ids_that_are_missing_stay_so_or_are_made_the_same_each_time() throws IOException {
        String table =
                TABLE.replace("m-1", "").replace("m-2", "NULL") + "c-1,agt,cust,m-3,agent,Hi,2024-06-15T09:00:02Z\n";

        assertThat(only(read(table)).transcript().messages())
                .extracting(ChatMessage::id)
                .containsExactly(null, null, "m-3");
        Entry made = only(Mapped.read(Mapped.rowsWith(folder, "ids.missing", "make"), table));
        // printf 'c-1\n0' | sha256sum | cut -c1-32
        assertThat(made.transcript().messages())
                .extracting(ChatMessage::id)
                .containsExactly("00702bb43a38666640cca220273c6556", "f4030202a0c1bb3e38dc4c3d40a4bfbe", "m-3");
        assertThat(made.notes()).containsExactly("ids-made:2");
    }

    @Test
    void rows_can_be_put_in_the_order_of_their_times_and_of_their_numbers() throws IOException {
        String table = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at,no\n"
                + "c-1,agt,cust,m-1,customer,five,2024-06-15T09:00:02Z,1\n"
                + "c-1,agt,cust,m-2,agent,two,2024-06-15T11:00:01+02:00,10\n"
                + "c-1,agt,cust,m-3,customer,one,2024-06-15T09:00:01Z,9\n"
                + "c-1,agt,cust,m-4,agent,three,2024-06-15T09:00:01Z,10\n"
                + "c-1,agt,cust,m-5,agent,four,2024-06-15T09:00:01.5Z,2\n"
                + "c-2,agt,cust,m-6,agent,one,2024-06-15T09:00:01Z,1\n";
        Mapping byTime = Mapped.rowsWith(folder, "order", "time", "column.sequence", "no");

        List<Entry> entries = Mapped.read(byTime, table);

        assertThat(texts(entries.get(0))).containsExactly("one", "two", "three", "four", "five");
        assertThat(entries).extracting(Entry::notes).containsExactly(List.of("sorted"), List.of());
        assertThat(Mapped.findings(
                        Mapped.read(byTime, table.replace(",9\n", ",x\n")).get(0)))
                .containsExactly(
                        "TS-ORDER line 4: row 4, column no: is no whole number, by which the rows are put in order");
        assertThat(texts(read(table).get(0))).containsExactly("five", "two", "one", "three", "four");
    }

    @Test
    void senders_and_receivers_can_have_columns_of_their_own() throws IOException {
        Mapping mapping = Mapped.rowsWith(
                folder,
                "column.agentId",
                null,
                "column.customerId",
                null,
                "column.role",
                null,
                "column.from.id",
                "from",
                "column.from.type",
                "from_type",
                "column.to.id",
                "to",
                "column.id",
                null,
                "role.agent",
                "agent, supervisor");
        String table = "conversation_id,from,from_type,to,text,sent_at\n"
                + "c-1,anna,customer,ben,one,2024-06-15T09:00:00Z\n"
                + "c-1,cem,Supervisor,anna,two,2024-06-15T09:00:01Z\n"
                + "c-1,ben,internal,cem,SECRET,2024-06-15T09:00:02Z\n"
                + "c-1,robo,robot,anna,three,2024-06-15T09:00:03Z\n";

        Entry entry = only(Mapped.read(mapping, table));

        assertThat(entry.transcript().customerId()).isEqualTo("anna");
        assertThat(entry.transcript().agentId()).isEqualTo("ben");
        assertThat(entry.transcript().messages())
                .extracting(ChatMessage::from)
                .containsExactly(new Party("anna", "customer"), new Party("cem", "agent"), new Party("robo", "robot"));
        assertThat(entry.transcript().messages())
                .extracting(ChatMessage::to)
                .containsExactly(
                        new Party("ben", "agent"), new Party("anna", "customer"), new Party("anna", "customer"));
        assertThat(entry.notes()).containsExactly("notes-dropped:1");
    }

    @Test
    void the_name_of_the_speaker_can_be_all_there_is() throws IOException {
        Mapping mapping = Mapped.rowsWith(
                folder,
                "column.agentId",
                null,
                "column.customerId",
                null,
                "column.role",
                null,
                "column.from.id",
                "speaker",
                "column.id",
                null,
                "role.agent",
                "agent:*, Ben Okafor",
                "role.bot",
                "*bot",
                "role.customer",
                "*",
                "agent.default",
                "agt_none");
        String table = "conversation_id,speaker,text,sent_at\n"
                + "c-1,Helpbot,one,2024-06-15T09:00:00Z\n"
                + "c-1,Anna,two,2024-06-15T09:00:01Z\n"
                + "c-1,ben okafor,three,2024-06-15T09:00:02Z\n"
                + "c-1,agent:Li,four,2024-06-15T09:00:03Z\n"
                + "c-1,Anna,five,2024-06-15T09:00:04Z\n"
                + "c-2,Carl,alone,2024-06-15T09:00:00Z\n"
                + "c-3,Dora,one,2024-06-15T09:00:00Z\n"
                + "c-3,Emil,two,2024-06-15T09:00:00Z\n"
                + "c-4, ,one,2024-06-15T09:00:00Z\n";

        List<Entry> entries = Mapped.read(mapping, table);

        assertThat(entries.get(0).transcript().agentId()).isEqualTo("ben okafor");
        assertThat(entries.get(0).transcript().customerId()).isEqualTo("Anna");
        assertThat(entries.get(0).transcript().messages())
                .extracting(
                        message -> message.from().type() + ">" + message.to().id())
                .containsExactly("bot>Anna", "customer>ben okafor", "agent>Anna", "agent>Anna", "customer>agent:Li");
        assertThat(entries.get(1).transcript().messages().get(0).to()).isEqualTo(new Party("agt_none", "agent"));
        assertThat(Mapped.findings(entries.get(2)))
                .containsExactly(
                        "MAP-DIFFERS line 9: row 9, column speaker: is not the same as in the rows of the chat before");
        assertThat(Mapped.findings(entries.get(3)))
                .containsExactly("MAP-ROLE line 10: row 10, column speaker: is empty, and says who wrote the message");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void a_header_or_a_row_of_a_hundred_thousand_cells_is_refused(String delimiter) throws IOException {
        String wide = delimiter.repeat(100_000) + "\n";

        assertThat(Mapped.findings(only(read("x" + wide))))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding)
                                .matches(
                                        "CSV-CELLS line 1: a row has more than 1000 cells|CSV-COLUMN line 1: the header has no.*1 cell.*"));
        assertThat(Mapped.findings(
                        only(read(TABLE.replace("\"Hello, Anna\"", "Hello").replace(",", delimiter) + "x" + wide))))
                .containsExactly("CSV-CELLS line 4: a row has more than 1000 cells");
    }

    @Test
    void a_line_of_ten_megabytes_is_refused() throws IOException {
        ReadingOptions options = new ReadingOptions(false, 8 * 1024 * 1024);
        String letters = "x".repeat(10 * 1024 * 1024);

        assertThat(Mapped.findings(only(Mapped.read(Mapped.rows(), letters.getBytes(StandardCharsets.UTF_8), options))))
                .containsExactly("JSON-RECORD-SIZE line 1: a row is longer than 8388608 bytes");
        byte[] late = (TABLE + "c-2,agt,cust,m-1,agent," + letters).getBytes(StandardCharsets.UTF_8);
        assertThat(Mapped.findings(only(Mapped.read(Mapped.rows(), late, options))))
                .containsExactly("JSON-RECORD-SIZE line 4: a row is longer than 8388608 bytes");
    }

    @Test
    void what_a_mapping_says_of_a_table_is_checked_when_it_is_loaded() {
        assertThatThrownBy(() -> Mapped.rowsWith(
                        folder,
                        "charset",
                        "latin-9000",
                        "ids.twice",
                        "x",
                        "ids.missing",
                        "x",
                        "order",
                        "x",
                        "column.sequence",
                        "no",
                        "constant.agentId",
                        "a",
                        "constant.text",
                        "b"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("charset is latin-9000, which Java does not know; allowed: auto, UTF-8")
                .hasMessageContaining("ids.twice is x; allowed: keep, refuse, drop")
                .hasMessageContaining("ids.missing is x; allowed: keep, make")
                .hasMessageContaining("order is x; allowed: source, time")
                .hasMessageContaining("column.sequence is only for order = time")
                .hasMessageContaining("column.agentId and constant.agentId are both set; remove one")
                .hasMessageContaining("there is no property constant.text. The nearest is");
    }

    /** Nothing that is in a table makes the reader fail, and it reads it the same twice. */
    @RepeatedTest(200)
    void spoilt_tables_are_findings(RepetitionInfo repetition) throws IOException {
        Random random = new Random(repetition.getCurrentRepetition());
        Mapping mapping = Mapped.rowsWith(
                folder,
                "order",
                "time",
                "column.sequence",
                "message_id",
                "null",
                "NULL",
                "agent.default",
                "x",
                "ids.twice",
                "drop",
                "ids.missing",
                "make",
                "role.customer",
                "*",
                "column.from.id",
                "sender",
                "timestamp",
                "rfc3339|iso|epoch-auto|excel|pattern d.M.yyyy h:mm a z",
                "timestamp.zone",
                "Europe/Berlin");
        byte[] bytes = (HEADER
                        + "c-1,,cust,1,customer,Hello,2024-06-15T09:00:00Z\n"
                        + "c-1,agt,cust,2,agent,\"Hi, \"\"Anna\"\"\",1718442000123\n"
                        + ",,,,,,\n"
                        + "c-2,agt,cust,,note,NULL,45458.375\n"
                        + "c-2,agt,cust,4,customer,NULL,15.6.2024 9:00 PM CEST\n")
                .getBytes(random.nextInt(4) == 0 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = random.nextBoolean()
                    ? (byte) ",;\n\r\"\t 0E-|\u001A".charAt(random.nextInt(12))
                    : (byte) random.nextInt();
        }

        List<Entry> entries = Mapped.read(mapping, bytes, ReadingOptions.DEFAULT);

        assertThat(entries)
                .extracting(entry -> Mapped.findings(entry) + " " + entry.notes())
                .isEqualTo(Mapped.read(mapping, bytes, ReadingOptions.DEFAULT).stream()
                        .map(entry -> Mapped.findings(entry) + " " + entry.notes())
                        .toList());
        assertThat(entries)
                .allMatch(entry -> entry.readable() || !entry.findings().isEmpty());
    }

    private static InputStream slowly(byte[] bytes, int atOnce) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(atOnce, length));
            }
        };
    }

    private static List<Entry> read(String table) throws IOException {
        return Mapped.read(Mapped.rows(), table);
    }

    private static Entry only(List<Entry> entries) {
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static List<String> texts(Entry entry) {
        return entry.transcript().messages().stream().map(ChatMessage::text).toList();
    }
}
