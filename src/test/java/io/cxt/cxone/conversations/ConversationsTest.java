package io.cxt.cxone.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.Prepared;
import io.cxt.fixture.Transcripts;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Origin ORIGIN = new Origin("reading-1", "chats.json", 1, 1);

    private final Conversations target = new Conversations("");

    @Test
    void the_body_is_that_of_the_contract_to_the_letter() {
        Transcript transcript = new Transcript(
                "ext_interaction_998877",
                "agt_456",
                "cust_789",
                List.of(message(null, "I need \"assistance\".", null), message("m-2", "", "image")));

        List<Part> parts = prepare(transcript, target.limits()).parts();

        assertThat(parts).singleElement().satisfies(part -> {
            assertThat(text(part))
                    .isEqualTo(
                            "{\"channel\":\"webchat\",\"from\":{\"id\":\"agt_456\",\"type\":\"agent\"},"
                                    + "\"to\":{\"id\":\"cust_789\",\"type\":\"customer\"},"
                                    + "\"properties\":{\"interactionId\":\"ext_interaction_998877\"},\"messages\":["
                                    + "{\"id\":\"msg_0\",\"from\":{\"id\":\"cust-1\",\"type\":\"customer\"},"
                                    + "\"to\":{\"id\":\"agt-1\",\"type\":\"agent\"},\"text\":\"I need \\\"assistance\\\".\","
                                    + "\"timestamp\":\"2024-06-15T11:00:00.5+02:00\",\"type\":\"text\",\"format\":\"plain\"},"
                                    + "{\"id\":\"m-2\",\"from\":{\"id\":\"cust-1\",\"type\":\"customer\"},"
                                    + "\"to\":{\"id\":\"agt-1\",\"type\":\"agent\"},\"text\":\"\","
                                    + "\"timestamp\":\"2024-06-15T11:00:00.5+02:00\",\"type\":\"image\",\"format\":\"plain\"}]}");
            assertThat(part.part()).isEqualTo(1);
            assertThat(part.parts()).isEqualTo(1);
            assertThat(part.messages()).isEqualTo(2);
        });
    }

    @Test
    void five_hundred_messages_go_whole_and_one_more_makes_two_parts() {
        assertThat(prepare(Transcripts.withMessages(500), target.limits()).parts())
                .extracting(Part::messages)
                .containsExactly(500);
        assertThat(prepare(Transcripts.withMessages(501), target.limits()).parts())
                .extracting(Part::messages)
                .containsExactly(500, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "\u6F22\u5B57", "\uD83D\uDE00 e\u0301", "\"\\/\b\n\t\u0001\u001f", "\u2028\u007f"})
    void parts_say_which_they_are_fit_the_limit_and_join_to_the_same_messages(String text) throws IOException {
        List<ChatMessage> messages = IntStream.range(0, 40)
                .mapToObj(i -> message(null, text.repeat(i), null))
                .toList();
        Transcript transcript = new Transcript("ext-1", "agt-1", "cust-1", messages);
        Limits limits = new Limits(7, 3000, true);

        List<Part> parts = prepare(transcript, limits).parts();

        List<String> ids = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Part part : parts) {
            assertThat(part.payload()).hasSizeLessThanOrEqualTo(3000);
            JsonNode body = JSON.readTree(part.payload());
            assertThat(body.at("/properties/part").asInt()).isEqualTo(part.part());
            assertThat(body.at("/properties/parts").asInt()).isEqualTo(parts.size());
            assertThat(body.at("/messages")).hasSize(part.messages());
            body.at("/messages").forEach(message -> {
                ids.add(message.path("id").asText());
                texts.add(message.path("text").asText());
            });
        }
        assertThat(parts).hasSizeGreaterThanOrEqualTo(6).extracting(Part::part).doesNotHaveDuplicates();
        assertThat(ids).hasSize(40).doesNotHaveDuplicates();
        assertThat(texts).isEqualTo(messages.stream().map(ChatMessage::text).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u6F22", "\uD83D\uDE00", "\"", "\n", "\u0001"})
    void the_limit_counts_the_bytes_as_sent_on_both_sides(String text) {
        Transcript transcript = Transcripts.with(message("m-1", text.repeat(100), null), message("m-2", "y", null));
        Part whole = prepare(transcript, target.limits()).parts().get(0);
        int bytes = whole.payload().length;

        assertThat(prepare(transcript, new Limits(500, bytes, false)).parts())
                .extracting(Part::hash)
                .containsExactly(whole.hash());
        assertThat(prepare(transcript, new Limits(500, bytes - 1, false)).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.rule()).isEqualTo(Reason.SIZE_LIMIT));
        assertThat(prepare(transcript, new Limits(500, bytes - 1, true)).parts())
                .hasSize(2);
    }

    @Test
    void one_message_that_is_too_large_by_itself_is_refused_with_its_place() {
        Transcript transcript = Transcripts.with(message("m-1", "x", null), message("m-2", "y".repeat(2000), null));

        Prepared prepared = prepare(transcript, new Limits(500, 2000, true));

        assertThat(prepared.refused()).isTrue();
        assertThat(prepared.parts()).isEmpty();
        assertThat(prepared.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(Reason.MSG_SIZE);
            assertThat(finding.pointer()).isEqualTo("/messages/1");
        });
    }

    @Test
    void the_same_transcript_gives_the_same_bytes_and_keys_each_time() {
        Part first = prepare(Transcripts.valid(), target.limits()).parts().get(0);
        Part second = prepare(Transcripts.valid(), target.limits()).parts().get(0);

        assertThat(second.payload()).isEqualTo(first.payload());
        assertThat(second.idempotencyKey()).isEqualTo(first.idempotencyKey());
    }

    private Prepared prepare(Transcript transcript, Limits limits) {
        Entry entry = new Entry(1, 1, null, transcript, List.of(), List.of(), 0);
        return target.prepare(entry, ORIGIN, limits);
    }

    private static ChatMessage message(String id, String text, String type) {
        MessageTime time = MessageTime.of("2024-06-15T11:00:00.5+02:00");
        return new ChatMessage(id, Transcripts.CUSTOMER, Transcripts.AGENT, text, time, type, null);
    }

    private static String text(Part part) {
        return new String(part.payload(), StandardCharsets.UTF_8);
    }
}
