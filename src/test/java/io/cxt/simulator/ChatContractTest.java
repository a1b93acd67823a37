package io.cxt.simulator;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatContractTest {

    private StandIn standIn;
    private Caller caller;

    @BeforeEach
    void start() throws IOException {
        standIn = StandIn.start(StandInSettings.defaults());
        caller = new Caller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    @Test
    void a_good_chat_is_created_and_found_again() throws Exception {
        var response = caller.post(Caller.chat("ext-1"));

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(Caller.json(response).path("conversationId").asText())
                .isEqualTo(standIn.delivery("ext-1", 1).orElseThrow().conversationId())
                .startsWith("conv-");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"channel\":\"webchat\",`, ``, the body: channel is missing",
                "webchat, ` `, /channel: is empty",
                "`\"agt_456\",\"type\"`, `4,\"type\"`, /from/id: is not a text",
                "`\"interactionId\"`, `\"interaction_id\"`, /properties: interactionId is missing",
                "`\"interactionId\"`, `\"part\":2,\"parts\":1,\"interactionId\"`, part 2 of 1 makes no sense",
                "`\"interactionId\"`, `\"part\":1,\"interactionId\"`, part 1 of 0 makes no sense",
                "`\"interactionId\"`, `\"parts\":0,\"interactionId\"`, /properties/parts: is below 1",
                "`\"text\":\"my`, `\"Text\":\"my`, /messages/0/Text: is not a field of the contract",
                "`\"text\":\"my parrot is called Otto\"`, `\"text\":null`, /messages/0/text: is not a text",
                "`\"format\":`, `\"type\":`, /messages/0/type: comes twice",
                "`2024-06-15T09:00:00Z`, `2024-06-15T09:00:00`, /messages/0/timestamp: is not an RFC 3339 time",
                "`]}`, `]} {}`, something follows",
                "`]}`, `]`, the body is not JSON",
            })
    void a_body_that_breaks_the_contract_is_refused_by_the_name_of_the_field(
            String part, String instead, String message) throws Exception {
        var response = caller.post(Caller.chat("ext-1").replaceFirst(Pattern.quote(part), instead));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Caller.json(response).path("message").asText()).contains(message);
        assertThat(standIn.counts().refused()).containsEntry(400, 1L);
        assertThat(standIn.counts().accepted()).isZero();
    }

    @Test
    void equal_timestamps_pass_and_one_that_goes_back_is_refused_with_the_text_quoted() throws Exception {
        String first = Caller.message(0, "2024-06-15T11:00:00.5+02:00");
        String id = "\"interactionId\":\"ext-1\"";

        var equal = caller.post(Caller.chat(id, first + "," + Caller.message(1, "2024-06-15T09:00:00.500Z")));
        var back = caller.post(Caller.chat(id, first + "," + Caller.message(1, "2024-06-15T09:00:00.499Z")));

        assertThat(equal.statusCode()).isEqualTo(201);
        assertThat(back.statusCode()).isEqualTo(400);
        assertThat(Caller.json(back).path("message").asText())
                .contains("/messages/1/timestamp: goes back in time")
                .contains("my parrot is called Otto");
    }

    @Test
    void takes_five_hundred_messages_and_refuses_the_next() throws Exception {
        assertThat(caller.post(withMessages(500)).statusCode()).isEqualTo(201);
        assertThat(caller.post(withMessages(501)).statusCode()).isEqualTo(400);
        assertThat(caller.post(withMessages(0)).statusCode()).isEqualTo(400);
    }

    @Test
    void takes_one_mebibyte_and_refuses_the_next_byte() throws Exception {
        assertThat(caller.post(ofBytes(1_048_576)).statusCode()).isEqualTo(201);
        assertThat(caller.post(ofBytes(1_048_577)).statusCode()).isEqualTo(413);
        assertThat(caller.post(Caller.chat("after")).statusCode()).isEqualTo(201);
    }

    @Test
    void a_token_that_was_never_given_or_is_revoked_is_refused() throws Exception {
        var request = caller.chatRequest(Caller.chat("ext-1"));

        assertThat(caller.send(request.copy().setHeader("Authorization", "Bearer made-up"))
                        .statusCode())
                .isEqualTo(401);
        standIn.revokeTokens();
        assertThat(caller.send(request).statusCode()).isEqualTo(401);
        caller.signIn();
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
    }

    @Test
    void another_content_type_is_refused_and_a_charset_is_not() throws Exception {
        var request = caller.chatRequest(Caller.chat("ext-1"));

        assertThat(caller.send(request.copy().setHeader("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(caller.send(request.setHeader("Content-Type", "application/json; charset=UTF-8"))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void an_unknown_path_is_not_found() throws Exception {
        assertThat(caller.get("/api/v2/elsewhere").statusCode()).isEqualTo(404);
    }

    private static String withMessages(int count) {
        return Caller.chat(
                "\"interactionId\":\"ext-" + count + "\"",
                IntStream.range(0, count)
                        .mapToObj(i -> Caller.message(i, "2024-06-15T09:%02d:%02dZ".formatted(i / 60, i % 60)))
                        .collect(joining(",")));
    }

    private static String ofBytes(int size) {
        String small = Caller.chat("ext-1");
        return small.replace("Otto", "Otto" + "o".repeat(size - small.length()));
    }
}
