package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LostAnswersTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

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
    void a_reset_before_the_body_needs_no_body_and_accepts_nothing() throws Exception {
        standIn.next(Fault.resetBeforeBody());
        try (Socket socket = new Socket("127.0.0.1", standIn.port())) {
            write(socket, head(1000));

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(standIn.counts().accepted()).isZero();
        assertThat(standIn.counts().unanswered()).isEqualTo(1);
    }

    @Test
    void a_reset_after_the_body_counts_as_accepted() throws Exception {
        String body = Caller.chat("ext-1");
        caller.signIn();
        standIn.next(Fault.resetAfterBody());
        try (Socket socket = new Socket("127.0.0.1", standIn.port())) {
            write(socket, head(body.length()) + body);

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(standIn.delivery("ext-1", 1)).map(ReceivedPart::count).hasValue(1);
        assertThat(standIn.calls())
                .singleElement()
                .returns(0, ReceivedCall::status)
                .returns(true, ReceivedCall::accepted);
    }

    @Test
    void a_hang_ends_without_an_answer_and_accepts_nothing() throws Exception {
        caller.signIn();
        standIn.next(Fault.hang(Duration.ofMillis(100)));
        long before = System.nanoTime();

        assertThatThrownBy(() -> caller.post(Caller.chat("ext-1"))).isInstanceOf(IOException.class);

        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(100_000_000L);
        assertThat(standIn.counts().accepted()).isZero();
    }

    @Test
    void a_call_can_be_accepted_long_before_its_answer() throws Exception {
        standIn.change(traffic -> traffic.withLatency(600_000));
        HttpRequest request = caller.chatRequest(Caller.chat("ext-1")).build();
        var call = inBackground(request);

        assertThat(standIn.await(counts -> counts.accepted() == 1, LIMIT)).isTrue();
        assertThat(call).isNotDone();
    }

    @Test
    void accepting_and_hanging_accepts_and_loses_the_answer() throws Exception {
        caller.signIn();
        standIn.next(Fault.acceptAndHang(Duration.ofMillis(20)));

        assertThatThrownBy(() -> caller.post(Caller.chat("ext-1"))).isInstanceOf(IOException.class);

        assertThat(standIn.counts().accepted()).isEqualTo(1);
    }

    @Test
    void closing_ends_hanging_calls_at_once_and_leaves_no_thread() throws Exception {
        var before = Thread.getAllStackTraces().keySet();
        long least = Long.MAX_VALUE; // of a few: this process may be halted meanwhile
        for (int i = 0; i < 5 && least >= TimeUnit.SECONDS.toNanos(2); i++) {
            least = Math.min(least, closing());
        }

        assertThat(least).isLessThan(TimeUnit.SECONDS.toNanos(2));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (!before.contains(thread) && thread.getName().startsWith("HTTP-")) {
                thread.join(LIMIT.toMillis());
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    /** How long it takes while two calls hang. */
    private static long closing() throws Exception {
        StandIn closing = StandIn.start(StandInSettings.defaults());
        Caller hanging = new Caller(closing);
        HttpRequest request = hanging.chatRequest(Caller.chat("ext-1")).build();
        closing.next(Fault.hang(), Fault.hang());
        var first = inBackground(request);
        var second = inBackground(request);
        closing.await(counts -> counts.posts() == 2, LIMIT);
        long asked = System.nanoTime();

        closing.close();

        long took = System.nanoTime() - asked;
        assertThat(first).failsWithin(LIMIT);
        assertThat(second).failsWithin(LIMIT);
        return took;
    }

    private static CompletableFuture<?> inBackground(HttpRequest request) {
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private String head(int length) {
        return "POST %s HTTP/1.1\r\nHost: any\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(StandIn.CHAT_PATH, caller.token(), length);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
