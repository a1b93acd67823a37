package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.RunningCxt.copyOfRoutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on record is what is sent, once for each claim, whatever is edited in call-cxone or in a route of a site. */
class EditedCallTest {
    private static final String AFTER_REQUEST = "              - setHeaders:\n                  id: say-json\n";
    private static final String AFTER_HEADERS = "              - doTry:\n                  id: try-post\n";
    private static final String AFTER_POST = "                  doCatch:\n";

    @TempDir
    Path data;

    private StandIn cxone;
    private Path routes;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        routes = copyOfRoutes(data.resolve("routes"));
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private void edit(String before, String after) throws IOException {
        Path file = routes.resolve("call-cxone.camel.yaml");
        String shipped = Files.readString(file);
        assertThat(shipped).contains(before);
        Files.writeString(file, shipped.replace(before, after));
    }

    /** A route of a site with these steps. */
    private void site(String... steps) throws IOException {
        Files.writeString(
                routes.resolve("mine.camel.yaml"),
                "- route: {id: mine, from: {uri: \"direct:mine\", steps: [\n  {" + String.join("},\n  {", steps)
                        + "}]}}\n");
    }

    private void isRefused(String words) {
        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false)).hasStackTraceContaining(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "setBody: {id: mine, simple: x}                     | has the step mine between wait-and-claim and read-answer",
                "setHeader: {id: mine, name: Idempotency-Key, constant: same} | has the step mine between wait-and-claim",
                "removeHeaders: {id: mine, pattern: Idem*}          | has the step mine between wait-and-claim",
                "removeHeaders: {id: mine, pattern: \"*\"}          | has the step mine between wait-and-claim",
                "removeHeader: {id: mine, name: Idempotency-Key}    | has the step mine between wait-and-claim",
                "bean: {id: mine, ref: cxtCalls, method: toString}  | has the step mine between wait-and-claim",
                "delay: {id: mine, constant: 1}                     | has the step mine between wait-and-claim",
                "wireTap: {id: mine, uri: \"{{cxone.call-url}}\"}   | calls CXone by itself, past the record, at the step mine",
                "toD: {id: mine, uri: \"{{cxone.call-url}}\"}       | calls CXone by itself, past the record, at the step mine",
                "enrich: {id: mine, constant: \"{{cxone.call-url}}\"} | calls CXone by itself, past the record, at the step mine",
                "recipientList: {id: mine, constant: \"{{cxone.base-url}}/x\"} | calls CXone by itself, past the record"
            })
    @Tag("fault-21")
    void a_step_that_changes_or_repeats_the_call_stops_the_start(String step, String words) throws Exception {
        edit(AFTER_HEADERS, "              - " + step + "\n" + AFTER_HEADERS);

        isRefused(words);
    }

    @Test
    void a_second_post_stops_the_start() throws Exception {
        edit(AFTER_POST, "                    - to: {id: again, uri: \"{{cxone.call-url}}\"}\n" + AFTER_POST);

        isRefused("has the POST to {{cxone.call-url}} 2 times");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"loop: {id: mine, constant: 2, steps: [{", "filter: {id: mine, simple: \"true\", steps: [{"})
    void a_post_within_another_step_stops_the_start(String around) throws Exception {
        Path file = routes.resolve("call-cxone.camel.yaml");
        String text = Files.readString(file);
        int begin = text.indexOf("                    - to:\n                        id: post-to-cxone");
        Files.writeString(
                file,
                text.substring(0, begin) + "                    - " + around
                        + "to: {id: post-to-cxone, uri: \"{{cxone.call-url}}\"}}]}\n"
                        + text.substring(text.indexOf(AFTER_POST)));

        isRefused("not in until-answered and try-post alone");
    }

    @Test
    void an_error_handler_that_repeats_stops_the_start() throws Exception {
        edit("      noErrorHandler: {}", "      defaultErrorHandler: {redeliveryPolicy: {maximumRedeliveries: 3}}");

        isRefused("lacks errorHandler: noErrorHandler");
    }

    @Test
    void an_answer_that_never_came_must_be_caught() throws Exception {
        edit("- java.io.IOException", "- java.lang.IllegalStateException");

        isRefused("lacks doCatch of java.io.IOException");
    }

    @Test
    void the_fault_of_the_call_before_must_be_forgotten() throws Exception {
        edit(
                "              - removeVariable:\n                  id: forget-fault\n                  name: fault\n",
                "");

        isRefused("lacks the step forget-fault");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to: {uri: \"{{cxone.base-url}}/api/v2/other\"}",
                "toD: {uri: \"http://HOST/api?x=${body}\"}",
                "to: {uri: \"http:HOST/api\"}",
                "wireTap: {uri: \"http://HOST\"}",
                "recipientList: {constant: \"direct:a,http://HOST/x\"}",
                "pollEnrich: {constant: \"http://HOST/x\"}",
                "to: {uri: \"{{cxone.base-url:http://HOST}}/x\"}"
            })
    @Tag("fault-66")
    void a_route_of_a_site_that_calls_cxone_stops_the_start(String step) throws Exception {
        site(step.replace("HOST", cxone.baseUri().getAuthority()));

        isRefused("The route mine calls CXone by itself, past the record");
    }

    @ParameterizedTest
    @CsvSource({"/cxone/api, true", "/cxone, true", "/tickets, false", "/cxone-tickets, false"})
    void other_services_of_the_gateway_before_cxone_are_not_cxone(String path, boolean refused) throws Exception {
        site("to: {uri: \"http://%s%s\"}".formatted(cxone.baseUri().getAuthority(), path));
        ThrowingCallable start =
                () -> RunningCxt.start(routes, data, cxone, false, "cxone.base-url", cxone.baseUri() + "/cxone/")
                        .close();

        if (refused) {
            assertThatThrownBy(start).hasStackTraceContaining("The route mine calls CXone by itself");
        } else {
            assertThatCode(start).doesNotThrowAnyException();
        }
    }

    @Test
    void a_log_line_a_header_for_a_gateway_and_a_call_to_another_server_are_let_through() throws Exception {
        edit(
                AFTER_REQUEST,
                "              - log: {id: told, message: \"calls\"}\n"
                        + "              - setHeader: {id: gateway, name: X-Gateway, constant: west}\n"
                        + AFTER_REQUEST);
        site("to: {uri: \"http://127.0.0.1:1/other\"}");

        try (RunningCxt cxt = RunningCxt.start(routes, data, cxone, false)) {
            cxt.put("one.json", chat("one").getBytes());
            cxt.awaits(() -> cxone.delivery("one", 1).isPresent());
        }
    }

    @Test
    void log_steps_that_may_print_a_chat_or_a_secret_are_named() throws Exception {
        List<String> named = List.of(
                "${body}",
                "${bodyAs(String)}",
                "a ${body.messages[0].text}",
                "${variable.transcript.entry.raw}",
                "${variable.call.part.payload}",
                "${exception.message}",
                "${properties:cxone.client-secret}",
                "${env:CXONE_CLIENT_SECRET}",
                "${header.X}");
        List<String> messages = new ArrayList<>(named);
        messages.add("${variable.transcript.origin.position} ${variable.transcript.refusal.reason}");
        messages.add("${exchangeId} {{data.dir}}");
        site(IntStream.range(0, messages.size())
                .mapToObj(i -> "log: {id: told-%s, message: \"%s\"}".formatted(i, messages.get(i)))
                .toArray(String[]::new));

        try (LogRecorder log = LogRecorder.install()) {
            RunningCxt.start(routes, data, cxone, false).close();

            assertThat(log.lines().stream()
                            .filter(line -> line.startsWith("log step route=mine"))
                            .map(line -> line.split(" ")[3]))
                    .containsExactlyElementsOf(IntStream.range(0, named.size())
                            .mapToObj(i -> "step=told-" + i)
                            .toList());
        }
    }
}
