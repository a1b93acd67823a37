package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static io.cxt.fixture.Transcripts.messageJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused whatever a transcript looks like, and what a hostile one can bring about. */
class StrictJsonTest {

    private static final ReadingOptions DROP = new ReadingOptions(true, ReadingOptions.DEFAULT.maxRecordBytes());

    @Test
    void what_would_take_much_more_memory_than_its_bytes_is_refused() {
        StrictJsonReader.Read read = StrictJsonReader.read("[" + "[],".repeat(1_000_000) + "[]]", 7);

        assertThat(read.finding())
                .isEqualTo(new Finding(
                        Reason.JSON_RECORD_SIZE, 7, "", "has more than 2000000 names, values and brackets"));
        assertThat(read.broken()).isFalse();
        assertThat(StrictJsonReader.read("[" + "[],".repeat(900_000) + "[]]", 7).finding())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud83d x", "x\\ud83d", "\\ude42\\ud83d", "\\ud83d\\ud83d\\ude42"})
    @Tag("fault-45")
    void half_a_character_is_refused_wherever_a_string_is_read(String text) {
        assertThat(read(json(messageJson(text))).findings())
                .containsExactly(new Finding(Reason.TEXT_SURROGATE, 1, "/messages/0/text", "holds a lone surrogate"));
        assertThat(read(json().replace("cust-1", text)).findings())
                .extracting(Finding::pointer)
                .containsExactly("/messages/0/from/id");
        assertThat(read(json().replace("ext-1", text)).findings())
                .extracting(Finding::pointer)
                .containsExactly("/interactionId");
    }

    @Test
    void whole_characters_above_the_first_plane_are_fine_in_either_writing() {
        assertThat(read(json(messageJson("\\ud83d\\ude42\uD83D\uDE42")))
                        .transcript()
                        .messages())
                .extracting(ChatMessage::text)
                .containsExactly("🙂🙂");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u00e\u0334", "\\\\\\u\u0130030", "\\ud83d\\ude4\u0132"})
    @Tag("fault-45")
    void an_escape_is_made_of_hex_digits_and_not_of_what_ends_in_the_same_byte(String text) {
        assertThat(read(json(messageJson(text))).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.rule()).isEqualTo(Reason.JSON_SYNTAX));
        assertThat(read("{\"%s\":1,".formatted(text) + json().substring(1), DROP)
                        .readable())
                .isFalse();
        assertThat(read(json(messageJson("\\\\u00e\u0334"))).readable()).isTrue();
    }

    @Test
    @Tag("fault-46")
    void a_nul_is_refused_and_other_controls_are_kept() {
        assertThat(read(json(messageJson("a\\u0000b"))).findings())
                .containsExactly(new Finding(Reason.TEXT_NUL, 1, "/messages/0/text", "holds a NUL character"));
        assertThat(read(json(messageJson("\\u0001\\t\\n\\u202e\\ufeff"))).readable())
                .isTrue();
    }

    @Test
    @Tag("fault-40")
    void takes_32_levels_and_refuses_the_next() {
        assertThat(read("{\"x\":" + nested(31) + ",\"agentId\":\"a\"}", DROP).readable())
                .isTrue();
        assertThat(read("{\"x\":" + nested(32) + ",\"agentId\":\"a\"}", DROP).findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo(Reason.JSON_DEPTH);
                    assertThat(finding.message()).startsWith("is nested deeper than 32 levels at line 1, column 37");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":NaN}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":1 /* x */}",
                "{\"a\":1 # x\n}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\" 1}",
                "{\"a\":}",
                "{\"a\":tru}",
                "{\"a\":\"",
                "\f{}"
            })
    void nothing_but_json_is_read(String text) {
        assertThat(Reading.document(text))
                .flatExtracting(Entry::findings)
                .extracting(Finding::rule)
                .last()
                .isEqualTo(Reason.JSON_SYNTAX);
    }

    @Test
    void a_number_of_any_length_is_a_matter_of_the_record_size() {
        assertThat(read("{\"agentId\":" + "9".repeat(5_000) + "}").findings())
                .extracting(Finding::rule)
                .containsExactly(Reason.JSON_TYPE);
    }

    @Test
    void takes_a_field_name_of_1024_characters_and_refuses_the_next_even_when_it_is_to_be_dropped() {
        assertThat(read("{\"agentId\":\"a\",\"" + "x".repeat(1_024) + "\":1}", DROP)
                        .readable())
                .isTrue();
        assertThat(read("{\"agentId\":\"a\",\"" + "x".repeat(1_025) + "\":1}", DROP)
                        .findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo(Reason.JSON_UNKNOWN_FIELD);
                    assertThat(finding.message()).startsWith("a field has a name of more than 1024 characters");
                });
    }

    @Test
    void no_finding_repeats_what_the_sender_wrote() {
        String secret = "canary4711";
        List<String> broken = List.of(
                "{\"agentId\":" + secret + "}",
                "{\"agentId\":\"x\" " + secret + "}",
                "{\"agentId\":\"" + secret + "\"} " + secret,
                "{\"agentId\":\"" + secret + "\\ud800\"}",
                "{\"agentId\":\"" + secret,
                "{\"agentId\":[\"" + secret + "\"]}",
                "\"" + secret + "\"",
                secret);

        assertThat(broken).allSatisfy(text -> assertThat(read(text).findings())
                .isNotEmpty()
                .noneSatisfy(finding -> assertThat(finding.toString()).contains(secret)));
    }

    @Test
    void a_hostile_record_yields_a_bounded_number_of_findings() {
        assertThat(read("{\"agentId\":\"a\"," + String.join(",", Collections.nCopies(5_000, "\"a\":1")) + "}")
                        .findings())
                .hasSize(RecordFindings.MAX_FINDINGS);
    }

    @Test
    void takes_fifty_thousand_messages_and_refuses_the_next() {
        int most = TranscriptGrammar.MAX_MESSAGES;

        assertThat(read(empties(most)).transcript().messages()).hasSize(most);
        assertThat(read(empties(most + 3)).findings())
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.JSON_RECORD_SIZE, ""));
    }

    private static String empties(int count) {
        return "{\"messages\":[" + String.join(",", Collections.nCopies(count, "{}")) + "]}";
    }

    private static String nested(int levels) {
        return "[".repeat(levels) + "]".repeat(levels);
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
