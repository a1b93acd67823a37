package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoiltAnswersTest {

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

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 413, 422, 500, 501, 502, 503, 504})
    void any_status_can_be_answered_with_an_error_that_quotes_the_request(int status) throws Exception {
        standIn.next(Fault.status(status));

        var response = caller.post(Caller.chat("ext-1"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("my parrot is called Otto");
        assertThat(standIn.counts().accepted()).isZero();
        assertThat(standIn.counts().refused()).containsEntry(status, 1L);
        assertThat(standIn.counts().faults()).containsEntry("" + status, 1L);
    }

    @Test
    void headers_and_body_are_as_scripted() throws Exception {
        standIn.next(Fault.tooManyRequests("banana", "1e18")
                .withHeader("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
                .withHeader("Content-Type", "text/html")
                .withBody("<h1>later</h1>"));

        var response = caller.post(Caller.chat("ext-1"));

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().allValues("Retry-After")).containsExactly("banana", "1e18");
        assertThat(response.headers().allValues("Date")).containsExactly("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(response.headers().allValues("Content-Type")).containsExactly("text/html");
        assertThat(response.body()).isEqualTo("<h1>later</h1>");
    }

    @Test
    void faults_are_met_first_in_first_out_and_then_all_is_well() throws Exception {
        standIn.next(Fault.emptyBody(), Fault.badJson(), Fault.noConversationId(), Fault.status(200), Fault.none());

        assertThat(caller.post(Caller.chat("ext-1")))
                .returns(201, r -> r.statusCode())
                .returns("", r -> r.body());
        var badJson = caller.post(Caller.chat("ext-2"));
        assertThatThrownBy(() -> Caller.json(badJson)).isInstanceOf(IOException.class);
        assertThat(caller.post(Caller.chat("ext-3")))
                .returns(201, r -> r.statusCode())
                .returns("{}", r -> r.body());
        assertThat(caller.post(Caller.chat("ext-4"))).returns(200, r -> r.statusCode());
        assertThat(caller.post(Caller.chat("ext-5"))).returns(201, r -> r.statusCode());
        assertThat(caller.post(Caller.chat("ext-6"))).returns(201, r -> r.statusCode());
        assertThat(standIn.counts().accepted()).isEqualTo(6);
        assertThat(standIn.faultsLeft()).isZero();
    }

    @Test
    void a_spoilt_answer_does_not_save_a_body_that_breaks_the_contract() throws Exception {
        standIn.next(Fault.emptyBody());

        var response = caller.post("{}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(standIn.counts().accepted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void a_redirect_points_where_the_test_says(int status) throws Exception {
        standIn.next(Fault.redirect(status, URI.create("http://127.0.0.1:9/elsewhere")));

        var response = caller.post(Caller.chat("ext-1"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Location")).hasValue("http://127.0.0.1:9/elsewhere");
    }

    @Test
    void a_revoked_token_stays_dead() throws Exception {
        standIn.next(Fault.revokedToken());

        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(401);
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(401);
        caller.signIn();
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
    }

    @Test
    void one_call_can_be_late() throws Exception {
        standIn.next(Fault.none().withLatency(Duration.ofMillis(200)));
        long before = System.nanoTime();

        var response = caller.post(Caller.chat("ext-1"));

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(200_000_000L);
    }

    @Test
    void slow_bytes_come_one_at_a_time() throws Exception {
        standIn.next(Fault.none().withSlowBytes(Duration.ofMillis(5)));
        long before = System.nanoTime();

        var response = caller.post(Caller.chat("ext-1"));

        assertThat(Caller.json(response).has("conversationId")).isTrue();
        assertThat(System.nanoTime() - before)
                .isGreaterThanOrEqualTo(response.body().length() * 5_000_000L);
    }

    @Test
    void a_huge_body_is_good_json_and_can_come_with_any_status() throws Exception {
        standIn.next(Fault.none().withHugeBody(3_000_000), Fault.status(500).withHugeBody(2_000_000));

        var created = caller.post(Caller.chat("ext-1"));
        var failed = caller.post(Caller.chat("ext-1"));

        assertThat(Caller.json(created).path("conversationId").asText()).startsWith("conv-");
        assertThat(created.body()).hasSizeGreaterThan(3_000_000);
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).hasSizeGreaterThan(2_000_000);
    }

    @Test
    void a_gzip_bomb_is_small_on_the_wire_and_large_when_unpacked() throws Exception {
        standIn.next(Fault.none().withGzipBomb(20_000_000));
        var http = HttpClient.newHttpClient();

        var response = http.send(caller.chatRequest(Caller.chat("ext-1")).build(), BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(response.body()).hasSizeLessThan(200_000);
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(unpacked.readAllBytes()).hasSizeGreaterThan(20_000_000);
        }
    }
}
