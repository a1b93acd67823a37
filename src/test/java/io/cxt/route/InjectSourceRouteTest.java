package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Packed;
import io.cxt.fixture.RunningCxt;
import io.cxt.intake.SourceStaysException;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.Withheld;
import io.cxt.text.SafeName;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.TypeConversionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.TypeConverterSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** inject-source and pickup-stream: the way in for files from elsewhere. */
class InjectSourceRouteTest {

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

    private static InputStream stream(String content) {
        return new ByteArrayInputStream(content.getBytes(UTF_8));
    }

    private static FluentProducerTemplate template(RunningCxt cxt, Object name, Object body) {
        return cxt.engine()
                .camelContext()
                .createFluentProducerTemplate()
                .to("direct:inject-source")
                .withHeader(Exchange.FILE_NAME, name)
                .withBody(body);
    }

    private static Map<?, ?> inject(RunningCxt cxt, String name, Object body) {
        return template(cxt, name, body).request(Map.class);
    }

    @Test
    void takes_all_that_the_inbox_takes_and_answers_with_the_counts() throws Exception {
        String csv = """
                conversation_id,agent_id,customer_id,text,sent_at,sender,message_id
                row-1,agt-1,cust-1,Hello,2024-06-15T09:00:00Z,customer,m-1
                """;
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> packed = inject(
                    cxt,
                    "2024/06/chats.ndjson.gz",
                    new ByteArrayInputStream(Packed.gzip(lines("p", 200).getBytes(UTF_8))));
            Map<?, ?> array = inject(cxt, "array.json", "[" + chat("a-1") + "," + chat("a-2") + "]");
            Map<?, ?> some = inject(
                    cxt,
                    "some.ndjson",
                    stream(chat("s-1") + "\n" + chat("s-2").replace("agt-1", "") + "\n" + chat("a-1") + "\n"));
            Map<?, ?> mapped = inject(cxt, "rows.csv", csv);

            assertThat(packed.get("result")).isEqualTo("done");
            assertThat(packed.get("source")).isEqualTo("2024/06/chats.ndjson.gz");
            assertThat(packed.get("sent")).isEqualTo(200L);
            assertThat(array.get("sent")).isEqualTo(2L);
            assertThat(some.get("result")).isEqualTo("done");
            assertThat(List.of(some.get("read"), some.get("sent"), some.get("rejected"), some.get("duplicate")))
                    .containsExactly(3L, 1L, 1L, 1L);
            assertThat(mapped.get("sent")).isEqualTo(1L);
            assertThat(cxt.rows("SELECT door, count(*), count(closed_at) FROM intake GROUP BY door"))
                    .containsExactly("stream 4 4");
            assertThat(cxt.files("reports")).contains("chats.ndjson.gz.report.json", "some.ndjson.report.json");
            assertThat(cxt.files("streams")).isEmpty();
        }
    }

    /** Camel writes a question mark for each character that a charset does not have. */
    @ParameterizedTest
    @MethodSource("texts")
    void text_is_sent_as_it_came_whatever_charset_its_exchange_names(String route, String form, Object body)
            throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            FluentProducerTemplate template = template(cxt, form + ".json", body)
                    .to("direct:" + route)
                    .withExchangeProperty(Exchange.CHARSET_NAME, "us-ascii")
                    .withHeader(Exchange.FILE_LENGTH, 1);
            if (form.equals("text with a header")) {
                template.withHeader(Exchange.CHARSET_NAME, "windows-1252");
            }

            assertThat(template.request(Map.class).toString()).contains("sent");

            String sent = cxt.archive().values().iterator().next();
            assertThat(new ObjectMapper().readTree(sent).findValue("text").asText())
                    .isEqualTo(TEXT);
        }
    }

    private static final String TEXT = "gr\u00fc\u00df \u65e5\u672c \ud83d\ude00".repeat(3000);

    static Stream<Arguments> texts() {
        String chat = chat("one", 1, TEXT);
        return Stream.of("inject-source", "inject-transcript")
                .flatMap(route -> Stream.of(
                        Arguments.of(route, "text", chat),
                        Arguments.of(route, "text with a header", chat),
                        Arguments.of(route, "builder", new StringBuilder(chat)),
                        Arguments.of(route, "buffer", CharBuffer.wrap(chat)),
                        Arguments.of(route, "reader", new StringReader(chat)),
                        Arguments.of(route, "lines", new BufferedReader(new StringReader(chat))),
                        Arguments.of(route, "characters", chat.toCharArray())));
    }

    @ParameterizedTest
    @CsvSource({"inject-source", "inject-transcript"})
    void a_file_that_camel_decodes_is_sent_whatever_charset_java_has(String route) throws Exception {
        Path theirs = Files.createDirectories(data.resolve("theirs"));
        String chat = chat("one", 1, "gr\u00fc\u00df");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine().camelContext().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("file:" + theirs + "?charset=ISO-8859-1&initialDelay=0&delay=100")
                            .to("direct:" + route);
                }
            });
            Files.writeString(theirs.resolve("one.json"), chat, ISO_8859_1);

            cxt.awaits(() -> Files.exists(theirs.resolve(".camel/one.json")));

            assertThat(cxt.archive().values()).singleElement().asString().contains("gr\u00fc\u00df");
        }
    }

    @Test
    void a_body_that_cannot_be_read_is_not_quoted_in_any_cause() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine()
                    .camelContext()
                    .getTypeConverterRegistry()
                    .addTypeConverter(InputStream.class, OfTheirs.class, new TypeConverterSupport() {
                        @Override
                        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
                            throw new TypeConversionException(value, type, new IOException("closed"));
                        }
                    });
            for (String route : List.of("inject-source", "inject-transcript")) {
                Exception fault = template(cxt, "one.json", new OfTheirs("My card is 4111"))
                        .to("direct:" + route)
                        .send()
                        .getException();

                assertThat(fault).isInstanceOf(IOException.class).hasMessageContaining("OfTheirs, cannot be read now");
                for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
                    assertThat(String.valueOf(cause.getMessage())).doesNotContain("4111");
                }
            }
        }
    }

    @Test
    void what_fails_again_is_refused_for_good_and_names_the_next_step() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine()
                    .camelContext()
                    .getTypeConverterRegistry()
                    .addTypeConverter(byte[].class, OfTheirs.class, new TypeConverterSupport() {
                        @Override
                        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
                            throw new TypeConversionException(value, type, new IllegalStateException("4111"));
                        }
                    });
            for (String route : List.of("inject-source", "inject-transcript")) {
                assertThat(template(cxt, "one.json", new OfTheirs("My card is 4111"))
                                .to("direct:" + route)
                                .send()
                                .getException())
                        .as(route)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageNotContaining("4111");
            }
            for (Object length : List.of("abc", -1, "1 KB")) {
                assertThat(template(cxt, "one.json", chat("one"))
                                .to("direct:inject-source")
                                .withHeader(Exchange.FILE_LENGTH, length)
                                .send()
                                .getException())
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(
                                "The header CamelFileLength is %s. Set it to the length of the file in bytes, or leave it out",
                                SafeName.value(String.valueOf(length)));
            }
        }
    }

    record OfTheirs(String text) {}

    @Test
    void what_was_sent_is_not_sent_again_when_the_file_is_handed_over_again() throws Exception {
        try (RunningCxt cxt = RunningCxt.once(data, cxone)) {
            inject(cxt, "first.ndjson", stream(lines("c", 2)));
            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(403), 100)));
            assertThatThrownBy(() -> inject(cxt, "chats.ndjson", stream(lines("c", 5))))
                    .hasRootCauseInstanceOf(SourceStaysException.class);
            assertThatThrownBy(() -> inject(cxt, "chats.ndjson", stream(lines("c", 5))))
                    .as("not copied again at once")
                    .rootCause()
                    .hasMessageContaining("it can be read again in");
            assertThat(cxt.files("streams")).isEmpty();
        }
        assertThat(cxone.counts().accepted()).isEqualTo(2);
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        Path left = data.resolve("streams/.tmp/of-a-process-that-was-killed");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "chat");

        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            assertThat(left).doesNotExist();
            Map<?, ?> answer = inject(cxt, "chats.ndjson", stream(lines("c", 5)));

            assertThat(answer.get("result")).isEqualTo("done");
            assertThat(answer.get("read")).isEqualTo(5L);
            assertThat(cxone.counts().accepted()).isEqualTo(5);
            assertThat(cxt.rows("SELECT count(*) FROM intake")).containsExactly("2");
        }
    }

    @Test
    void a_file_that_meets_a_bound_is_kept_before_its_sender_may_delete_it() throws Exception {
        String bad = "{}\n".repeat(30);
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.max-refusals", "3")) {
            Map<?, ?> answer = inject(cxt, "exports/bad chats.ndjson", stream(bad));

            assertThat(answer.get("result")).isEqualTo("abandoned");
            assertThat((String) answer.get("reason")).contains("SOURCE-REFUSALS");
            Path kept = data.resolve((String) answer.get("keptAs"));
            assertThat(kept).hasContent(bad).hasParent(data.resolve("inbox/.failed"));
            assertThat(kept.getFileName().toString()).startsWith("bad_chats-").endsWith(".ndjson");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                    .isEqualTo("rw-------");
            assertThat(cxt.files("streams")).isEmpty();
        }
    }

    /** The rest of it is in no dead letter. */
    @Test
    void a_file_that_breaks_off_in_the_middle_is_kept_before_its_sender_may_delete_it() throws Exception {
        String broken = "[" + chat("one") + ",{broken}," + chat("rest") + "]";
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Map<?, ?> answer = inject(cxt, "broken.json", stream(broken));

            assertThat(answer.get("result")).isEqualTo("done");
            assertThat(answer.get("rejected")).isEqualTo(1L);
            assertThat(data.resolve((String) answer.get("keptAs"))).hasContent(broken);
        }
    }

    @Test
    void what_cannot_be_used_stays_with_its_sender_and_the_message_says_why() throws Exception {
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.max-source-bytes", "1048576")) {
            assertThatThrownBy(() -> inject(cxt, "long.ndjson", stream(lines("l", 6000))))
                    .rootCause()
                    .hasMessageContaining("longer than pickup.max-source-bytes = 1048576");
            assertThatThrownBy(() -> inject(cxt, "../../chats.xlsx", stream(chat("x"))))
                    .rootCause()
                    .hasMessageContaining("The header CamelFileName is ../../chats.xlsx. Set it to");
            assertThatThrownBy(() -> inject(cxt, null, stream(chat("x"))))
                    .rootCause()
                    .hasMessageContaining("The header CamelFileName is missing");
            assertThatThrownBy(() -> inject(cxt, "empty.json", null))
                    .rootCause()
                    .hasMessageContaining("body is empty");

            Map<?, ?> hostile = inject(cxt, "../../../.chat\n=x.json", stream(chat("hostile")));

            assertThat(hostile.get("sent")).isEqualTo(1L);
            assertThat(cxt.files("reports")).containsExactly("_chat__x.json.report.json");
            assertThat(cxt.files("streams")).isEmpty();
            assertThat(cxone.counts().posts()).isEqualTo(1);
        }
    }

    @Test
    void a_refusal_is_logged_once_with_the_name_the_message_and_the_next_step() throws Exception {
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine().camelContext().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:theirs").routeConfigurationId("failures").to("direct:inject-source");
                }
            });
            for (String name : List.of("pdf.pdf", ".json", "exports/.ndjson.gz", "cut.json")) {
                boolean cut = name.equals("cut.json");
                assertThat(template(cxt, name, stream(chat("x")))
                                .to("direct:theirs")
                                .withHeader(Exchange.FILE_LENGTH, 1000)
                                .send()
                                .getException())
                        .isInstanceOf(cut ? IOException.class : IllegalArgumentException.class);
                assertThat(log.lines())
                        .filteredOn(line -> line.contains("a source cannot be picked up source=" + name))
                        .singleElement()
                        .asString()
                        .contains(
                                cut
                                        ? "the header CamelFileLength says 1000 route=pickup-stream step=open-stream"
                                        : "The header CamelFileName is %s. Set it to".formatted(name))
                        .contains(cut ? "next=\"nothing is lost;" : "next=\"its sender has it;");
            }
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("a source cannot be picked up"))
                    .hasSize(4);
            assertThat(cxt.rows("SELECT count(*) FROM intake")).containsExactly("0");
        }
    }

    @Test
    void a_file_is_read_once_at_a_time_and_its_copy_is_ours_alone() throws Exception {
        Withheld answers = new Withheld();
        cxone.next(answers.after(0, 1));
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Future<?> first = template(cxt, "chat.json", stream(chat("one"))).asyncRequest();
            cxt.awaits(() -> cxone.counts().posts() == 1);

            assertThatThrownBy(() -> inject(cxt, "chat.json", stream(chat("one"))))
                    .rootCause()
                    .hasMessage("a file of this name is being read");
            try (Stream<Path> copies = Files.list(data.resolve("streams/.tmp"))) {
                assertThat(copies.toList()).singleElement().satisfies(copy -> assertThat(
                                PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                        .isEqualTo("rw-------"));
            }
            answers.release();
            assertThat(((Map<?, ?>) first.get()).get("sent")).isEqualTo(1L);
            assertThat(inject(cxt, "chat.json", stream(chat("one"))).get("duplicate"))
                    .isEqualTo(1L);
        }
    }

    @Test
    void a_download_that_breaks_off_is_the_senders_to_repeat_and_leaves_its_exchange_as_it_was() throws Exception {
        byte[] content = lines("h", 3).getBytes(UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] downloads = {0};
        server.createContext("/chats.ndjson", call -> {
            call.sendResponseHeaders(200, content.length);
            call.getResponseBody().write(content, 0, downloads[0]++ == 0 ? 100 : content.length);
            call.close();
        });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/chats.ndjson");
        try (RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.engine().camelContext().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:theirs")
                            .setVariable("call", constant("theirs"))
                            .to("direct:inject-source")
                            .setBody(simple("${body[result]} ${variable.call} ${header.CamelFileName}"));
                }
            });
            FluentProducerTemplate theirs = cxt.engine()
                    .camelContext()
                    .createFluentProducerTemplate()
                    .to("direct:theirs")
                    .withHeader(Exchange.FILE_NAME, "chats.ndjson")
                    .withHeader(Exchange.FILE_LENGTH, content.length); // Java says nothing of a body that ends early

            try (InputStream broken = address.toURL().openStream()) {
                assertThatThrownBy(() -> theirs.withBody(broken).request())
                        .rootCause()
                        .isInstanceOf(IOException.class)
                        .hasMessage("the stream has 100 bytes; the header CamelFileLength says %s", content.length);
            }
            assertThat(cxone.counts().posts()).isZero();
            try (InputStream whole = address.toURL().openStream()) {
                assertThat(theirs.withBody(whole).request(String.class)).isEqualTo("done theirs chats.ndjson");
            }
            assertThat(cxone.counts().accepted()).isEqualTo(3);
        } finally {
            server.stop(0);
        }
    }
}
