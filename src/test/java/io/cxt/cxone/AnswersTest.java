package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.cxone.Answer.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

    private final Answers answers =
            new Answers(new Conversations(), new RetryAfter(Duration.ofMinutes(5), Clock.systemUTC()));

    @ParameterizedTest
    @CsvSource({
        "301, FORBIDDEN",
        "302, FORBIDDEN",
        "307, FORBIDDEN",
        "308, FORBIDDEN",
        "400, REFUSED",
        "401, UNAUTHORIZED",
        "403, FORBIDDEN",
        "408, UNAVAILABLE",
        "409, REFUSED",
        "413, REFUSED",
        "415, REFUSED",
        "422, REFUSED",
        "429, THROTTLED",
        "500, UNAVAILABLE",
        "501, REFUSED",
        "502, UNANSWERED",
        "503, UNAVAILABLE",
        "504, UNANSWERED"
    })
    void each_status_has_its_meaning(int status, Kind kind) {
        Answer answer = answers.read(status, null, null, bytes("{\"conversationId\":\"conv-1\"}"));

        assertThat(answer).isEqualTo(new Answer(kind, status, "CXONE-" + status, null, null));
    }

    @Test
    void a_yes_carries_the_conversation_id() {
        assertThat(answers.read(201, null, null, bytes("{\"a\":{\"b\":[1]},\"conversationId\":\"conv-1\"}")))
                .isEqualTo(new Answer(Kind.ACCEPTED, 201, null, "conv-1", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{",
                "null",
                "[]",
                "\"conv-1\"",
                "{\"conversationId\":null}",
                "{\"conversationId\":7}",
                "{\"conversationId\":\" \"}",
                "{\"conversationId\":{\"id\":\"x\"}}",
                "{\"conversationId\": \"co",
                "{\"nested\":{\"conversationId\":\"conv-1\"}}",
                "<html>created</html>",
                "\u0000\u0001"
            })
    void a_yes_that_cannot_be_read_is_still_a_yes(String body) {
        assertThat(answers.read(201, null, null, bytes(body)))
                .isEqualTo(new Answer(Kind.ACCEPTED, 201, "CXONE-ID-UNKNOWN", null, null));
    }

    @Test
    void a_yes_with_another_status_is_a_yes_and_marked() {
        assertThat(answers.read(200, null, null, bytes("{\"conversationId\":\"conv-1\"}")))
                .isEqualTo(new Answer(Kind.ACCEPTED, 200, "CXONE-200", "conv-1", null));
        assertThat(answers.read(204, null, null, new byte[0]).reason()).isEqualTo("CXONE-ID-UNKNOWN");
    }

    @Test
    void a_wait_is_read_from_the_answer() {
        assertThat(answers.read(429, "2", null, new byte[0]).retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(answers.read(503, "3", null, new byte[0]).retryAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @MethodSource
    void a_call_without_an_answer_may_have_arrived_unless_it_never_left(IOException fault, Kind kind, String reason) {
        assertThat(answers.unanswered(fault)).isEqualTo(new Answer(kind, 0, reason, null, null));
    }

    static Stream<Arguments> a_call_without_an_answer_may_have_arrived_unless_it_never_left() {
        return Stream.of(
                Arguments.of(new UnknownHostException("host"), Kind.UNAVAILABLE, "NET-DNS"),
                Arguments.of(new ConnectException("refused"), Kind.UNAVAILABLE, "NET-CONNECT"),
                Arguments.of(new ConnectTimeoutException("late"), Kind.UNAVAILABLE, "NET-CONNECT"),
                Arguments.of(new NoRouteToHostException("no route"), Kind.UNAVAILABLE, "NET-CONNECT"),
                Arguments.of(new SSLHandshakeException("expired"), Kind.UNAVAILABLE, "NET-TLS"),
                Arguments.of(new SSLException("bad record"), Kind.UNANSWERED, "NET-TLS"),
                Arguments.of(new SSLException("late", new SocketTimeoutException()), Kind.UNANSWERED, "NET-TIMEOUT"),
                Arguments.of(new SocketTimeoutException("late"), Kind.UNANSWERED, "NET-TIMEOUT"),
                Arguments.of(new DeadlineExceededException(100), Kind.UNANSWERED, "NET-TIMEOUT"),
                Arguments.of(new SocketException("reset"), Kind.UNANSWERED, "NET-RESET"),
                Arguments.of(new NoHttpResponseException("gone"), Kind.UNANSWERED, "NET-RESET"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
