package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each question that the published contract leaves open, with each answer. */
class DigitalSwitchesTest {

    private DigitalStandIn standIn;
    private DigitalCaller caller;

    @BeforeEach
    void start() throws IOException {
        standIn = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults());
        caller = new DigitalCaller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    private String create(String thread, String id) throws Exception {
        return DigitalCaller.contact(caller.create(DigitalCaller.message(thread, id, "hello")));
    }

    @ParameterizedTest
    @CsvSource({"new, 201, 2, 2", "same, 200, 1, 2", "conflict, 409, 1, 1", "unprocessable, 422, 1, 1"})
    void a_duplicate_id(String word, int status, int stored, int accepted) throws Exception {
        standIn.set("duplicate", word);

        var first = DigitalCaller.json(caller.create(DigitalCaller.message("t", "t:1", "hello")));
        var second = caller.create(DigitalCaller.message("t", "t:1", "hello again"));

        JsonNode found = DigitalCaller.json(caller.get("messages?idOnExternalPlatform%5B%5D=t:1"));
        assertThat(second.statusCode()).isEqualTo(status);
        assertThat(found.path("hits").asInt()).isEqualTo(stored);
        assertThat(standIn.counts())
                .returns(1L, DigitalCounts::duplicates)
                .returns(1L, DigitalCounts::distinct)
                .returns((long) accepted, DigitalCounts::accepted);
        assertThat(standIn.accepted()).singleElement().returns(accepted, AcceptedMessage::count);
        assertThat(DigitalCaller.json(second)
                        .at("/message/id")
                        .asText()
                        .equals(first.at("/message/id").asText()))
                .isEqualTo(word.equals("same"));
    }

    @ParameterizedTest
    @CsvSource({"200, false", "201, false", "202, true", "204, true"})
    void the_status_of_success(int status, boolean empty) throws Exception {
        standIn.set("success", status);

        var response = caller.create(DigitalCaller.message("t", "t:1", "hello"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body().isEmpty()).isEqualTo(empty);
        assertThat(standIn.counts().accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"200", "204"})
    void the_status_of_a_change(int status) throws Exception {
        String contact = create("t", "t:1");
        standIn.set("done", status);

        var response = caller.put("contacts/" + contact + "/status", "{\"status\":\"closed\"}");

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void the_status_of_a_bad_body_and_refusals_without_one() throws Exception {
        standIn.set("invalid", 422);
        var told = caller.create("{}");
        standIn.set("errorBodies", false);
        var silent = caller.create("{}");

        assertThat(told.statusCode()).isEqualTo(422);
        assertThat(told.body()).startsWith("{\"errors\":[{\"field\":");
        assertThat(silent.statusCode()).isEqualTo(422);
        assertThat(silent.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"kept, 201", "now, 201", "refused, 400"})
    void a_message_that_is_a_year_old(String word, int status) throws Exception {
        standIn.set("oldDates", word);

        var old = caller.create(DigitalCaller.message("t", "t:1", "hello"));
        var young = caller.create(DigitalCaller.message("t", "t:2", "hello")
                .replace("2024-06-15T09:00:00.000Z", Instant.now().toString().replaceFirst("(\\.\\d+)?Z", ".000Z")));

        assertThat(old.statusCode()).isEqualTo(status);
        assertThat(young.statusCode()).isEqualTo(201);
        if (status == 201) {
            Instant created = OffsetDateTime.parse(DigitalCaller.json(old)
                            .at("/message/createdAtWithMilliseconds")
                            .asText())
                    .toInstant();
            assertThat(Duration.between(created, Instant.now()).toDays() > 300).isEqualTo(word.equals("kept"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "closed, closed, true",
        "closed, trashed, true",
        "closed, resolved, false",
        "resolved, resolved, true",
        "resolved, open, false",
        "never, closed, false"
    })
    void the_next_message_of_a_thread_whose_contact_is_closed(String word, String status, boolean splits)
            throws Exception {
        standIn.set("newContactAfter", word);
        String first = create("t", "t:1");

        caller.put("contacts/" + first + "/status", "{\"status\":\"" + status + "\"}");
        String second = create("t", "t:2");

        assertThat(!second.equals(first)).isEqualTo(splits);
        assertThat(standIn.counts().splitContacts()).isEqualTo(splits ? 1 : 0);
        assertThat(standIn.counts().threads()).isEqualTo(1);
        assertThat(standIn.messages("t")).hasSize(2);
        assertThat(standIn.contacts("t").get(0).path("status").asText()).isEqualTo(status);
        assertThat(standIn.contacts("t")).hasSize(splits ? 2 : 1);
    }

    @Test
    void a_status_on_each_message_can_split_a_chat() throws Exception {
        standIn.set("newContactAfter", "resolved");
        for (int i = 1; i <= 3; i++) {
            caller.create(DigitalCaller.message("t", "t:" + i, "hello")
                    .replace("\"thread\"", "\"contact\":{\"status\":\"resolved\"},\"thread\""));
        }

        assertThat(standIn.counts().splitContacts()).isEqualTo(2);
    }

    @Test
    void a_long_text_comes_back_short_except_alone() throws Exception {
        standIn.set("longText", 5);

        var created = DigitalCaller.json(caller.create(DigitalCaller.message("t", "t:1", "1234\\ud83d\\ude00 end")));
        var found = DigitalCaller.json(caller.get("messages?idOnExternalPlatform[]=t:1".replace("[]", "%5B%5D")))
                .at("/data/0");
        var whole = DigitalCaller.json(
                caller.get("messages/" + created.at("/message/id").asText()));

        assertThat(created.at("/message/messageContent/payload/text").asText()).isEqualTo("1234");
        assertThat(created.at("/message/hasAdditionalMessageContent").asBoolean())
                .isTrue();
        assertThat(found.at("/messageContent/text").asText()).isEqualTo("1234");
        assertThat(whole.at("/messageContent/payload/text").asText()).isEqualTo("1234😀 end");
        assertThat(whole.path("hasAdditionalMessageContent").asBoolean()).isFalse();
    }

    @Test
    void texts_are_read_as_numbers_truth_values_and_words() {
        assertThat(DigitalSwitches.defaults()
                        .with(Map.of("searchLagMillis", "500", "errorBodies", "false", "oldDates", "now")))
                .isEqualTo(DigitalSwitches.defaults()
                        .with("searchLagMillis", 500)
                        .with("errorBodies", false)
                        .with("oldDates", DigitalSwitches.OldDates.NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "duplicates, new, nearest is duplicate",
        "duplicate, twice, CONFLICT",
        "success, 203, allowed: ",
        "success, many, many",
        "pageSize, 0, allowed: 1 to 10000",
        "pageSize, 1.5, 1.5",
        "contactPerMinute, NaN, allowed: 0 to 1000000",
    })
    void a_switch_that_makes_no_sense_is_refused_in_words(String name, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DigitalSwitches.defaults().with(name, value))
                .withMessageContaining(message);
    }
}
