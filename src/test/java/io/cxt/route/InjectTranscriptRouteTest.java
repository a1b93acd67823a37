package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.converter.stream.ByteArrayInputStreamCache;
import org.apache.camel.spi.AsyncProcessorAwaitManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** inject-transcript and pickup-body: the way in for other routes. */
class InjectTranscriptRouteTest {

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inject(RunningCxt cxt, Object body) {
        return template(cxt, body).request(Map.class);
    }

    private static FluentProducerTemplate template(RunningCxt cxt, Object body) {
        return cxt.engine()
                .camelContext()
                .createFluentProducerTemplate()
                .to("direct:inject-transcript")
                .withBody(body);
    }

    @Test
    void a_body_goes_in_and_its_outcome_comes_back() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> outcome = inject(cxt, chat("one"));

            assertThat(outcome.get("outcome")).isEqualTo("injected");
            assertThat(outcome.get("duplicate")).isEqualTo(false);
            assertThat(outcome.get("interactionId")).isEqualTo("one");
            assertThat((List<?>) outcome.get("conversationIds")).hasSize(1);
            assertThat(cxt.rows("SELECT state, archived_at IS NOT NULL, fed_at IS NOT NULL FROM delivery"))
                    .containsExactly("SENT 1 1");
            assertThat(cxt.rows("SELECT door, closed_at IS NOT NULL FROM intake"))
                    .containsExactly("body 1");
            assertThat(cxt.files("reports")).isEmpty();
        }
    }

    /** As at a stop that cannot wait: Camel prints the exchange that the thread waits for. */
    @Tag("fault-130")
    @ParameterizedTest
    @CsvSource({"inject-transcript, text", "inject-transcript, bytes", "inject-source, text", "inject-source, bytes"})
    void a_sender_that_camel_interrupts_leaves_no_chat_in_the_log(String route, String form) throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            CamelContext camel = cxt.engine().camelContext();
            AsyncProcessorAwaitManager waiting =
                    camel.getCamelContextExtension().getContextPlugin(AsyncProcessorAwaitManager.class);
            Withheld answers = new Withheld();
            cxone.next(answers.after(0, 1));
            String chat = chat("one");
            FluentProducerTemplate template = camel.createFluentProducerTemplate()
                    .to("direct:" + route)
                    .withBody(form.equals("text") ? chat : chat.getBytes(StandardCharsets.UTF_8))
                    .withHeader(Exchange.FILE_NAME, "one.json");
            CompletableFuture<Exchange> sender = CompletableFuture.supplyAsync(template::send);
            cxt.awaits(() -> waiting.size() > 0
                    && cxt.engine().components().backlog().openReadings() > 0
                    && cxone.counts().posts() == 1);

            assertThat(waiting.browse()).allSatisfy(thread -> assertThat(
                            thread.getExchange().getMessage().getBody())
                    .as("what a host's Camel would print")
                    .isNull());
            waiting.browse().forEach(thread -> waiting.interrupt(thread.getExchange()));

            assertThat(sender).succeedsWithin(Duration.ofSeconds(60));
            answers.release();
            assertThat(log.lines()).anyMatch(line -> line.contains("Interrupted while waiting"));
            assertThat(String.join("\n", log.lines())).doesNotContain("interactionId", "messages");
        }
    }

    @Test
    void takes_text_a_map_and_whatever_camel_turns_into_bytes() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> map = new ObjectMapper().readValue(chat("map"), Map.class);

            Path file = Files.writeString(data.resolve("chat.json"), chat("file é"));

            for (Object body : List.of(
                    file.toFile(),
                    chat("text é"),
                    chat("bytes").getBytes(StandardCharsets.UTF_8),
                    new ByteArrayInputStream(chat("stream").getBytes(StandardCharsets.UTF_8)),
                    new ByteArrayInputStreamCache(
                            new ByteArrayInputStream(chat("cache").getBytes(StandardCharsets.UTF_8))),
                    ByteBuffer.wrap(chat("buffer").getBytes(StandardCharsets.UTF_8)),
                    Buffer.buffer(chat("buffer of Vert.x é")),
                    file,
                    new StringReader(chat("reader é")),
                    map)) {
                assertThat(inject(cxt, body).get("outcome")).isEqualTo("injected");
            }
            assertThat(inject(cxt, chat("map")).get("duplicate")).isEqualTo(true);
            assertThat(inject(cxt, chat("reader é")).get("duplicate")).isEqualTo(true);
            assertThat(cxone.counts().accepted()).isEqualTo(9);
        }
    }

    @Test
    void a_refusal_comes_back_with_its_findings_and_is_on_record() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> outcome = inject(cxt, chat("bad").replace("\"agentId\":\"agt-1\",", ""));
            Map<?, ?> half = inject(cxt, chat("half", 1, "\ud800"));

            assertThat(outcome.get("outcome")).isEqualTo("refused");
            assertThat((List<?>) outcome.get("findings")).singleElement().satisfies(finding -> assertThat(
                            ((Map<?, ?>) finding).get("rule"))
                    .isEqualTo("ID-AGENT"));
            assertThat(half.get("reason")).isEqualTo("UTF8-INVALID");
            assertThat(cxt.files("dead-letters")).contains("ID-AGENT/bad.json");
            assertThat(cxt.files("reports")).hasSize(2);
            assertThat(cxone.counts().accepted()).isZero();
        }
    }

    @Test
    void what_cannot_be_delivered_comes_back_as_failed() throws Exception {
        cxone.next(Fault.status(503), Fault.status(503));
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "cxone.retry.max-retries", "1")) {
            Map<?, ?> outcome = inject(cxt, chat("one"));

            assertThat(outcome.get("outcome")).isEqualTo("failed");
            assertThat(outcome.get("reason")).isEqualTo("CXONE-503");
        }
    }

    @Test
    void several_in_one_body_each_have_an_outcome() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> outcome = inject(cxt, "[" + chat("one") + "," + chat("two", 0, "") + "]");

            assertThat(outcome.get("outcome")).isEqualTo("refused");
            assertThat((List<?>) outcome.get("transcripts")).hasSize(2);
        }
    }

    @Test
    void leaves_headers_and_variables_of_the_sender_alone() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Exchange answer = template(cxt, chat("one"))
                    .withHeader("CamelHttpUri", "http://127.0.0.1:1/")
                    .withHeader("theirs", "stays")
                    .withVariable("transcript", "theirs too")
                    .withVariable("reading", 17)
                    .send();

            Exchange refused = template(cxt, chat("two", 0, ""))
                    .withVariable("call", "theirs")
                    .send();

            assertThat(answer.getException()).isNull();
            assertThat(refused.getMessage().getBody(Map.class).get("outcome")).isEqualTo("refused");
            assertThat(answer.getMessage().getHeaders())
                    .containsEntry("theirs", "stays")
                    .containsEntry("CamelHttpUri", "http://127.0.0.1:1/")
                    .doesNotContainKey("Authorization");
            assertThat(answer.getVariables())
                    .containsOnlyKeys("transcript", "reading")
                    .containsEntry("reading", 17);
            assertThat(cxone.counts().accepted()).isEqualTo(1);
        }
    }

    @Test
    void what_is_not_decided_meets_the_error_handler_of_the_sender() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine().camelContext().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    onException(IllegalArgumentException.class)
                            .maximumRedeliveries(1)
                            .redeliveryDelay(0)
                            .onRedelivery(exchange -> exchange.setVariable("again", "again"))
                            .handled(true)
                            .setBody(simple("handled ${variable.again}"));
                    from("direct:theirs").to("direct:inject-transcript");
                }
            });

            assertThat(cxt.engine()
                            .camelContext()
                            .createProducerTemplate()
                            .requestBody("direct:theirs", 17, String.class))
                    .isEqualTo("handled again");
        }
    }

    @Test
    void a_body_that_is_no_transcript_at_all_is_the_senders_fault() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            for (Object body : List.of(17, new Object(), Instant.EPOCH, List.class, new int[] {1})) {
                assertThatThrownBy(() -> inject(cxt, body))
                        .rootCause()
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(body.getClass().getName());
            }
            assertThatThrownBy(() -> inject(cxt, null)).rootCause().hasMessageContaining("The body is empty");
        }
    }

    @Test
    @Tag("fault-72")
    void a_body_above_the_bound_is_refused_whole_whatever_it_comes_as() throws Exception {
        String array = lines("chat", 20).strip().replace("\n", ",");
        String above = "[" + array + "]";
        byte[] bytes = above.getBytes(StandardCharsets.UTF_8);
        String bound = Integer.toString(bytes.length - 1);
        Path file = Files.write(data.resolve("chats.json"), bytes);
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "transcript.max-input-bytes", bound)) {
            for (Object body : List.of(
                    above,
                    bytes,
                    new ByteArrayInputStream(bytes),
                    file.toFile(),
                    new ObjectMapper().readValue(above, List.class))) {
                assertThatThrownBy(() -> inject(cxt, body))
                        .rootCause()
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("transcript.max-input-bytes = " + bound);
            }
            assertThat(cxone.counts().posts()).isZero();
            assertThat(cxt.rows("SELECT count(*) FROM intake")).containsExactly("0");

            String fits = above.replaceFirst("Hello", "Hell");
            assertThat(inject(cxt, new ByteArrayInputStream(fits.getBytes(StandardCharsets.UTF_8)))
                            .get("outcome"))
                    .isEqualTo("injected");
            assertThat(cxone.counts().accepted()).isEqualTo(20);
        }
    }

    @Test
    @Tag("fault-72")
    void a_body_without_a_transcript_is_not_called_injected() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            for (Object body : List.of("[]", "[ \n ]", "", " \n", new byte[0], List.of())) {
                assertThat(inject(cxt, body))
                        .containsEntry("outcome", "refused")
                        .containsEntry("reason", "JSON-EMPTY");
            }
            assertThat(inject(cxt, "[[]]")).containsEntry("reason", "JSON-TYPE");
        }
    }
}
