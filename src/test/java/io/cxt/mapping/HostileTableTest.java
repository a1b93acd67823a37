package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.cxt.files.Gunzip;
import io.cxt.files.RereadableSource;
import io.cxt.fixture.Mapped;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that are not as they should be: what is refused, with which words, and how much of the file with it. */
class HostileTableTest {

    private static final String HEADER = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n";

    @TempDir
    private Path folder;

    @Test
    void byte_order_marks_are_no_part_of_the_header() throws IOException {
        assertThat(read("\uFEFF" + HEADER + row("c-1", "Hello")))
                .singleElement()
                .matches(Entry::readable);
        assertThat(read("\uFEFF\uFEFF" + HEADER + row("c-1", "Hello")))
                .singleElement()
                .matches(Entry::readable);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PK\u0003\u0004 [Content_Types].xml | Excel sheet",
                "%PDF-1.7                          | PDF",
                "' <!DOCTYPE html><html><body>'    | web page",
                "[{\"id\": 1}]                      | JSON",
                "{\"id\": 1}                        | JSON",
            })
    void a_file_that_is_no_table_in_spite_of_its_name_gets_one_finding_that_says_what_it_is(String text, String words)
            throws IOException {
        assertThat(read(text))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.findings()).singleElement().asString().contains("JSON_OTHER_FORM", words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void lines_may_end_in_any_way_and_empty_ones_are_stepped_over(String end) throws IOException {
        String text = (HEADER + row("c-1", "Hello") + "\n\n" + row("c-1", "\"two\nlines\"") + row("c-2", "a"))
                .replace("\n", end);

        List<Entry> entries = read(text);

        assertThat(entries).extracting(Entry::line).containsExactly(2L, 7L);
        assertThat(entries.get(0).transcript().messages())
                .extracting(ChatMessage::text)
                .containsExactly("Hello", "two" + end + "lines");
    }

    @Test
    void a_doubled_quote_is_one_and_a_quote_inside_an_open_cell_is_itself() throws IOException {
        assertThat(text(read(HEADER + row("c-1", "\"say \"\"hi\"\", ok\"")))).isEqualTo("say \"hi\", ok");
        assertThat(text(read(HEADER + row("c-1", "5\" nail")))).isEqualTo("5\" nail");
        assertThat(text(read(HEADER + row("c-1", "\"\"")))).isEmpty();
    }

    @Test
    void bytes_that_are_not_utf8_refuse_the_file_with_their_place() throws IOException {
        byte[] bytes = (HEADER + row("c-1", "a") + row("c-2", "Gr~n")).getBytes(StandardCharsets.UTF_8);
        int at = new String(bytes, StandardCharsets.UTF_8).indexOf('~');
        bytes[at] = (byte) 0xFC;

        Entry only = only(Mapped.read(Mapped.rows(), bytes, ReadingOptions.DEFAULT));

        assertThat(Mapped.findings(only))
                .containsExactly(
                        "UTF8-INVALID line 3: is not UTF-8 at byte %d of the unpacked source, counted from 0; it looks like windows-1252: if it is, set charset = windows-1252 in the mapping file"
                                .formatted(at));
        bytes[at - 1] = (byte) 0xDF;
        assertThat(Mapped.findings(only(Mapped.read(Mapped.rows(), bytes, ReadingOptions.DEFAULT))))
                .singleElement()
                .asString()
                .contains("it looks like windows-1252");
        bytes[at - 1] = 'r';
        bytes[at + 3] = (byte) 0xC3; // two bytes that are a letter
        bytes[at + 4] = (byte) 0xBC;
        assertThat(Mapped.findings(only(Mapped.read(Mapped.rows(), bytes, ReadingOptions.DEFAULT))))
                .containsExactly("UTF8-INVALID line 3: is not UTF-8 at byte %d of the unpacked source, counted from 0"
                        .formatted(at));
    }

    @ParameterizedTest
    @MethodSource("badQuotes")
    void a_quote_that_goes_wrong_refuses_the_file_and_the_line_is_where_it_was_opened(String cells, String words)
            throws IOException {
        Entry only = only(read(HEADER + row("c-1", "a") + "c-2,agt,cust,m,agent," + cells));

        assertThat(only.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.rule().id()).isEqualTo("CSV-SYNTAX");
            assertThat(finding.line()).isEqualTo(3);
            assertThat(finding.message()).isEqualTo("the quote opened on line 3 is " + words);
        });
    }

    static Stream<Arguments> badQuotes() {
        return Stream.of(
                arguments("\"x\n\n", "not closed up to the end of the file"),
                arguments("\"x,09:00\n" + row("c-3", "\"a\""), "closed on line 4, where no delimiter follows it"),
                arguments("\"x\" y,09:00\n", "closed on line 3, where no delimiter follows it"));
    }

    @Test
    void a_quote_that_is_never_closed_is_given_up_at_the_size_of_a_row() throws IOException {
        byte[] bytes = (HEADER + row("c-1", "a") + "c-2,agt,cust,m,agent,\""
                        + row("c-3", "a").repeat(10_000))
                .getBytes(StandardCharsets.UTF_8);
        AtomicInteger taken = new AtomicInteger();

        Entry only = only(Mapped.read(Mapped.rows(), () -> counting(bytes, taken), new ReadingOptions(false, 4_096)));

        assertThat(Mapped.findings(only))
                .containsExactly("CSV-SYNTAX line 3: the quote opened on line 3 is not closed within 4096 bytes,"
                        + " the most that one row may have");
        assertThat(taken.get()).isLessThan(bytes.length / 2);
    }

    @Test
    void rows_with_too_few_or_too_many_cells_refuse_the_file_and_are_all_named() throws IOException {
        String table = HEADER + row("c-1", "a") + "c-1,agt,cust\n" + row("c-1", "a,b") + row("c-2", "a");

        assertThat(findings(table))
                .containsExactly(
                        "CSV-CELLS line 3: row 3: has 3 cells, the header has 7",
                        "CSV-CELLS line 4: row 4: has 8 cells, the header has 7");
        assertThat(findings(HEADER + row("c-1", ",".repeat(2_000))))
                .containsExactly("CSV-CELLS line 2: a row has more than 1000 cells");
    }

    @Test
    void a_row_of_no_chat_refuses_the_file() throws IOException {
        assertThat(findings(HEADER + row("c-1", "a") + row("  ", "b") + row("c-2", "a")))
                .containsExactly("CSV-INTERACTION line 3: row 3, column conversation_id: is empty");
    }

    @Test
    void an_empty_file_is_a_fault_and_a_header_alone_is_not() throws IOException {
        assertThat(findings("")).containsExactly("CSV-EMPTY line 1: the file is empty");
        assertThat(findings("\uFEFF\n\n")).containsExactly("CSV-EMPTY line 1: the file is empty");
        assertThat(read(HEADER)).isEmpty();
    }

    @Test
    void a_header_that_lacks_a_column_or_has_it_twice_refuses_the_file() throws IOException {
        assertThat(findings(HEADER.replace("sent_at", "secret") + row("c-1", "a")))
                .containsExactly(
                        "CSV-COLUMN line 1: the header has no column sent_at, which is timestamp; it has 7 cells");
        assertThat(findings(HEADER.replace("message_id", "text") + row("c-1", "a")))
                .containsExactly("CSV-COLUMN line 1: the header has the column text 2 times");
        assertThat(findings(HEADER.replace(',', ':')))
                .containsExactly("CSV-COLUMN line 1: the header has no column conversation_id, which is interactionId;"
                        + " it has 1 cell, so , may not be the delimiter");
        assertThat(read(HEADER.replace("sent_at", "sent_at,x,x")
                        + row("c-1", "a").replace("\n", ",1,2\n")))
                .singleElement()
                .matches(Entry::readable);
    }

    @Test
    void a_word_for_no_role_stops_its_chat_only_and_is_not_repeated() throws IOException {
        List<Entry> entries =
                read(HEADER + row("c-1", "a") + row("c-1", "b").replace("agent,", "SECRET,") + row("c-2", "a"));

        assertThat(entries).extracting(Entry::readable).containsExactly(false, true);
        assertThat(Mapped.findings(entries.get(0)))
                .containsExactly(
                        "MAP-ROLE line 3: row 3, column sender: holds a word of 6 characters that is in no role"
                                + " of the mapping");
        assertThat(entries.get(0).raw()).asString().contains("\"from\":null").doesNotContain("SECRET");
    }

    @Test
    void what_the_rules_find_is_named_by_row_and_column() throws IOException {
        Entry entry = only(read(HEADER + row("c-1", "\"a\nb\"") + "c-1,,,,agent,,09:00\n"));

        assertThat(new Rules().check(entry.transcript(), entry.line()))
                .map(entry::locate)
                .extracting(finding -> finding.line() + " " + finding.message())
                .containsExactly("4 row 3, column sent_at: is not an RFC 3339 time with a zone and at most 9 fraction"
                        + " digits");
    }

    @Test
    void what_the_rules_find_about_a_whole_chat_names_its_rows() throws IOException {
        Entry entry = only(read(
                HEADER + row("c-1", "a").replace("agt", "") + row("c-1", "b").replace("agt", "")));

        assertThat(new Rules().check(entry.transcript(), entry.line()))
                .map(entry::locate)
                .extracting(finding -> finding.rule().id() + " " + finding.message())
                .startsWith("ID-AGENT rows 2 to 3, column agent_id: is missing; for chats without an agent set"
                        + " agent.default in the mapping file");
    }

    @Test
    void sorted_messages_are_named_by_the_row_they_came_in() throws IOException {
        String late = row("c-1", "a").replace("09:00:00Z", "09:00:09Z");
        Entry entry = only(read(HEADER + late + row("c-1", "b").replace("agt,", ",")));
        Entry sorted = entry.arranged(Rules.sorted(entry.transcript()));

        assertThat(sorted.notes()).containsExactly("ids-twice:1", "sorted");
        assertThat(sorted.transcript().messages()).extracting(ChatMessage::text).containsExactly("b", "a");
        Finding first =
                new io.cxt.transcript.Finding(io.cxt.transcript.Reason.MSG_SIZE, 2, "/messages/0", "is too long");
        assertThat(sorted.locate(first).message()).isEqualTo("row 3: is too long");
        assertThat(sorted.locate(first).pointer()).isEqualTo("/messages/1");
        assertThat(entry.locate(first).message()).isEqualTo("row 2: is too long");
    }

    @Test
    void two_customers_in_one_chat_stop_it() throws IOException {
        Entry entry = only(read(HEADER + row("c-1", "a") + row("c-1", "b").replace("cust", "other")));

        assertThat(Mapped.findings(entry))
                .containsExactly(
                        "MAP-DIFFERS line 3: row 3, column customer_id: is not the same as in the rows of the chat before");
    }

    @Test
    void a_chat_that_is_too_long_is_refused_and_the_next_one_is_read() throws IOException {
        String table = HEADER + row("c-1", "a".repeat(900)).repeat(3) + row("c-2", "a");

        List<Entry> entries =
                Mapped.read(Mapped.rows(), table.getBytes(StandardCharsets.UTF_8), new ReadingOptions(false, 2_000));

        assertThat(entries).extracting(Entry::readable).containsExactly(false, true);
        assertThat(Mapped.findings(entries.get(0)))
                .containsExactly("JSON-RECORD-SIZE line 2: rows 2 to 4: is longer than 2000 bytes");
        assertThat(entries.get(0).raw()).isNull();
    }

    @Test
    void packed_data_that_is_cut_short_refuses_the_file_before_anything_is_handed_on() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write((HEADER + row("c-1", "a") + row("c-2", "b")).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = packed.toByteArray();
        RereadableSource cut = () -> Gunzip.open(new ByteArrayInputStream(bytes, 0, bytes.length - 4), "chats.csv.gz");

        Entry only = only(Mapped.read(Mapped.rows(), cut, ReadingOptions.DEFAULT));

        assertThat(Mapped.findings(only)).singleElement().asString().startsWith("GZIP-DAMAGED");
    }

    @Test
    void a_file_that_changes_between_the_two_readings_is_a_fault_of_the_moment() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        RereadableSource changing =
                () -> stream(HEADER + row("c-1", "a") + (opened.getAndIncrement() == 0 ? row("c-1", "b") : ""));

        try (EntryReader reader = Mapped.rows().open(changing, "chats.csv", ReadingOptions.DEFAULT)) {
            reader.next();
            assertThatThrownBy(reader::hasNext)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("the file changed while it was read");
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void a_disk_that_fails_is_an_exception_and_not_a_finding() throws IOException {
        RereadableSource broken = () -> new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk");
            }
        };

        try (EntryReader reader = Mapped.rows().open(broken, "chats.csv", ReadingOptions.DEFAULT)) {
            assertThatThrownBy(reader::hasNext).hasRootCauseMessage("the disk");
        }
    }

    @Test
    void delimiter_quote_and_the_four_columns_of_parties_are_as_the_mapping_says() throws IOException {
        Mapping mapping = Mapped.rowsWith(
                folder,
                "delimiter",
                "tab",
                "quote",
                "none",
                "column.role",
                null,
                "column.from.id",
                "by",
                "column.from.type",
                "by_type",
                "column.to.id",
                "to",
                "column.to.type",
                "to_type");
        String table = "conversation_id\tagent_id\tcustomer_id\tmessage_id\tby\tby_type\tto\tto_type\ttext\tsent_at\n"
                + "c-1\ta\tc\tm\tx\ttrainer\ty\tguest\t\"quoted\"\t2024-06-15T09:00:00Z\n";

        ChatMessage message =
                only(Mapped.read(mapping, table)).transcript().messages().get(0);

        assertThat(message.text()).isEqualTo("\"quoted\"");
        assertThat(message.from().type()).isEqualTo("trainer");
        assertThat(message.to().id()).isEqualTo("y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "4.91512E+12  | scientific",
                "4,91512E+12  | scientific",
                "1.0E5        | scientific",
                "4.9e+12      | scientific",
                "4E+12        | scientific",
                "-4.9E+12     | scientific",
                "1.5E-7       | scientific",
                "123.0        | fraction of 0",
                "123,00       | fraction of 0",
                "'4915123     | with a ' before it",
                "=\"\"0049\"\" | formula",
                "#NAME?       | word for an error",
                "#REF!        | word for an error",
                "#DIV/0!      | word for an error",
                "########     | word for an error",
                "4915123456789010      | ends in zeros behind the 15th",
                "4915123456789000      | ends in zeros behind the 15th",
                "49151234567890100000  | ends in zeros behind the 15th",
            })
    @Tag("fault-81")
    void an_id_that_a_spreadsheet_changed_refuses_the_file_in_any_column(String id, String words) throws IOException {
        String cell = "\"" + id.replace(" ", "") + "\"";
        String text = HEADER + row("c-1", "a") + row(cell, "b") + row("c-2", "c");

        assertThat(findings(text))
                .singleElement()
                .asString()
                .startsWith("CSV-ID-CHANGED line 3: row 3, column conversation_id: holds a")
                .contains(words);
        if (!words.contains("zeros") || id.endsWith("000")) {
            assertThat(findings(text.replace(cell, "c-x").replace(",cust,", "," + cell + ",")))
                    .singleElement()
                    .asString()
                    .contains("column customer_id: holds a", words);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12E34",
                "1E5",
                "550e-8400",
                "123-456",
                "+4915123",
                "1712.10414779.Rabc",
                "1736554746.482349",
                "#7",
                "0049",
                "491512345678901",
                "4915123456789012",
                "c1234567890123450",
            })
    void an_id_that_only_looks_like_it_is_taken(String id) throws IOException {
        assertThat(read(HEADER + row(id, "a").replace(",cust,", "," + id + ",")))
                .singleElement()
                .satisfies(
                        entry -> assertThat(entry.transcript().interactionId()).isEqualTo(id));
    }

    @Test
    @Tag("fault-81")
    void long_numbers_were_rounded_only_when_all_of_them_end_in_zeros() throws IOException {
        String one = row("4915123456789010", "a");

        assertThat(findings(HEADER + one)).singleElement().asString().contains("ids.rounded = keep");
        assertThat(read(HEADER + one + row("4915123456789012", "b"))).allMatch(Entry::readable);
        assertThat(Mapped.read(Mapped.rowsWith(folder, "ids.rounded", "keep"), HEADER + one))
                .allMatch(Entry::readable);
        String customers = HEADER + row("c-1", "a").replace("cust", "4915123456789010");
        assertThat(read(customers)).allMatch(Entry::readable);
        assertThat(findings(customers
                        + row("c-2", "a").replace("cust", "4915123456789020")
                        + row("c-3", "a").replace("cust", "4915123456789030")))
                .singleElement()
                .asString()
                .contains("row 2, column customer_id: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "\t", "\u00A0", "\u202F", "\u3000", "\u200B", "\uFEFF", "\u200E", "\u2060", "\u0085"})
    @Tag("fault-81")
    void blanks_around_an_id_tear_no_chat_in_two_and_are_noted(String blank) throws IOException {
        String text = HEADER
                + row("c-1", "a")
                + row("c-1" + blank, "b")
                        .replace(",cust,", "," + blank + "cust,")
                        .replace(",agt,", ",agt" + blank + ",")
                + row(blank + "c-1", "c");

        Entry entry = only(read(text));

        assertThat(entry.transcript().interactionId()).isEqualTo("c-1");
        assertThat(entry.transcript().messages()).extracting(ChatMessage::text).containsExactly("a", "b", "c");
        assertThat(entry.transcript().messages())
                .allMatch(message -> message.from().id().equals("agt"))
                .allMatch(message -> message.to().id().equals("cust"));
        assertThat(entry.notes()).containsExactly("id-blanks-stripped", "ids-twice:2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NULL", "null", "(null)", "None", "nan", "N/A", "\\N", "-", "undefined"})
    @Tag("fault-81")
    void a_word_for_no_value_is_no_id(String word) throws IOException {
        assertThat(findings(HEADER + row("c-1", "a") + row(word, "b")))
                .containsExactly(
                        "CSV-INTERACTION line 3: row 3, column conversation_id: holds a word for no value, like NULL");
        Entry entry = only(read(HEADER + row("c-1", "a").replace(",cust,m-1,", "," + word + "," + word + ",")));
        assertThat(new Rules().check(entry.transcript(), 2))
                .extracting(finding -> finding.rule().id())
                .contains("ID-CUSTOMER");
        assertThat(entry.transcript().messages().get(0).id()).isNull();
    }

    @Test
    @Tag("fault-83")
    void a_row_without_an_agent_is_about_the_one_who_was_there_last() throws IOException {
        String transferred = HEADER
                + "c-1,,cust,m,customer,one,2024-06-15T09:00:00Z\n"
                + "c-1,agt-1,cust,m,agent,two,2024-06-15T09:00:01Z\n"
                + "c-1,,cust,m,customer,three,2024-06-15T09:00:02Z\n"
                + "c-1,bot-1,cust,m,bot,four,2024-06-15T09:00:03Z\n"
                + "c-1,agt-2,cust,m,system,five,2024-06-15T09:00:04Z\n"
                + "c-1,,cust,m,customer,six,2024-06-15T09:00:05Z\n"
                + "c-1,agt-1,cust,m,customer,seven,2024-06-15T09:00:06Z\n"
                + "c-1,,cust,m,agent,eight,2024-06-15T09:00:07Z\n";

        List<ChatMessage> messages = only(read(transferred)).transcript().messages();

        assertThat(messages)
                .filteredOn(message -> message.from().type().equals("customer"))
                .extracting(message -> message.to().id())
                .containsExactly("agt-1", "agt-1", "agt-2", "agt-1");
        assertThat(messages.get(7).from().id()).isEqualTo("agt-1");
    }

    private static String row(String chat, String text) {
        return "%s,agt,cust,m-1,agent,%s,2024-06-15T09:00:00Z\n".formatted(chat, text);
    }

    private static List<Entry> read(String table) throws IOException {
        return Mapped.read(Mapped.rows(), table);
    }

    private static List<String> findings(String table) throws IOException {
        return Mapped.findings(only(read(table)));
    }

    private static Entry only(List<Entry> entries) {
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static String text(List<Entry> entries) {
        return only(entries).transcript().messages().get(0).text();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream counting(byte[] bytes, AtomicInteger taken) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int offset, int length) {
                int count = super.read(to, offset, length);
                taken.addAndGet(Math.max(0, count));
                return count;
            }
        };
    }
}
