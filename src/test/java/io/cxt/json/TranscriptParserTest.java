package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the fields of a transcript are read, and every fault in them reported. */
class TranscriptParserTest {

    private static final ReadingOptions DROP = new ReadingOptions(true, ReadingOptions.DEFAULT.maxRecordBytes());

    @Test
    void reads_every_field() {
        Entry entry = read(json());

        assertThat(entry.transcript())
                .isEqualTo(new Transcript(
                        "ext-1",
                        "agt-9",
                        "cust-9",
                        List.of(new ChatMessage(
                                "msg-1",
                                new Party("cust-1", "customer"),
                                new Party("agt-1", "agent"),
                                "Hello",
                                MessageTime.of("2024-06-15T09:00:00Z"),
                                "text",
                                "plain"))));
        assertThat(entry.findings()).isEmpty();
        assertThat(entry.notes()).isEmpty();
    }

    @Test
    void reads_the_ids_in_either_spelling() {
        String snakes = json().replace("interactionId", "interaction_id")
                .replace("agentId", "agent_id")
                .replace("customerId", "customer_id");

        assertThat(read(snakes).transcript()).isEqualTo(read(json()).transcript());
    }

    @Test
    void what_is_missing_or_null_is_null_in_the_record_and_left_to_the_rules() {
        Transcript nulls = read("""
                {"interactionId":null,"agentId":null,"customerId":null,"messages":[null,
                {"id":null,"from":null,"to":{"id":null,"type":null},"text":null,"timestamp":null,"type":null,"format":null},
                {}]}""").transcript();

        assertThat(nulls.interactionId()).isNull();
        assertThat(nulls.messages())
                .containsExactly(
                        null,
                        new ChatMessage(null, null, new Party(null, null), null, null, null, null),
                        new ChatMessage(null, null, null, null, null, null, null));
        assertThat(read("{\"messages\":null}").transcript()).isEqualTo(new Transcript(null, null, null, List.of()));
        assertThat(read("{}").transcript()).isEqualTo(new Transcript(null, null, null, List.of()));
    }

    @Test
    void a_time_that_cannot_be_read_is_left_to_the_rules() {
        assertThat(read(json().replace("09:00:00Z", "09:00")).transcript().messages())
                .extracting(ChatMessage::timestamp)
                .containsExactly(new MessageTime("2024-06-15T09:00", null));
    }

    @Test
    void a_leap_second_is_noted() {
        assertThat(read(json().replace("2024-06-15T09:00:00Z", "2016-12-31T23:59:60Z"))
                        .notes())
                .containsExactly("leap-second");
    }

    @Test
    void every_value_of_a_wrong_type_is_reported_with_its_pointer() {
        Entry entry = read("""
                {"interactionId":5,"agentId":{"a":[1]},"customerId":[],"messages":[
                {"id":1.5,"from":"x","to":{"id":true,"type":[{}]},
                "text":{},"timestamp":17,"type":false,"format":[]},
                "x",7,[]]}""");

        assertThat(entry.findings())
                .extracting(Finding::line, Finding::pointer, Finding::message)
                .containsExactly(
                        tuple(1L, "/interactionId", "must be a string, not a number"),
                        tuple(1L, "/agentId", "must be a string, not an object"),
                        tuple(1L, "/customerId", "must be a string, not an array"),
                        tuple(2L, "/messages/0/id", "must be a string, not a number"),
                        tuple(2L, "/messages/0/from", "must be an object, not a string"),
                        tuple(2L, "/messages/0/to/id", "must be a string, not a boolean"),
                        tuple(2L, "/messages/0/to/type", "must be a string, not an array"),
                        tuple(3L, "/messages/0/text", "must be a string, not an object"),
                        tuple(3L, "/messages/0/timestamp", "must be a string, not a number"),
                        tuple(3L, "/messages/0/type", "must be a string, not a boolean"),
                        tuple(3L, "/messages/0/format", "must be a string, not an array"),
                        tuple(4L, "/messages/1", "must be an object, not a string"),
                        tuple(4L, "/messages/2", "must be an object, not a number"),
                        tuple(4L, "/messages/3", "must be an object, not an array"));
        assertThat(entry.findings()).extracting(Finding::rule).containsOnly(Reason.JSON_TYPE);
    }

    @ParameterizedTest
    @CsvSource({"{}, an object", "'\"\"', a string", "1e9999, a number", "true, a boolean"})
    void messages_that_are_no_list_are_reported(String value, String kind) {
        assertThat(read("{\"messages\":" + value + "}").findings())
                .containsExactly(new Finding(Reason.JSON_TYPE, 1, "/messages", "must be an array, not " + kind));
    }

