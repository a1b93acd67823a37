package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.cxone.Answer.Kind;
import io.cxt.cxone.conversations.Conversations;
import io.cxt.fixture.Parts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {

    private final Answers answers =
            new Answers(new Conversations(""), new RetryAfter(Duration.ofMinutes(5), Clock.systemUTC()));

    @ParameterizedTest
    @CsvSource({
        "300, FORBIDDEN",
        "301, FORBIDDEN",
        "302, FORBIDDEN",
        "307, FORBIDDEN",
        "308, FORBIDDEN",
        "400, REFUSED",
        "401, UNAUTHORIZED",
        "402, FORBIDDEN",
        "403, FORBIDDEN",
        "404, FORBIDDEN",
        "405, FORBIDDEN",
        "406, FORBIDDEN",
        "407, FORBIDDEN",
        "408, UNAVAILABLE",
        "409, REFUSED",
        "410, FORBIDDEN",
        "411, FORBIDDEN",
        "413, REFUSED",
        "415, REFUSED",
        "418, FORBIDDEN",
        "421, FORBIDDEN",
        "422, REFUSED",
        "423, UNAVAILABLE",
        "425, UNAVAILABLE",
        "428, FORBIDDEN",
        "429, THROTTLED",
        "431, FORBIDDEN",
        "444, FORBIDDEN",
        "451, FORBIDDEN",
        "499, UNANSWERED",
        "500, UNAVAILABLE",
        "501, REFUSED",
        "502, UNANSWERED",
        "503, UNAVAILABLE",
        "504, UNANSWERED",
        "505, REFUSED",
        "507, UNAVAILABLE",
        "508, UNAVAILABLE",
        "509, UNAVAILABLE",
        "510, REFUSED",
        "511, FORBIDDEN",
        "520, UNANSWERED",
        "521, UNAVAILABLE",
        "522, UNANSWERED",
        "523, UNAVAILABLE",
        "524, UNANSWERED",
        "525, UNAVAILABLE",
        "527, UNANSWERED",
        "530, UNANSWERED",
        "561, UNAVAILABLE",
        "598, UNANSWERED",
        "599, UNANSWERED",
        "100, UNCLEAR",
        "600, UNCLEAR",
        "999, UNCLEAR"
    })
    @Tag("fault-74")
    void each_status_has_its_meaning(int status, Kind kind) {
        Answer answer = read(status, null, null, bytes("{\"conversationId\":\"conv-1\"}"));

        assertThat(answer).isEqualTo(new Answer(kind, status, "CXONE-" + status, null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"b\":[1]},\"conversationId\":\"conv-1\"}",
                "\uFEFF {\"conversationId\":\"conv-1\"} \r\n",
                "{\"conversationId\":\"conv-1\",\"error\":null}",
                "{\"conversationId\":\"conv-1\",\"error\":false}",
                "{\"error\":\"\",\"conversationId\":\"conv-1\"}",
                "{\"conversationId\":\"conv-1\",\"links\":[{\"error\":1}],\"conversationId\":\"conv-1\"}"
            })
    void a_yes_carries_the_conversation_id(String body) {
        assertThat(read(201, null, null, bytes(body))).isEqualTo(new Answer(Kind.ACCEPTED, 201, null, "conv-1", null));
    }

    /** Cut at each place of what stands behind the id, words and numbers too. */
    @Test
    @Tag("fault-73")
    void an_answer_that_was_cut_here_counts_by_what_came_before_the_cut() {
        String begin = "{\"conversationId\":\"conv-1\",\"padding\":\"";
        String end = "\",\"\u00e9\":[true,false,null,-1.5e+3,0,\"\\u00e9\ud83d\ude80\\n\",{\"b\":1}] , \"c\":{}}";
        byte[] tail = bytes(end);
        for (int kept = 0; kept <= tail.length; kept++) {
            byte[] cut = padded(begin, Arrays.copyOf(tail, kept));

            assertThat(read(201, null, null, cut))
                    .as("%s bytes of the end", kept)
                    .isEqualTo(new Answer(Kind.ACCEPTED, 201, null, "conv-1", null));
        }
        for (String spoilt : List.of(
                "\",\"conversationId\":\"conv-2\",\"x\":\"", "\",\"error\":1,\"x", "\",<html>   ", "\"}   <html>   ")) {
            assertThat(read(201, null, null, padded(begin, bytes(spoilt))).kind())
                    .as(spoilt)
                    .isEqualTo(Kind.UNCLEAR);
        }
        assertThat(read(201, null, null, padded("{\"padding\":\"", bytes("\",\"conversationId\":\"conv-")))
                        .kind())
                .isEqualTo(Kind.UNCLEAR);
    }

    /** As long as what is looked at of an answer. */
    private static byte[] padded(String begin, byte[] end) {
        byte[] body = new byte[CallLimits.MAX_ANSWER];
        Arrays.fill(body, (byte) 'x');
        System.arraycopy(bytes(begin), 0, body, 0, begin.length());
        System.arraycopy(end, 0, body, body.length - end.length, end.length);
        return body;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{",
                "null",
                "[]",
                "OK",
                "\"conv-1\"",
                "{\"error\":\"sign in\"}",
                "{\"conversationId\":null}",
                "{\"conversationId\":7}",
                "{\"conversationId\":[\"conv-1\"]}",
                "{\"conversationId\":\" \"}",
                "{\"conversationId\":\"\u00a0\u3000\"}",
                "{\"conversationId\":\"conv\\u0000\"}",
                "{\"conversationId\":\"conv\\n1\"}",
                "{\"conversationId\":\"conv\\u0085\"}",
                "{\"conversationId\":\"conv\\u2028\"}",
                "{\"conversationId\":\"conv\\ud83d\"}",
                "{\"conversationId\":{\"id\":\"x\"}}",
                "{\"conversationId\": \"co",
                "{\"nested\":{\"conversationId\":\"conv-1\"}}",
                "[{\"conversationId\":\"conv-1\"}]",
                "{\"conversationId\":\"conv-1\"}<html>garbage",
                "{\"conversationId\":\"conv-1\"}{\"conversationId\":\"conv-1\"}",
                "{\"conversationId\":\"conv-1\"",
                "{\"conversationId\":\"conv-1\",\"st",
                "{\"conversationId\":\"conv-1\",\"ok\":tr",
                "{\"conversationId\":\"conv-1\",\"a\":[1,}",
                "{\"conversationId\":\"conv-1\",\"conversationId\":null}",
                "{\"conversationId\":null,\"conversationId\":\"conv-1\"}",
                "{\"conversationId\":\"conv-1\",\"conversationId\":\"conv-2\"}",
                "{\"conversationId\":\"null\"}",
                "{\"conversationId\":\"Undefined\"}",
                "{\"conversationId\":\" NULL \"}",
                "{\"conversationId\":\"(null)\"}",
                "{\"conversationId\":\"None\"}",
                "{\"conversationId\":\"\u200b\ufeff\"}",
                "{\"error\":\"not stored\",\"conversationId\":\"conv-1\"}",
                "{\"conversationId\":\"conv-1\",\"error\":{\"code\":7}}",
                "\u0000\u0001"
            })
    @Tag("fault-73")
    void a_yes_without_an_id_that_can_be_kept_is_in_doubt(String body) {
        for (int status : new int[] {200, 201}) {
            assertThat(read(status, null, null, bytes(body)))
                    .isEqualTo(new Answer(Kind.UNCLEAR, status, "CXONE-ID-UNKNOWN", null, null));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>{\"conversationId\":\"conv-1\"}</html>",
                "\n <!DOCTYPE html>",
                "\uFEFF<html>",
                "<?xml version=\"1.0\"?><error/>"
            })
    @Tag("fault-73")
    void a_page_is_in_doubt_and_known_for_one(String body) {
        for (int status : new int[] {200, 201, 202, 299}) {
            assertThat(read(status, null, null, bytes(body)))
                    .isEqualTo(new Answer(Kind.UNCLEAR, status, "CXONE-PAGE", null, null));
        }
    }

    @Test
    @Tag("fault-73")
    void an_id_is_as_long_as_every_ledger_can_keep() {
        String longest = "\uD83D\uDE80".repeat(127) + "x";

        assertThat(read(201, null, null, bytes("{\"conversationId\":\"" + longest + "\"}")))
                .isEqualTo(new Answer(Kind.ACCEPTED, 201, null, longest, null));
    }

    @Test
    @Tag("fault-113")
    void of_a_longer_id_the_beginning_is_kept_and_noted() {
        String rocket = "\uD83D\uDE80";
        for (String id : List.of("x".repeat(256), "x".repeat(30_000), rocket.repeat(128))) {
            String kept = id.startsWith("x") ? "x".repeat(255) : rocket.repeat(127);
            assertThat(read(201, null, null, bytes("{\"conversationId\":\"" + id + "\"}")))
                    .isEqualTo(new Answer(Kind.ACCEPTED, 201, "CXONE-ID-CUT", kept, null));
        }
    }

    @Test
    void a_200_with_an_id_is_a_yes_and_marked() {
        assertThat(read(200, null, null, bytes("{\"conversationId\":\"conv-1\"}")))
                .isEqualTo(new Answer(Kind.ACCEPTED, 200, "CXONE-200", "conv-1", null));
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 203, 204, 206, 207, 299})
    @Tag("fault-73")
    void no_other_status_is_a_yes_whatever_comes_with_it(int status) {
        assertThat(read(status, null, null, bytes("{\"conversationId\":\"conv-1\"}")))
                .isEqualTo(new Answer(Kind.UNCLEAR, status, "CXONE-" + status, null, null));
    }

    @Test
    void a_wait_is_read_from_the_answer() {
        assertThat(read(429, "2", null, new byte[0]).retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read(503, "3", null, new byte[0]).retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(read(504, "3", null, new byte[0]).retryAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    @Tag("fault-85")
    void a_413_that_asks_to_come_again_may_pass() {
        assertThat(read(413, "3", null, new byte[0]))
                .isEqualTo(new Answer(Kind.UNAVAILABLE, 413, "CXONE-413", null, Duration.ofSeconds(3)));
        assertThat(read(413, "soon", null, new byte[0]).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(read(413, null, null, new byte[0]).kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    @Tag("fault-85")
    void where_the_wait_cannot_be_read_the_pause_is_ours() {
        assertThat(read(503, "soon", null, new byte[0]).retryAfter()).isZero();
        assertThat(read(503, null, null, new byte[0]).retryAfter()).isNull();
        assertThat(read(429, "soon", null, new byte[0]).retryAfter()).isNull();
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

    private Answer read(int status, String retryAfter, String date, byte[] body) {
        return answers.read(Parts.part("chat-1", "hello"), false, status, retryAfter, date, body);
    }
}
