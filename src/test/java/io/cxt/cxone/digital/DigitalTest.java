package io.cxt.cxone.digital;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CxoneTarget.Confirmation;
import io.cxt.cxone.Prepared;
import io.cxt.cxone.TargetFactory;
import io.cxt.fixture.Transcripts;
import io.cxt.settings.Settings;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitalTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TargetFactory FACTORY = new DigitalFactory();
    private static final Party BOT = new Party("bot-7", "bot");

    private final Map<String, String> properties = new HashMap<>(Map.of(
            "cxone.base-url", "https://api.example.com",
            "cxone.digital.channel-id", "archive_1",
            "cxone.digital.archive-channel", "confirmed"));

    @Test
    void a_message_has_the_fields_of_the_published_type() throws IOException {
        List<Part> parts = parts(chat("chat-1", message("m1", Transcripts.CUSTOMER, "I need assistance.", 0)));

        assertThat(body(parts.get(0))).isEqualTo(JSON.readTree("""
                {"idOnExternalPlatform":"chat-1:m1","direction":"inbound",
                 "createdAtWithMilliseconds":"2024-06-15T09:00:00.000Z",
                 "thread":{"idOnExternalPlatform":"chat-1"},
                 "messageContent":{"type":"TEXT","payload":{"text":"I need assistance."}},
                 "authorEndUserIdentity":{"idOnExternalPlatform":"cust-1"},
                 "externalAttributes":[{"key":"agentId","value":"agt-1"},{"key":"authorType","value":"customer"}]}"""));
        assertThat(parts.get(0).call()).isEqualTo(new Part.Call("POST", "/dfo/3.0/channels/archive_1/messages"));
    }

    @Test
    void all_but_the_customer_speak_outbound_to_the_customer() throws IOException {
        List<Part> parts = parts(chat(
                "chat-1",
                message("m1", BOT, "Welcome", 0),
                message("m2", Transcripts.AGENT, "Hello", 1),
                message("m3", new Party("cust-1", "visitor"), "Hi", 2),
                message("m4", new Party("other", "Customer"), "Me, too", 3)));

        assertThat(parts)
                .extracting(part -> body(part).path("direction").asText())
                .startsWith("outbound", "outbound", "inbound", "inbound");
        assertThat(body(parts.get(0)).path("recipients")).isEqualTo(JSON.readTree("""
                [{"idOnExternalPlatform":"cust-1","name":"cust-1","isPrimary":true,"isPrivate":false}]"""));
        assertThat(body(parts.get(0))
                        .at("/authorEndUserIdentity/idOnExternalPlatform")
                        .asText())
                .isEqualTo("bot-7");
        assertThat(body(parts.get(2)).has("recipients")).isFalse();
    }

    @Test
    void the_last_part_closes_the_contact_that_the_messages_landed_in() {
        List<Part> parts = parts(chat("chat-1", message("m1", BOT, "a", 0), message("m2", BOT, "b", 1)));

        Part last = parts.get(2);
        assertThat(parts).hasSize(3).allMatch(part -> part.parts() == 3);
        assertThat(last.messages()).isZero();
        assertThat(new String(last.payload(), StandardCharsets.UTF_8)).isEqualTo("{\"status\":\"closed\"}");
        assertThat(last.call().method()).isEqualTo("PUT");
        assertThat(last.call().path("34 9/1")).isEqualTo("/dfo/3.0/contacts/34%209%2F1/status");
    }

    @Test
    void closing_and_locking_are_a_choice() {
        properties.put("cxone.digital.final-status", "none");
        assertThat(parts(chat("chat-1", message("m1", BOT, "a", 0)))).hasSize(1);

        properties.put("cxone.digital.final-status", "resolved");
        properties.put("cxone.digital.lock-thread", "true");
        List<Part> parts = parts(chat("chat 1", message("m1", BOT, "a", 0)));

        assertThat(new String(parts.get(1).payload(), StandardCharsets.UTF_8)).isEqualTo("{\"status\":\"resolved\"}");
        assertThat(new String(parts.get(2).payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"canAddMoreMessages\":false}");
        assertThat(parts.get(2).call().path("1")).matches("/dfo/3\\.0/channels/archive_1/threads/chat_1~[0-9a-f]{32}");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-06-15T11:00:00.123456789+02:00, 2024-06-15T09:00:00.123Z",
        "2024-06-15T09:00:00Z,                2024-06-15T09:00:00.000Z",
        "0999-01-01T00:00:00Z,                0999-01-01T00:00:00.000Z",
    })
    void a_time_is_in_utc_with_three_digits(String written, String sent) {
        ChatMessage message = new ChatMessage("m", BOT, BOT, "a", MessageTime.of(written), null, null);

        assertThat(body(parts(chat("chat-1", message)).get(0))
                        .path("createdAtWithMilliseconds")
                        .asText())
                .isEqualTo(sent);
    }

    @Test
    void equal_times_are_moved_by_whole_milliseconds_in_the_order_of_the_chat() {
        List<Part> parts = parts(chat(
                "chat-1",
                at("2024-06-15T09:00:00.0001Z"),
                at("2024-06-15T09:00:00.0002Z"),
                at("2024-06-15T09:00:00.0003Z"),
                at("2024-06-15T09:00:00.002Z"),
                at("2024-06-15T09:00:00.003Z"),
                at("2024-06-15T09:00:01Z")));

        assertThat(times(parts)).containsExactly("00.000", "00.001", "00.002", "00.003", "00.004", "01.000");
        assertThat(parts.get(0).notes()).contains("times-moved=4");
        assertThat(parts.get(1).notes()).isEmpty();
    }

    @Test
    void a_long_text_is_cut_into_numbered_messages_never_within_a_character() {
        properties.put("cxone.digital.max-text", "100");
        String text = "a".repeat(79) + "\uD83D\uDE00" + "b".repeat(120);
        List<Part> parts = parts(chat("chat-1", message("m1", BOT, text, 0), message("m2", BOT, "next", 0)));

        assertThat(parts)
                .extracting(
                        part -> body(part).at("/messageContent/payload/text").asText())
                .startsWith(
                        "(1/3) " + "a".repeat(79),
                        "(2/3) \uD83D\uDE00" + "b".repeat(78),
                        "(3/3) " + "b".repeat(42),
                        "next");
        assertThat(parts)
                .extracting(part -> body(part).path("idOnExternalPlatform").asText())
                .startsWith("chat-1:m1:1", "chat-1:m1:2", "chat-1:m1:3", "chat-1:m2");
        assertThat(parts.get(0).notes()).contains("texts-cut=1");
        assertThat(times(parts)).containsExactly("00.000", "00.001", "00.002", "00.003");
    }

    @Test
    void another_type_is_sent_as_text_and_noted() {
        ChatMessage image =
                new ChatMessage("m", BOT, BOT, "a.png", MessageTime.of("2024-06-15T09:00:00Z"), "image", null);
        Part part = parts(chat("chat-1", image)).get(0);

        assertThat(body(part).at("/messageContent/type").asText()).isEqualTo("TEXT");
        assertThat(body(part).path("externalAttributes").toString()).contains("{\"key\":\"type\",\"value\":\"image\"}");
        assertThat(part.notes()).contains("sent-as-text=1");
    }

    @Test
    void what_cxone_has_no_place_for_goes_into_custom_fields_with_the_first_message() throws IOException {
        properties.putAll(Map.of(
                "cxone.digital.field.start", "first",
                "cxone.digital.field.end", "last",
                "cxone.digital.field.interaction", "chat",
                "cxone.digital.field.label", "batch",
                "cxone.digital.label", "import 7"));
        List<Part> parts = parts(chat("chat 1", message("m1", BOT, "a", 0), message("m2", BOT, "b", 9)));

        assertThat(body(parts.get(0)).path("contact")).isEqualTo(JSON.readTree("""
                {"customFields":[{"ident":"first","value":"2024-06-15T09:00:00Z"},
                 {"ident":"last","value":"2024-06-15T09:00:09Z"},{"ident":"chat","value":"chat 1"},
                 {"ident":"batch","value":"import 7"}]}"""));
        assertThat(body(parts.get(1)).has("contact")).isFalse();
    }

    @Test
    void the_label_of_a_run_goes_into_its_custom_field_unless_a_text_is_set() throws IOException {
        properties.putAll(Map.of("cxone.digital.field.label", "batch", "pickup.file.select-label", "trial of March"));
        assertThat(body(parts(chat("chat 1", message("m1", BOT, "a", 0))).get(0))
                        .path("contact"))
                .hasToString("{\"customFields\":[{\"ident\":\"batch\",\"value\":\"trial of March\"}]}");

        properties.put("cxone.digital.label", "import 7");
        assertThat(body(parts(chat("chat 1", message("m1", BOT, "a", 0))).get(0))
                        .path("contact")
                        .toString())
                .contains("import 7");
    }

    @Test
    void ids_are_fit_for_a_path_the_same_each_time_and_different_for_any_two_messages() {
        List<String> ids = new ArrayList<>();
        String longest = "x".repeat(129);
        for (String chat : List.of("a", "a:b", "a_b", "a b", "A", "a~1", longest, longest + "y", "\u00e4\u00f6")) {
            for (Part part : parts(chat(
                    chat,
                    message("b", BOT, "1", 0),
                    message("b", BOT, "2", 1),
                    message("b~1", BOT, "3", 2),
                    message(null, BOT, "4", 3),
                    message("msg_4", BOT, "5", 4),
                    message(null, BOT, "6", 4),
                    message("b:c", BOT, "7", 5)))) {
                if (part.messages() > 0) {
                    ids.add(body(part).path("idOnExternalPlatform").asText());
                }
            }
        }

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9._:~-]+"));
        assertThat(ids).startsWith("a:b", "a:b~1").contains("a:msg_3");
        assertThat(parts(chat(longest, at("2024-06-15T09:00:00Z"))).get(0).hash())
                .isEqualTo(
                        parts(chat(longest, at("2024-06-15T09:00:00Z"))).get(0).hash());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            201 | {"consumerContact":{"id":"349196096"},"message":{"id":"x_1"}}             | 349196096
            200 | {"consumerContact":{"id":349196096},"message":{"id":"x_1"},"more":[]}      | 349196096
            202 | {"consumerContact":{"id":"7"},"message":{"id":"x_1"},"errors":[]}          | 7
            201 | {"consumerContact":{"id":"7"},"message":{"id":"x","idOnExternalPlatform":"chat-1:m1"}} | 7
            201 | {"consumerContact":{"id":"7"},"message":{"id":"x","idOnExternalPlatform":"chat-1:m2"}} |
            201 | {"consumerContact":{"id":"7"},"message":{"id":"x","idOnExternalPlatform":null}} | 7
            204 | ``                                                                         |
            200 | <html>Sign in</html>                                                       |
            201 | {"consumerContact":{"id":"7"},"message":{"id":"x"},"errors":[{"message":"m"}]} |
            201 | {"consumerContact":{"id":""},"message":{"id":"x"}}                          |
            201 | {"consumerContact":{"id":"7"}}                                             |
            201 | {"consumerContact":{"id":"7"},"message":null}                              |
            201 | {"consumerContact":                                                        |
            201 | []                                                                         |
            """)
    void a_message_is_there_when_the_answer_names_it_and_its_contact(int status, String body, String contact) {
        Part part = parts(chat("chat-1", message("m1", BOT, "a", 0))).get(0);
        byte[] bytes = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);

        Confirmation yes = target().confirmation(part, status, bytes);

        assertThat(yes == null ? null : yes.conversationId()).isEqualTo(contact);
    }

    @Test
    void a_change_of_status_has_no_body_to_read() {
        List<Part> parts = parts(chat("chat-1", message("m1", BOT, "a", 0)));

        assertThat(target().confirmation(parts.get(1), 204, new byte[0])).isEqualTo(new Confirmation(null, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            cxone.digital.archive-channel | -         | can reach live agents
            cxone.digital.archive-channel | yes       | allowed: unknown, confirmed
            cxone.digital.channel-id      | -         | cxone.digital.channel-id is not set
            cxone.digital.channel-id      | a/../b    | must be of
            cxone.digital.area            | na1.evil/ | must look like na1
            cxone.base-url                | -         | set cxone.digital.area, for example na1
            cxone.base-url                | http://api.example.com | must not travel in clear
            cxone.digital.final-status    | trashed   | allowed: closed, resolved, none
            """)
    void what_is_missing_or_dangerous_is_a_problem(String property, String value, String words) {
        properties.remove(property);
        if (value != null) {
            properties.put(property, value);
        }

        assertThat(problems()).anyMatch(problem -> problem.contains(words));
    }

    @ParameterizedTest
    @CsvSource({
        "na1, https://api-de-na1.niceincontact.com",
        "eu1, https://api-de-eu1.niceincontact.com",
        "na2, https://api-de-na2.nicecxone-gov.com"
    })
    void the_base_url_follows_from_the_area(String area, String baseUrl) {
        properties.remove("cxone.base-url");
        properties.put("cxone.digital.area", area);

        assertThat(target().baseUrl()).isEqualTo(baseUrl);
    }

    private List<String> problems() {
        Settings settings = new Settings(properties::get);
        FACTORY.make(settings);
        try {
            settings.check();
            return List.of();
        } catch (io.cxt.settings.InvalidSettingsException e) {
            return List.of(e.getMessage());
        }
    }

    private Digital target() {
        return (Digital) FACTORY.make(new Settings(properties::get));
    }

    private List<Part> parts(Transcript transcript) {
        Entry entry = new Entry(1, 1, new byte[0], transcript, List.of(), List.of(), 0);
        Prepared prepared = target().prepare(entry, new Origin("reading-1", "chats.json", 1, 1), target().limits());
        assertThat(prepared.findings()).isEmpty();
        return prepared.parts();
    }

    private static Transcript chat(String id, ChatMessage... messages) {
        return new Transcript(id, "agt-1", "cust-1", List.of(messages));
    }

    private static ChatMessage message(String id, Party from, String text, int second) {
        String time = Transcripts.BEGIN.plusSeconds(second).toString();
        return new ChatMessage(id, from, Transcripts.AGENT, text, MessageTime.of(time), "text", null);
    }

    private static ChatMessage at(String time) {
        return new ChatMessage(null, BOT, Transcripts.AGENT, "a", MessageTime.of(time), "text", null);
    }

    private static List<String> times(List<Part> parts) {
        return parts.stream()
                .filter(part -> part.messages() > 0)
                .map(part -> body(part)
                        .path("createdAtWithMilliseconds")
                        .asText()
                        .substring("2024-06-15T09:00:".length(), "2024-06-15T09:00:00.000".length()))
                .toList();
    }

    private static JsonNode body(Part part) {
        try {
            return JSON.readTree(part.payload());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