    @ParameterizedTest
    @CsvSource({"5, a number", "-0.1e5, a number", "'\"x\"', a string", "false, a boolean", "null, null"})
    void a_transcript_that_is_no_object_is_reported(String value, String kind) {
        assertThat(read(value).findings())
                .containsExactly(new Finding(Reason.JSON_TYPE, 1, "", "must be an object, not " + kind));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"agentId\":',                '\"interactionId\":\"\",\"agentId\":', /interactionId",
        "'\"agentId\":',                '\"interaction_id\":\"\",\"agentId\":', /interaction_id",
        "'\"interactionId\":',          '\"agent_id\":null,\"interactionId\":', /agentId",
        "'\"interactionId\":',          '\"customer_id\":5,\"interactionId\":', /customerId",
        "'\"text\":\"',                 '\"text\":\"\",\"text\":\"', /messages/0/text",
        "'\"type\":\"customer\"',       '\"type\":\"x\",\"type\":\"y\"', /messages/0/from/type",
        "'\"interactionId\":',          '\"messages\":[],\"interactionId\":', /messages",
    })
    @Tag("fault-41")
    void a_field_given_twice_in_whatever_spelling_is_reported(String find, String replacement, String pointer) {
        assertThat(read(json().replace(find, replacement)).findings())
                .filteredOn(finding -> finding.rule() == Reason.JSON_DUPLICATE_KEY)
                .extracting(Finding::pointer)
                .containsExactly(pointer);
    }

    @Test
    void every_unknown_field_is_reported_with_its_name() {
        Entry entry = read("""
                {"mood":{"a":"b"},"messages":[
                {"from":{"id":"a","type":"b","nick":1},"seen":[1,[2]],
                "text":"x"}],
                "tag_$-s":null}""");

        assertThat(entry.findings())
                .extracting(Finding::line, Finding::pointer, Finding::message)
                .containsExactly(
                        tuple(1L, "/mood", "the field mood is not known"),
                        tuple(2L, "/messages/0/from/nick", "the field nick is not known"),
                        tuple(2L, "/messages/0/seen", "the field seen is not known"),
                        tuple(4L, "/tag_$-s", "the field tag_$-s is not known"));
        assertThat(entry.findings()).extracting(Finding::rule).containsOnly(Reason.JSON_UNKNOWN_FIELD);
    }

    @Test
    @Tag("fault-88")
    void what_is_no_name_of_a_field_is_not_shown() {
        List<String> names = List.of(
                "\\u001b[31m\\n",
                "Where is my parcel",
                "text=Where+is+my+parcel",
                "{\\\"interactionId\\\":\\\"1\\\",\\\"text\\\":\\\"parcel\\\"}", // a chat that was posted as a form
                "4111111111111111",
                "anna.mueller@example.com",
                "Anna.Mueller",
                "@anna",
                "tel-0171-234-5678",
                "+49/171",
                "tel:0171",
                "Stra\u00dfe",
                "x".repeat(41));

        for (String name : names) {
            assertThat(read("{\"agentId\":\"a\",\"" + name + "\":1}").findings())
                    .hasSize(1)
                    .allSatisfy(finding -> {
                        assertThat(finding.pointer()).isEqualTo("/?");
                        assertThat(finding.message())
                                .matches("a field is not known whose name of \\d+ characters is not shown.*");
                    });
        }
        assertThat(read("{\"agentId\":\"a\",\"" + "x".repeat(40) + "\":1}")
                        .findings()
                        .get(0)
                        .message())
                .contains("x".repeat(40));
    }

    @Test
    void unknown_fields_can_be_dropped_and_are_noted_once() {
        String messages = "{\"text\":\"a\",\"seen\":1},{\"text\":\"b\",\"seen\":\"\\u0000\",\"to\":{\"nick\":{}}}";

        Entry entry = read("{\"mood\":[{}],\"mood\":2,\"messages\":[" + messages + "]}", DROP);

        assertThat(entry.transcript().messages()).extracting(ChatMessage::text).containsExactly("a", "b");
        assertThat(entry.notes()).containsExactly("unknown-fields-dropped:/mood,/messages/seen,/messages/to/nick");
    }

    @Test
    void at_most_ten_dropped_fields_are_noted() {
        String fields = IntStream.range(0, 12).mapToObj(i -> "\"f" + i + "\":1").collect(Collectors.joining(","));

        assertThat(read("{\"agentId\":\"a\"," + fields + "}", DROP).notes())
                .containsExactly("unknown-fields-dropped:/f0,/f1,/f2,/f3,/f4,/f5,/f6,/f7,/f8,/f9");
    }

    @Test
    void faults_before_the_text_stops_being_json_are_reported_with_it() {
        assertThat(read("{\"agentId\":5,\"mood\":1,\"customerId\":\n oops}").findings())
                .extracting(Finding::rule, Finding::line)
                .containsExactly(
                        tuple(Reason.JSON_TYPE, 1L),
                        tuple(Reason.JSON_UNKNOWN_FIELD, 1L),
                        tuple(Reason.JSON_SYNTAX, 2L));
    }

    private static Entry read(String text) {
        return read(text, ReadingOptions.DEFAULT);
    }

    private static Entry read(String text, ReadingOptions options) {
        List<Entry> entries = Reading.of(text, Form.DOCUMENT, options);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }
}
