package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlTest {

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
    void everything_about_the_traffic_can_be_changed() throws Exception {
        var response = caller.control("""
                {"latencyMillis":1,"ratePerSecond":2.5,"burst":4,"retryAfterForm":"DATE","graceMillis":7,"seed":9,
                 "faults":{"503":1.5,"429;Retry-After: 2":0.5}}""");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(standIn.traffic())
                .isEqualTo(new Traffic(
                        1,
                        2.5,
                        4,
                        RetryAfterForm.DATE,
                        7,
                        new FaultPlan(9, List.of())
                                .with(Fault.status(503), 1.5)
                                .with(Fault.tooManyRequests("2"), 0.5)));
    }

    @Test
    void faults_can_be_scripted_and_tokens_revoked() throws Exception {
        caller.signIn();
        caller.control("{\"next\":[\"503\"],\"nextSignIn\":[\"500\"],\"revokeTokens\":true}");

        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(503);
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(401);
        assertThat(caller.signIn().statusCode()).isEqualTo(500);
    }

    @Test
    void a_fault_at_a_hundred_percent_meets_every_call_until_it_is_taken_away() throws Exception {
        caller.control("{\"faults\":{\"502\":100}}");
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(502);

        caller.control("{\"faults\":{}}");
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "",
                "{\"latency\":1}",
                "{\"latencyMillis\":\"x\"}",
                "{\"latencyMillis\":-1}",
                "{\"faults\":{\"503\":101}}",
                "{\"latencyMillis\":5,\"next\":[\"bogus\"]}"
            })
    void a_wish_that_makes_no_sense_changes_nothing(String wish) throws Exception {
        var response = caller.control(wish);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(standIn.traffic()).isEqualTo(Traffic.calm());
    }

    @Test
    void every_fault_can_be_written_as_text() {
        Fault[] faults = {
            Fault.none(),
            Fault.status(422),
            Fault.tooManyRequests("2", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Fault.redirect(307, URI.create("https://example.com/x")),
            Fault.revokedToken(),
            Fault.emptyBody(),
            Fault.badJson(),
            Fault.noConversationId(),
            Fault.resetBeforeBody(),
            Fault.resetAfterBody(),
            Fault.hang(),
            Fault.hang(Duration.ofSeconds(5)),
            Fault.acceptAndHang(Duration.ofSeconds(5)),
            Fault.none().withLatency(Duration.ofMillis(200)),
            Fault.none().withSlowBytes(Duration.ofMillis(10)),
            Fault.none().withHugeBody(1_000_000),
            Fault.none().withGzipBomb(1_000_000_000_000L),
            Fault.expiresIn(null),
            Fault.expiresIn("\"soon\""),
            Fault.status(500).withHugeBody(9).withLatency(Duration.ofMillis(1)).withBody("a;b=c: d"),
        };

        for (Fault fault : faults) {
            assertThat(Fault.parse(fault.toString())).isEqualTo(fault);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "bogus", "hang=soon", "redirect=307", "redirect=200 http://x", "099", "600"})
    void a_text_that_is_no_fault_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /control, Host: localhost, 200",
        "POST, /control, Host: [::1]:8080, 200",
        "POST, /control, Host: cxone:8080, 200",
        "POST, /control, Host: evil.example.com, 403",
        "POST, /control, Host: 127.0.0.1.evil.example.com:80, 403",
        "POST, /control, 'Host: localhost\\r\\nOrigin: http://localhost', 403",
        "POST, /control, 'Host: localhost\\r\\nOrigin: null', 403",
        "GET, /stats, Host: evil.example.com, 403",
        "GET, /stats/accepted, Host: evil.example.com., 403",
        "GET, /stats, Host: 10.1.2.3:80, 200"
    })
    @Tag("fault-113")
    void a_page_in_a_browser_neither_steers_it_nor_reads(String method, String path, String headers, int status)
            throws Exception {
        try (Socket socket = new Socket("127.0.0.1", standIn.baseUri().getPort())) {
            String request = "%s %s HTTP/1.1\r\n%s\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
                    .formatted(method, path, headers.replace("\\r\\n", "\r\n"));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status);
        }
    }
}
