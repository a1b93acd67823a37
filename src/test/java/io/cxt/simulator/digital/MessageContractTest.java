package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the published types refuse, and what they let pass. */
class MessageContractTest {

    private static final String FULL = """
            {"idOnExternalPlatform":"full:1","direction":"outbound","createdAtWithMilliseconds":"2024-06-15T11:00:00.1239+02:00",
             "thread":{"idOnExternalPlatform":"full","threadName":"Order 4711"},
             "messageContent":{"type":"TEXT","payload":{"text":"my parrot is called Otto"},"fallbackText":"Otto","postback":""},
             "authorEndUserIdentity":{"idOnExternalPlatform":"agt_1","firstName":"Ann","lastName":"Lee","nickname":"ann",
               "image":"","customFields":[{"ident":"tier","value":"gold"}]},
             "deletedOnExternalPlatform":false,"url":"https://archive.example/1","tagIds":[11104],"title":"Order 4711",
             "isReplyToSpecificMessage":false,"browserFingerprint":{"browser":"Firefox"},
             "contact":{"customFields":[{"ident":"import_batch","value":null}],"status":"resolved","direction":"inbound",
               "statusUpdatedAt":"2024-06-15T09:20:00.000Z","skillId":123},
             "attachments":[{"friendlyName":"invoice.pdf","url":"https://example.org/invoice.pdf"}],
             "recipients":[{"idOnExternalPlatform":"cust_789","name":"Ann Lee","isPrimary":true,"isPrivate":false}],
             "externalAttributes":[{"key":"agentId","value":"agt_456"}]}""";

    private static DigitalStandIn standIn;
    private static DigitalCaller caller;

