package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be read back and changed, faults, counts and control. */
class DigitalStandInTest {

    private DigitalStandIn standIn;
    private DigitalCaller caller;

    @BeforeEach
    void start() throws IOException {
        standIn = DigitalStandIn.start(StandInSettings.defaults().withHeadersAndBodies(), DigitalSwitches.defaults());
        caller = new DigitalCaller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    private JsonNode create(String thread, int message) throws Exception {
        return DigitalCaller.json(
                caller.create(DigitalCaller.message(thread, thread + ":" + message, "text " + message)));
    }

    private JsonNode read(String path) throws Exception {
        return DigitalCaller.json(caller.get(path));
    }

    @Test
    void several_ids_are_searched_in_one_call_and_filters_add_up() throws Exception {
        String contact = create("a", 1).at("/consumerContact/id").asText();
        create("a", 2);
        create("b", 1);
        String ids =
                "messages?idOnExternalPlatform%5B%5D=b:1&idOnExternalPlatform%5B%5D=a:1&idOnExternalPlatform%5B%5D=c:1";

        assertThat(read(ids).path("data").findValuesAsText("idOnExternalPlatform"))
                .contains("a:1", "b:1")
                .doesNotContain("a:2");
        assertThat(read(ids).path("hits").asInt()).isEqualTo(2);
        assertThat(read(ids + "&contactNumber=" + contact).path("hits").asInt()).isEqualTo(1);
        assertThat(read(ids + "&direction=outbound").path("hits").asInt()).isZero();
        assertThat(read(ids + "&channel%5B%5D=elsewhere").path("hits").asInt()).isZero();
        assertThat(read("messages?authorIdOnExternalPlatform%5B%5D=cust_789")
                        .path("hits")
                        .asInt())
                .isEqualTo(3);
        assertThat(read("messages?idOnExternalPlatform%5B%5D=c:1").toString())
                .isEqualTo("{\"hits\":0,\"data\":[],\"scrollToken\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"idOnExternalPlatform=a:1", "contentContains=Otto", "scrollToken=%21", "scrollToken=eA"})
    void a_search_that_would_answer_something_else_is_refused(String query) throws Exception {
        assertThat(caller.get("messages?" + query).statusCode()).isEqualTo(400);
    }

    @Test
    void a_long_answer_is_scrolled_through() throws Exception {
        standIn.set("pageSize", 2);
        for (int i = 1; i <= 5; i++) {
            create("a", i);
        }

        List<String> texts = new ArrayList<>();
        String token = "";
        for (int page = 0; page < 3; page++) {
            JsonNode answer = read("messages?channel%5B%5D=" + DigitalStandIn.CHANNEL + "&scrollToken=" + token);
            answer.path("data")
                    .forEach(message ->
                            texts.add(message.at("/messageContent/payload/text").asText()));
            token = answer.path("scrollToken").textValue();
            assertThat(answer.path("hits").asInt()).isEqualTo(5);
        }

        assertThat(token).isNull();
        assertThat(texts).containsExactly("text 1", "text 2", "text 3", "text 4", "text 5");
    }

    @Test
    void a_contact_is_read_and_changed() throws Exception {
        String contact = "contacts/" + create("a", 1).at("/consumerContact/id").asText();
        create("a", 2);

        for (String status : List.of("closed", "escalated", "new", "open", "pending", "resolved", "trashed")) {
            assertThat(caller.put(contact + "/status", "{\"status\":\"" + status + "\"}")
                            .statusCode())
                    .isEqualTo(204);
            assertThat(read(contact).path("status").asText()).isEqualTo(status);
        }
        caller.put(
                contact + "/custom-fields",
                "[{\"ident\":\"tier\",\"value\":\"gold\"},{\"ident\":\"x\",\"value\":null}]");
        caller.put(contact + "/custom-fields", "[{\"ident\":\"tier\",\"value\":\"iron\"}]");

        assertThat(read(contact).path("customFields").toString())
                .isEqualTo("[{\"ident\":\"tier\",\"value\":\"iron\"},{\"ident\":\"x\",\"value\":null}]");
        assertThat(read(contact + "/messages").path("hits").asInt()).isEqualTo(2);
        for (String none : List.of("1", "349196097", "x", "999999999999999999999")) {
            assertThat(caller.get("contacts/" + none).statusCode()).isEqualTo(404);
            assertThat(caller.put("contacts/" + none + "/status", "{\"status\":\"open\"}")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void a_locked_thread_takes_no_more_messages_until_it_is_opened() throws Exception {
        String thread = "channels/" + DigitalStandIn.CHANNEL + "/threads/a%2B1";
        caller.create(DigitalCaller.message("a+1", "a:1", "hello"));

        assertThat(caller.put(thread, "{\"canAddMoreMessages\":false}").statusCode())
                .isEqualTo(204);
        var refused = caller.create(DigitalCaller.message("a+1", "a:2", "hello"));
        caller.put(thread.replace("%2B", "+"), "{\"canAddMoreMessages\":true}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("takes no more messages");
        assertThat(create("a+1", 3).has("message")).isTrue();
        assertThat(caller.put(thread + "x", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void removed_content_is_gone_and_says_why() throws Exception {
        String id = create("a", 1).at("/message/id").asText();

        assertThat(caller.post("messages/" + id + "/content-removal", "{\"reason\":\"GDPR\"}")
                        .statusCode())
                .isEqualTo(204);

        assertThat(read("messages/" + id).at("/messageContent/payload/text").asText())
                .isEmpty();
        assertThat(read("messages/" + id).at("/contentRemoved/reason").asText()).isEqualTo("GDPR");
        assertThat(caller.get("messages/" + id.replaceFirst(".$", "f")).statusCode())
                .isEqualTo(404);
        assertThat(caller.get("messages/a:1").statusCode()).isEqualTo(404);
    }

    @Test
    void channels_tags_and_field_definitions_are_listed_and_can_be_changed() throws Exception {
        standIn.set("channel", Map.of("id", DigitalStandIn.CHANNEL, "isLiveChat", true));
        standIn.set("channel", Map.of("id", "second", "hasMultipleThreadsPerEndUser", false));
        standIn.set("tags", List.of(Map.of("id", 7, "title", "seven")));
        standIn.set("customFields", List.of(Map.of("ident", "tier", "type", "text")));

        assertThat(read("channels").isArray()).isTrue();
        assertThat(read("channels").findValuesAsText("id")).containsExactly(DigitalStandIn.CHANNEL, "second");
        assertThat(read("channels").get(0).path("isLiveChat").asBoolean()).isTrue();
        assertThat(read("channels").get(0).path("defaultSkillId").asInt()).isEqualTo(123);
        assertThat(read("channels?id%5B%5D=second")
                        .get(0)
                        .path("hasMultipleThreadsPerEndUser")
                        .asBoolean(true))
                .isFalse();
        assertThat(read("channels?size=1&page=2").get(0).path("id").asText()).isEqualTo("second");
        assertThat(read("tags?id%5B%5D=7").at("/data/0/title").asText()).isEqualTo("seven");
        assertThat(read("tags?id%5B%5D=8").path("hits").asInt(-1)).isZero();
        assertThat(read("consumer-contact-custom-fields").get(0).path("ident").asText())
                .isEqualTo("tier");
        standIn.set("channel", Map.of("id", "second", "isDeleted", true));
        assertThat(caller.post("channels/second/messages", DigitalCaller.message("a", "a:1", "hello"))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void an_answer_is_lost_after_the_message_was_stored_by_script_and_by_share() throws Exception {
        standIn.next(Fault.resetAfterBody(), Fault.resetBeforeBody());

        assertThatThrownBy(() -> create("a", 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> create("a", 2)).isInstanceOf(IOException.class);
        standIn.change(traffic -> traffic.withFaults(traffic.faults().with(Fault.resetAfterBody(), 100)));
        assertThatThrownBy(() -> create("a", 3)).isInstanceOf(IOException.class);

        assertThat(standIn.accepted()).extracting(AcceptedMessage::messageId).containsExactly("a:1", "a:3");
        assertThat(standIn.counts().unanswered()).isEqualTo(3);
        assertThat(read("messages").path("hits").asInt()).isEqualTo(2);
    }

    @Test
    void the_other_calls_have_a_script_of_their_own() throws Exception {
        String contact = "contacts/" + create("a", 1).at("/consumerContact/id").asText() + "/status";
        standIn.nextOther(Fault.status(503), Fault.resetAfterBody());

        assertThat(create("a", 2).has("message")).isTrue();
        assertThat(caller.get("messages").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> caller.put(contact, "{\"status\":\"closed\"}")).isInstanceOf(IOException.class);
        assertThat(read(contact.replace("/status", "")).path("status").asText()).isEqualTo("closed");
    }

    @Test
    void other_processes_read_the_counts_and_reconcile() throws Exception {
        standIn.set("duplicate", "conflict");
        String body = DigitalCaller.message("a", "a:1", "hello");
        caller.create(body);
        caller.create(body);
        create("b", 1);

        var stats = DigitalCaller.json(DigitalCaller.send(caller.request("/stats")));
        var lines = DigitalCaller.send(caller.request("/stats/accepted"));

        assertThat(stats.path("accepted").asInt()).isEqualTo(2);
        assertThat(stats.path("duplicates").asInt()).isEqualTo(1);
        assertThat(stats.at("/refused/409").asInt()).isEqualTo(1);
        assertThat(stats.at("/calls/CREATE").asInt()).isEqualTo(3);
        assertThat(lines.body().lines().toList().get(0)).isEqualTo("a\ta:1\t1\t1\t" + sha256(body));
        assertThat(lines.body().lines()).hasSize(2);
        assertThat(standIn.await(counts -> counts.contacts() == 2, Duration.ofSeconds(60)))
                .isTrue();
    }

    private static String sha256(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }

    @Test
    void the_journal_remembers_each_call() throws Exception {
        create("a", 1);
        read("messages?direction=inbound");

        assertThat(standIn.calls()).hasSize(2);
        assertThat(standIn.calls().get(0))
                .returns("CREATE", DigitalCall::call)
                .returns("a", DigitalCall::thread)
                .returns("a:1", DigitalCall::messageId)
                .returns(201, DigitalCall::status)
                .returns(true, DigitalCall::accepted)
                .returns(
                        DigitalCaller.message("a", "a:1", "text 1"),
                        call -> new String(call.body(), StandardCharsets.UTF_8))
                .asString()
                .doesNotContain("text 1");
        assertThat(standIn.calls().get(1).target()).isEqualTo("GET /dfo/3.0/messages?direction=inbound");
    }

    @Test
    void control_changes_switches_traffic_channels_and_scripts_at_once() throws Exception {
        create("a", 1);
        var response = caller.control("""
                {"duplicate":"same","ratePerSecond":5,"burst":9,"searchLagMillis":10,"nextOther":["502"],"next":["504"],
                 "channel":{"id":"third"},"revokeTokens":true}""");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("duplicate=SAME", "ratePerSecond=5.0");
        assertThat(standIn.switches())
                .returns(DigitalSwitches.Duplicate.SAME, DigitalSwitches::duplicate)
                .returns(10, DigitalSwitches::searchLagMillis);
        assertThat(standIn.traffic().burst()).isEqualTo(9);
        assertThat(caller.get("tags").statusCode()).isEqualTo(502);
        assertThat(caller.create("{}").statusCode()).isEqualTo(504);
        assertThat(standIn.faultsLeft()).isZero();
        assertThat(caller.get("channels").statusCode()).isEqualTo(401);
        caller.signIn();
        assertThat(read("channels").findValuesAsText("id")).contains("third");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"latencyMillis\":5,\"bogus\":1} | there is no switch 'bogus'",
                "{\"latencyMillis\":5,\"success\":203} | success is 203",
                "{\"latencyMillis\":5,\"channel\":{}} | channel must be an object with an id",
                "{\"latencyMillis\":5,\"tags\":{}} | tags must be a list",
                "{\"latencyMillis\":5,\"nextOther\":[\"bogus\"]} | there is no fault 'bogus'",
                "{\"latencyMillis\":5,\"duplicate\":null} | duplicate",
            })
    void a_wish_that_makes_no_sense_changes_nothing(String wish, String message) throws Exception {
        var response = caller.control(wish);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(DigitalCaller.json(response).path("message").asText()).contains(message);
        assertThat(standIn.traffic().latencyMillis()).isZero();
        assertThat(standIn.switches()).isEqualTo(DigitalSwitches.defaults());
    }

    @Test
    void a_page_in_a_browser_neither_steers_it_nor_reads() throws Exception {
        var stats = caller.request("/stats").header("Origin", "http://localhost");

        assertThat(DigitalCaller.send(stats).statusCode()).isEqualTo(403);
    }
}
