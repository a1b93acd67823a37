package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cxt.cxone.conversations.Conversations;
import io.cxt.fixture.Parts;
import io.cxt.fixture.Transcripts;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class CallLimitsTest {

    private static final Conversations TARGET = new Conversations("");
    private static final byte[] BODY = TARGET.prepare(
                    new Entry(1, 1, null, Transcripts.valid(), List.of(), List.of(), 0),
                    new Origin("reading-1", "chats.json", 1, 1),
                    TARGET.limits())
            .parts()
            .get(0)
            .payload();

    private StandIn standIn;
    private CallLimits limits;
    private CloseableHttpClient client;
    private String token;

    private record Seen(int status, byte[] body) {
        String conversationId() {
            CxoneTarget.Confirmation yes = TARGET.confirmation(Parts.part("chat-1", "hello"), status, body);
            return yes == null ? null : yes.conversationId();
        }
    }

    @BeforeEach
    void start() throws Exception {
        standIn = StandIn.start(StandInSettings.defaults().withHeadersAndBodies());
        holdTo(20_000);
        try (SignIn signIn = signIn()) {
            token = signIn.authorization();
        }
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        limits.close();
        standIn.close();
    }

    @Test
    void a_good_call_goes_through_and_its_connection_is_used_again() throws Exception {
        assertThat(post().conversationId()).isNotNull();
        assertThat(post().status()).isEqualTo(201);
    }

    @Test
    void a_call_that_hangs_ends_at_the_deadline() throws Exception {
        holdTo(1_000);
        standIn.next(Fault.hang());
        long before = System.nanoTime();

        assertThatThrownBy(this::post)
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("1000 ms");

        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(1_000_000_000L);
        standIn.await(counts -> counts.posts() > 0, Duration.ofSeconds(60)); // which may notice it later
        assertThat(standIn.counts().posts()).isEqualTo(1);
    }

    @Test
    void an_answer_that_drips_keeps_its_status_and_is_cut_at_the_deadline() throws Exception {
        holdTo(3_000);
        standIn.next(Fault.none().withSlowBytes(Duration.ofMillis(300)));

        Seen seen = post();

        assertThat(seen.status()).isEqualTo(201);
        assertThat(seen.conversationId()).isNull();
        assertThat(standIn.counts().posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"huge-body=300000000", "gzip-bomb=300000000"})
    @Tag("fault-34")
    void an_answer_without_end_is_cut_and_its_id_still_read(String fault) throws Exception {
        standIn.next(Fault.parse(fault));

        Seen seen = post();

        assertThat(seen.status()).isEqualTo(201);
        assertThat(seen.body()).hasSize(CallLimits.MAX_ANSWER);
        assertThat(seen.conversationId()).isNotNull();
        assertThat(post().status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"429;Retry-After: 0", "503;Retry-After: 0", "500", "408"})
    void no_status_makes_the_client_call_again_by_itself(String fault) throws Exception {
        standIn.next(Fault.parse(fault));

        assertThat(post().status()).isGreaterThanOrEqualTo(400);

        assertThat(standIn.counts().posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset-before-body", "reset-after-body", "hang=10"})
    void a_lost_answer_does_not_make_the_client_call_again_by_itself(String fault) {
        standIn.next(Fault.parse(fault));

        assertThatThrownBy(this::post).isInstanceOf(IOException.class);

        assertThat(standIn.counts().posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_not_followed_and_the_other_host_never_called(int status) throws Exception {
        try (StandIn other = StandIn.start(StandInSettings.defaults())) {
            standIn.next(Fault.redirect(status, other.baseUri().resolve(StandIn.CHAT_PATH)));

            assertThat(post().status()).isEqualTo(status);

            assertThat(other.counts().posts()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad-json", "empty-body", "none;Content-Encoding: gzip", "none;Content-Type: ,,"})
    void the_status_decides_when_the_body_is_broken(String fault) throws Exception {
        standIn.next(Fault.parse(fault));

        assertThat(post().status()).isEqualTo(201);
    }

    @Test
    @Tag("fault-107")
    void an_error_in_a_call_shuts_no_connection_but_its_own() throws Exception {
        for (int i = 0; i < 30; i++) { // more than there are connections
            HttpPost post = new HttpPost(standIn.baseUri() + TARGET.callPath());
            post.setEntity(new EntityTemplate(ContentType.APPLICATION_JSON, out -> {
                throw new OutOfMemoryError("as if");
            }));
            assertThatThrownBy(() -> client.execute(post, answer -> null)).isInstanceOf(OutOfMemoryError.class);
        }

        assertThat(post().status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({"65535, 1", "65536, 2", "70000, 2"})
    void a_connection_is_used_again_unless_its_answer_was_cut(int length, int connections) throws Exception {
        AtomicInteger accepted = new AtomicInteger();
        String answer = "HTTP/1.1 201 Created\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
        try (ServerSocket server = answering(answer, accepted)) {
            HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(server.getLocalPort()));
            for (int i = 0; i < 2; i++) {
                post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));
                byte[] body = client.execute(post, seen -> EntityUtils.toByteArray(seen.getEntity()));
                assertThat(body).hasSize(Math.min(length, CallLimits.MAX_ANSWER));
            }
        }
        assertThat(accepted).hasValue(connections);
    }

    @Tag("fault-87")
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 201 Created\r\n", "x", "\r\n"})
    void what_comes_after_an_answer_is_not_taken_for_the_answer_to_the_next_call(String more) throws Exception {
        AtomicInteger accepted = new AtomicInteger();
        String answer = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nOK" + more;
        try (ServerSocket server = answering(answer, accepted)) {
            HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(server.getLocalPort()));
            for (int i = 0; i < 3; i++) {
                post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));
                assertThat(client.<Integer>execute(post, HttpResponse::getCode)).isEqualTo(201);
            }
        }
        assertThat(accepted).hasValue(3);
    }

    /** Packed in a way that is not known, framed so that nobody can tell where it ends, of a type that does not exist. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Encoding: br",
                "Content-Encoding: zstd",
                "Content-Encoding: utf-8",
                "Content-Encoding: gzip",
                "Content-Encoding: deflate",
                "Content-Encoding: gzip, br",
                "Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip, gzip",
                "Content-Length: -5",
                "Content-Length: many",
                "Content-Length: 99999999999999999999",
                "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 99",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Content-Length: 2\r\nContent-Type: application/json; charset=\"",
                "Content-Length: 2\r\nContent-Type: text/plain; charset=none-such",
                "Content-Length: 2\r\nKeep-Alive: timeout=x"
            })
    @Tag("fault-132")
    void a_body_that_cannot_be_read_leaves_the_head_as_it_is(String header) throws Exception {
        holdTo(1_000); // what says that more is to come is waited for
        String length = header.matches("(?s)(Content-Length|Transfer).*") ? "" : "Content-Length: 2\r\n";
        String answer = "HTTP/1.1 429 Later\r\nRetry-After: 5\r\n" + length + header + "\r\n\r\nxx";
        try (ServerSocket server = answering(answer, new AtomicInteger())) {
            for (int i = 0; i < 2; i++) {
                HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(server.getLocalPort()));
                post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));

                String head = client.execute(
                        post,
                        seen -> seen.getCode() + " "
                                + seen.getHeader("Retry-After").getValue());

                assertThat(head).isEqualTo("429 5");
            }
        }
    }

    @Test
    void an_answer_is_asked_for_as_it_is_and_unpacked_where_it_comes_packed() throws Exception {
        for (String codings : List.of("identity", " , ", "GZIP", "x-gzip", "identity,gzip", "deflate", "gzip, gzip")) {
            byte[] body = {'O', 'K'};
            for (String coding : codings.split(",")) {
                body = packed(coding.strip().toLowerCase(Locale.ROOT), body);
            }
            byte[] answer = ("HTTP/1.1 201 Created\r\nContent-Encoding: " + codings + "\r\nContent-Length: "
                            + body.length + "\r\n\r\n" + new String(body, StandardCharsets.ISO_8859_1))
                    .getBytes(StandardCharsets.ISO_8859_1);
            AtomicInteger accepted = new AtomicInteger();
            try (ServerSocket server = answering(answer, accepted)) {
                HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(server.getLocalPort()));
                for (int i = 0; i < 2; i++) {
                    post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));
                    assertThat(client.<String>execute(post, seen -> EntityUtils.toString(seen.getEntity())))
                            .as(codings)
                            .isEqualTo("OK");
                }
            }
            assertThat(accepted).hasValue(1);
        }
        assertThat(post().status()).isEqualTo(201);
        assertThat(standIn.calls().get(standIn.calls().size() - 1).headers())
                .containsEntry("accept-encoding", List.of("identity"));
    }

    @Tag("fault-132")
    @ParameterizedTest
    @ValueSource(strings = {"000", "600", "999"})
    void a_status_that_does_not_exist_is_no_answer(String status) throws Exception {
        String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: 2\r\n\r\nOK";
        try (ServerSocket server = answering(answer, new AtomicInteger());
                CloseableHttpClient ofHost = clientOn(new PoolingHttpClientConnectionManager())) {
            HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(server.getLocalPort()));
            for (CloseableHttpClient each : List.of(client, client, ofHost)) {
                post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));

                IOException fault = catchThrowableOfType(IOException.class, () -> each.execute(post, seen -> null));

                assertThat(fault).isNotNull().isNotInstanceOf(NotSentException.class);
                assertThat(NoContact.inWords(fault, "http://cxone")).contains("speaks no HTTP/1.1");
            }
        }
    }

    @Test
    void a_call_that_finds_nobody_has_not_been_sent() {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HttpPost post = new HttpPost("http://127.0.0.1:%d/".formatted(port));

        assertThatThrownBy(() -> client.execute(post, answer -> null)).isInstanceOf(NotSentException.class);
    }

    /** Answers each request with this, on as many connections as it is asked for. */
    private static ServerSocket answering(String answer, AtomicInteger accepted) throws IOException {
        return answering(answer.getBytes(StandardCharsets.US_ASCII), accepted);
    }

    private static ServerSocket answering(byte[] answer, AtomicInteger accepted) throws IOException {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket caller = server.accept()) {
                    accepted.incrementAndGet();
                    answer(caller, answer);
                } catch (IOException e) {
                    continue; // it hung up, or the test is over
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void answer(Socket caller, byte[] answer) throws IOException {
        BufferedInputStream in = new BufferedInputStream(caller.getInputStream());
        int end = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            end = next == '\n' ? end + 1 : next == '\r' ? end : 0;
            if (end == 2) {
                in.skipNBytes(BODY.length);
                caller.getOutputStream().write(answer);
                end = 0;
            }
        }
    }

    private static byte[] packed(String coding, byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packing = coding.endsWith("gzip")
                ? new GZIPOutputStream(out)
                : coding.equals("deflate") ? new DeflaterOutputStream(out) : out) {
            packing.write(body);
        }
        return out.toByteArray();
    }

    private void holdTo(long deadlineMs) throws IOException {
        if (client != null) {
            client.close();
            limits.close();
        }
        limits = new CallLimits(deadlineMs, null);
        client = clientOn(CxoneConnections.open(null, null));
    }

    private CloseableHttpClient clientOn(HttpClientConnectionManager connections) {
        HttpClientBuilder builder = HttpClientBuilder.create().setConnectionManager(connections);
        limits.applyTo(builder);
        return builder.build();
    }

    private Seen post() throws IOException {
        HttpPost post = new HttpPost(standIn.baseUri() + TARGET.callPath());
        post.setHeader("Authorization", token);
        post.setEntity(new ByteArrayEntity(BODY, ContentType.APPLICATION_JSON));
        return client.execute(
                post,
                answer -> new Seen(
                        answer.getCode(),
                        answer.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(answer.getEntity())));
    }

    private SignIn signIn() {
        java.util.Map<String, String> properties = java.util.Map.of(
                "cxone.base-url", standIn.baseUri().toString(), "cxone.client-id", "me", "cxone.client-secret", "s");
        CxoneSettings settings = CxoneSettings.from(new io.cxt.settings.Settings(properties::get));
        return new SignIn(settings, limits, (success, status, latency) -> {});
    }
}
