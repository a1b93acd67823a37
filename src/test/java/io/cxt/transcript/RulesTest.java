package io.cxt.transcript;

import static io.cxt.fixture.Transcripts.AGENT;
import static io.cxt.fixture.Transcripts.CUSTOMER;
import static io.cxt.fixture.Transcripts.message;
import static io.cxt.fixture.Transcripts.messageAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cxt.fixture.Transcripts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    private static final MessageTime NOON = MessageTime.of("2024-06-15T12:00:00Z");

    private final Rules rules = new Rules();

    @Test
    void a_valid_transcript_has_no_findings() {
        assertThat(check(Transcripts.valid())).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  "})
    void each_id_of_the_conversation_is_needed(String missing) {
        var transcript = new Transcript(missing, missing, missing, List.of(message(1)));

        assertThat(check(transcript))
                .extracting(Finding::rule, Finding::pointer, Finding::message)
                .containsExactly(
                        tuple(Reason.ID_AGENT, "/agentId", "is missing"),
                        tuple(Reason.ID_CUSTOMER, "/customerId", "is missing"),
                        tuple(Reason.ID_INTERACTION, "/interactionId", "is missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" x", "x ", "\tx", "x\n", "x\u00A0", "\u202Fx", "x\u3000", "\u200Bx", "x\uFEFF", "\u2003"})
    @Tag("fault-81")
    void no_id_has_blanks_around_it_and_inside_it_may(String id) {
        var message = new ChatMessage(id, new Party(id, " agent"), new Party(id, "bot"), " Hi ", NOON, null, null);

        assertThat(check(new Transcript(id, id, id, List.of(message))))
                .filteredOn(finding -> finding.rule().id().equals("ID-BLANK"))
                .extracting(Finding::pointer)
                .contains("/interactionId", "/agentId", "/customerId", "/messages/0/from/id", "/messages/0/to/id");
        assertThat(check(new Transcript("a b", "a\u00A0b", "a\u200Bb", List.of(message(1)))))
                .isEmpty();
    }

    @Test
    void takes_ids_of_512_characters_and_refuses_the_next() {
        String longest = "x".repeat(512);
        String longer = "x".repeat(513);

        assertThat(check(new Transcript(longest, longest, longest, List.of(message(1)))))
                .isEmpty();
        assertThat(check(new Transcript(longer, longer, longer, List.of(message(1)))))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(
                        tuple(Reason.ID_LENGTH, "/agentId"),
                        tuple(Reason.ID_LENGTH, "/customerId"),
                        tuple(Reason.ID_LENGTH, "/interactionId"));
    }

    @Test
    void takes_one_message_and_refuses_none() {
        assertThat(check(Transcripts.withMessages(1))).isEmpty();
        assertThat(check(Transcripts.withMessages(0)))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.MSG_NONE, "/messages"));
        assertThat(check(new Transcript("ext-1", "agt-1", "cust-1", null)))
                .extracting(Finding::rule)
                .containsExactly(Reason.MSG_NONE);
    }

    @Test
    void a_null_among_the_messages_is_reported_at_its_place() {
        var transcript = new Transcript("ext-1", "agt-1", "cust-1", Arrays.asList(message(1), null, message(2)));

        assertThat(check(transcript))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.MSG_NULL, "/messages/1"));
    }

    @Test
    void every_fault_of_a_message_is_reported_at_once() {
        var empty = new ChatMessage(null, null, null, null, null, null, null);

        assertThat(check(Transcripts.with(message(1), empty)))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(
                        tuple(Reason.MSG_FROM, "/messages/1/from"),
                        tuple(Reason.MSG_TEXT, "/messages/1/text"),
                        tuple(Reason.TS_MISSING, "/messages/1/timestamp"),
                        tuple(Reason.MSG_TO, "/messages/1/to"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void a_party_needs_an_id_and_a_type(String missing) {
        var message = new ChatMessage(
                "msg-1", new Party(missing, "agent"), new Party("agt-1", missing), "Hello", NOON, null, null);

        assertThat(check(Transcripts.with(message)))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(
                        tuple(Reason.MSG_PARTY, "/messages/0/from/id"), tuple(Reason.MSG_PARTY, "/messages/0/to/type"));
    }

    @Test
    void an_empty_text_is_fine_and_so_is_a_message_without_id_type_and_format() {
        assertThat(check(Transcripts.with(new ChatMessage(null, CUSTOMER, AGENT, "", NOON, null, null))))
                .isEmpty();
    }

    @Test
    void a_time_without_a_zone_is_reported_at_the_field_of_the_json() {
        assertThat(check(Transcripts.with(messageAt("2024-06-15T09:00:00"))))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(tuple(Reason.TS_FORMAT, "/messages/0/timestamp"));
    }

    @Test
    void an_earlier_message_after_a_later_one_is_reported_once() {
        var transcript = Transcripts.with(message(5), message(7), message(1), message(0));

        assertThat(check(transcript))
                .containsExactly(
                        new Finding(
                                Reason.TS_ORDER,
                                7,
                                "/messages/2/timestamp",
                                "is earlier than the message before it; messages must be in chronological order, oldest first"));
    }

    @Test
    void equal_times_are_in_order() {
        assertThat(check(Transcripts.with(message(1), message(1)))).isEmpty();
    }

    @Test
    void times_are_compared_as_instants_and_not_as_text() {
        var later = messageAt("2024-06-15T09:00:00Z");
        var earlier = messageAt("2024-06-15T10:00:00+02:00");

        assertThat(check(Transcripts.with(earlier, later))).isEmpty();
        assertThat(check(Transcripts.with(later, earlier)))
                .extracting(Finding::rule)
                .containsExactly(Reason.TS_ORDER);
    }

    @Test
    void the_smallest_step_back_counts() {
        var later = messageAt("2024-06-15T09:00:00.000000002Z");
        var earlier = messageAt("2024-06-15T09:00:00.000000001Z");

        assertThat(check(Transcripts.with(later, earlier)))
                .extracting(Finding::rule)
                .containsExactly(Reason.TS_ORDER);
    }

    @Test
    void a_message_without_a_readable_time_is_stepped_over_when_the_order_is_checked() {
        var transcript = new Transcript(
                "ext-1", "agt-1", "cust-1", Arrays.asList(message(5), messageAt("soon"), null, message(4)));

        assertThat(check(transcript))
                .extracting(Finding::rule, Finding::pointer)
                .containsExactly(
                        tuple(Reason.TS_FORMAT, "/messages/1/timestamp"),
                        tuple(Reason.MSG_NULL, "/messages/2"),
                        tuple(Reason.TS_ORDER, "/messages/3/timestamp"));
    }

    @Test
    void findings_come_in_the_order_of_the_messages_and_not_of_their_digits() {
        List<ChatMessage> messages =
                new ArrayList<>(Transcripts.withMessages(12).messages());
        messages.set(2, null);
        messages.set(10, null);

        assertThat(check(new Transcript(null, "agt-1", "cust-1", messages)))
                .extracting(Finding::pointer)
                .containsExactly("/interactionId", "/messages/2", "/messages/10");
    }

    @Test
    void what_the_sender_wrote_is_never_evaluated_nor_repeated() {
        String hostile = "${1+1} {max} #{7*7}";
        var message = new ChatMessage(
                hostile, new Party(hostile, ""), AGENT, hostile, MessageTime.of(hostile), hostile, hostile);

        assertThat(check(new Transcript(hostile.repeat(50), hostile, hostile, List.of(message))))
                .extracting(Finding::message)
                .containsExactly(
                        "is longer than 512 characters",
                        "needs a type, for example agent or customer",
                        "is not an RFC 3339 time with a zone and at most 9 fraction digits");
    }

    @Test
    void sorting_puts_the_oldest_first_and_leaves_equal_times_as_they_stand() {
        var first = messageAt("2024-06-15T09:00:00Z");
        var second = messageAt("2024-06-15T11:00:01+02:00");
        var third = messageAt("2024-06-15T09:00:01Z");

        Transcript sorted = Rules.sorted(Transcripts.with(second, third, first));

        assertThat(sorted.messages()).containsExactly(first, second, third);
        assertThat(check(sorted)).isEmpty();
    }

    @Test
    void sorting_leaves_alone_what_is_in_order_or_cannot_be_ordered() {
        var inOrder = Transcripts.valid();
        var unreadable = Transcripts.with(message(2), messageAt("soon"), message(1));

        assertThat(Rules.sorted(inOrder)).isSameAs(inOrder);
        assertThat(Rules.sorted(unreadable)).isSameAs(unreadable);
    }

    @Test
    void every_rule_has_an_id_as_printed_and_a_hint() {
        assertThat(Reason.values()).allSatisfy(rule -> {
            assertThat(rule.id()).matches("[A-Z0-9]+(-[A-Z0-9]+)*(-nnn)?");
            assertThat(rule.hint()).isNotBlank();
        });
    }

    private List<Finding> check(Transcript transcript) {
        return rules.check(transcript, 7);
    }
}