    @BeforeAll
    static void start() throws IOException {
        standIn = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults());
        caller = new DigitalCaller(standIn);
    }

    @AfterAll
    static void stop() {
        standIn.close();
    }

    @Test
    void the_smallest_message_is_answered_with_its_contact_and_itself() throws Exception {
        var response = caller.create(DigitalCaller.message("small", "small:1", "hello"));
        JsonNode answer = DigitalCaller.json(response);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("x-trace-id")).isPresent();
        assertThat(answer.at("/consumerContact/id").asText()).matches("\\d+");
        assertThat(answer.at("/consumerContact/interactionId").asText()).matches("[0-9a-f-]{36}");
        assertThat(answer.at("/consumerContact/status").asText()).isEqualTo("new");
        assertThat(answer.at("/consumerContact/threadIdOnExternalPlatform").asText())
                .isEqualTo("small");
        assertThat(answer.at("/message/idOnExternalPlatform").asText()).isEqualTo("small:1");
        assertThat(answer.at("/message/createdAtWithMilliseconds").asText()).isEqualTo("2024-06-15T09:00:00.000+00:00");
        assertThat(answer.at("/message/createdAt").asText()).isEqualTo("2024-06-15T09:00:00+00:00");
        assertThat(answer.at("/message/messageContent").toString())
                .isEqualTo(
                        "{\"type\":\"TEXT\",\"payload\":{\"text\":\"hello\",\"postback\":\"\",\"elements\":[]},"
                                + "\"fallbackText\":\"\",\"postback\":null,\"text\":\"hello\",\"isAutoTranslated\":false,\"parameters\":[]}");
        assertThat(answer.at("/message/contactNumber")).isEqualTo(answer.at("/consumerContact/id"));
    }

    @Test
    void every_published_field_passes_and_comes_back() throws Exception {
        long unknown = standIn.counts().unknownFields();

        var response = caller.create(FULL);
        JsonNode answer = DigitalCaller.json(response);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(standIn.counts().unknownFields()).isEqualTo(unknown);
        assertThat(answer.at("/consumerContact/status").asText()).isEqualTo("resolved");
        assertThat(answer.at("/consumerContact/direction").asText()).isEqualTo("inbound");
        assertThat(answer.at("/consumerContact/statusUpdatedAt").asText()).isEqualTo("2024-06-15T09:20:00+00:00");
        assertThat(answer.at("/consumerContact/customFields/0/ident").asText()).isEqualTo("import_batch");
        assertThat(answer.at("/message/direction").asText()).isEqualTo("outbound");
        assertThat(answer.at("/message/createdAtWithMilliseconds").asText()).isEqualTo("2024-06-15T09:00:00.123+00:00");
        assertThat(answer.at("/message/authorEndUserIdentity/fullName").asText())
                .isEqualTo("Ann Lee");
        assertThat(answer.at("/message/recipients/0/idOnExternalPlatform").asText())
                .isEqualTo("cust_789");
        assertThat(answer.at("/message/attachments/0/friendlyName").asText()).isEqualTo("invoice.pdf");
        assertThat(answer.at("/message/tags/0/id").asInt()).isEqualTo(11104);
        assertThat(answer.at("/message/title").asText()).isEqualTo("Order 4711");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"idOnExternalPlatform\":\"full:1\",`, ``, idOnExternalPlatform",
                "`\"full:1\"`, `7`, idOnExternalPlatform",
                "`\"full:1\"`, `\" \"`, idOnExternalPlatform",
                "outbound, both, direction",
                "outbound, inbound|outbound, direction",
                "`\"outbound\"`, null, direction",
                "`2024-06-15T11:00:00.1239+02:00`, `2024-06-15T11:00:00+02:00`, createdAtWithMilliseconds",
                "`.1239+02:00`, `.1239`, createdAtWithMilliseconds",
                "`.1239+02:00`, `.123456789+05:30`, createdAtWithMilliseconds",
                "2024-06-15T11, 2024-06-31T11, createdAtWithMilliseconds",
                "`\"thread\":{\"idOnExternalPlatform\":\"full\",`, `\"thread\":{`, thread.idOnExternalPlatform",
                "`\"threadName\":\"Order 4711\"`, `\"threadName\":4711`, thread.threadName",
                "`\"type\":\"TEXT\"`, `\"type\":\"FILE\"`, messageContent.type",
                "`{\"text\":\"my parrot is called Otto\"}`, `\"Otto\"`, messageContent.payload",
                "`{\"text\":\"my parrot is called Otto\"}`, `{\"text\":{}}`, messageContent.payload.text",
                "`,\"fallbackText\":\"Otto\"`, `,\"fallbackText\":null`, messageContent.fallbackText",
                "`\"TEXT\"`, `\"PLUGIN\",\"payload2\":1`, ``",
                "`\"TEXT\"`, `\"QUICK_REPLIES\"`, messageContent.payload.actions",
                "`\"TEXT\"`, `\"RICH_LINK\"`, messageContent.payload.media",
                "`\"TEXT\"`, `\"ADAPTIVE_CARD\"`, messageContent.payload.version",
                "`\"idOnExternalPlatform\":\"agt_1\",`, ``, authorEndUserIdentity.idOnExternalPlatform",
                "`\"value\":\"gold\"`, `\"value\":1`, authorEndUserIdentity.customFields[0].value",
                "`\"ident\":\"tier\",`, ``, authorEndUserIdentity.customFields[0].ident",
                "`\"deletedOnExternalPlatform\":false`, `\"deletedOnExternalPlatform\":\"no\"`, deletedOnExternalPlatform",
                "[11104], [1.5], tagIds[0]",
                "[11104], 11104, tagIds",
                "resolved, closed, contact.status",
                "`\"status\":\"resolved\"`, `\"elevation\":{}`, contact.elevation.interaction",
                "2024-06-15T09:20:00.000Z, 2024-06-15, contact.statusUpdatedAt",
                "`\"skillId\":123`, `\"skillId\":\"123\"`, contact.skillId",
                "`\"friendlyName\":\"invoice.pdf\",`, ``, attachments[0].friendlyName",
                "`\"isPrimary\":true`, `\"isPrimary\":1`, recipients[0].isPrimary",
                "`,\"value\":\"agt_456\"`, ``, externalAttributes[0].value",
            })
    void a_body_that_the_types_refuse_is_refused_by_the_name_of_the_field(String part, String instead, String field)
            throws Exception {
        assertThat(FULL).contains(part);
        long accepted = standIn.counts().accepted();

        var response = caller.create(FULL.replace(part, instead));

        if (!field.isEmpty()) {
            JsonNode errors = DigitalCaller.json(response).path("errors");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(errors.findValuesAsText("field")).contains(field);
            assertThat(errors.get(0).path("message").asText()).isNotBlank();
            assertThat(errors.get(0).has("parameters")).isTrue();
            assertThat(DigitalCaller.json(response).path("uid").asText()).isNotBlank();
            assertThat(standIn.counts().accepted()).isEqualTo(accepted);
        } else {
            assertThat(response.statusCode()).isEqualTo(201);
        }
    }

    @Test
    void all_violations_are_told_at_once_and_quote_the_customer() throws Exception {
        var response = caller.create("{\"idOnExternalPlatform\":[\"my parrot is called Otto\"],\"direction\":\"up\"}");

        assertThat(DigitalCaller.json(response).path("errors").findValuesAsText("field"))
                .containsExactly(
                        "idOnExternalPlatform",
                        "direction",
                        "createdAtWithMilliseconds",
                        "thread",
                        "messageContent",
                        "authorEndUserIdentity");
        assertThat(response.body()).contains("Otto");
    }

    @Test
    void fields_that_the_types_do_not_name_are_counted() throws Exception {
        long before = standIn.counts().unknownFields();

        var response = caller.create(
                FULL.replace("\"skillId\":123", "\"isHistorical\":true").replace("\"title\"", "\"skipRouting\""));

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(standIn.counts().unknownFields() - before).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{} {}", "{\"direction\":\"inbound\",\"direction\":\"inbound\"}"})
    void a_body_that_is_no_object_is_refused(String body) throws Exception {
        assertThat(caller.create(body).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, contacts/{n}/status, {\"status\":\"done\"}",
        "PUT, contacts/{n}/status, '{\"status\":\"open\",\"updatedByUserId\":\"7\"}'",
        "PUT, contacts/{n}/status, {}",
        "PUT, contacts/{n}/custom-fields, '{\"ident\":\"a\",\"value\":\"b\"}'",
        "PUT, contacts/{n}/custom-fields, [{\"ident\":\"a\"}]",
        "PUT, channels/custom_archive_1/threads/other, {\"canAddMoreMessages\":\"no\"}",
        "POST, messages/x/content-removal, {\"reason\":\"shame\"}",
    })
    void the_other_bodies_are_checked_as_well(String method, String path, String body) throws Exception {
        String contact = DigitalCaller.contact(caller.create(DigitalCaller.message("other", "other:1", "hello")));

        var request = caller.dfo(path.replace("{n}", contact)).method(method, BodyPublishers.ofString(body));

        assertThat(DigitalCaller.send(request).statusCode()).isEqualTo(400);
    }

    @Test
    void a_value_of_a_field_has_at_most_1024_characters() throws Exception {
        String field = "\"value\":\"gold\"";

        assertThat(caller.create(FULL.replace(field, "\"value\":\"" + "x".repeat(1024) + "\""))
                        .statusCode())
                .isEqualTo(201);
        assertThat(caller.create(FULL.replace(field, "\"value\":\"" + "x".repeat(1025) + "\""))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void token_content_type_channel_and_path_are_checked() throws Exception {
        String body = DigitalCaller.message("door", "door:1", "hello");
        var create = caller.dfo(DigitalCaller.POST).POST(BodyPublishers.ofString(body));

        assertThat(DigitalCaller.send(create.copy().setHeader("Authorization", "Bearer made-up"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(DigitalCaller.send(create.copy().setHeader("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(caller.post("channels/elsewhere/messages", body).statusCode())
                .isEqualTo(404);
        assertThat(caller.get("channels/custom_archive_1").statusCode()).isEqualTo(404);
        assertThat(caller.post("channels/custom_archive_1/inbound", body).statusCode())
                .isEqualTo(404);
        assertThat(DigitalCaller.send(create.setHeader("Content-Type", "application/json; charset=UTF-8")
                                .header("X-Trace-Id", "trace-7"))
                        .headers()
                        .firstValue("x-trace-id"))
                .hasValue("trace-7");
    }

    @Test
    void attachments_are_refused_in_words() throws Exception {
        var response = caller.post("attachments/temporary", "{\"content\":\"YQ==\",\"mimeType\":\"text/plain\"}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("stores no attachments");
    }
}
