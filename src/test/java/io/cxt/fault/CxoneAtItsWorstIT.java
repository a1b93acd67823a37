package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One transcript, and a CXone that misbehaves at its first calls: what becomes of it, how many calls that took, and
 * whether the record says that a call may have arrived. The verdicts are printed at the end.
 */
@ExtendWith(Verdicts.class)
class CxoneAtItsWorstIT {
    @TempDir
    Path data;

    /** posts: all calls made; marked: the ledger's word that a call may have arrived without its answer. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            429;Retry-After: 1                               | 2 | SENT 2 calls
            429;Retry-After: 0                               | 2 | SENT 2 calls
            429;Retry-After: -5                              | 2 | SENT 2 calls
            429;Retry-After: 86400                           | 2 | SENT 2 calls
            429;Retry-After: 1000000000000000000             | 2 | SENT 2 calls
            429;Retry-After: banana                          | 2 | SENT 2 calls
            429;Retry-After: 0;Retry-After: 86400            | 2 | SENT 2 calls
            429;Retry-After: Sun, 06 Nov 1994 08:49:37 GMT   | 2 | SENT 2 calls
            429;Retry-After: Sunday, 06-Nov-94 08:49:37 GMT  | 2 | SENT 2 calls
            429;Retry-After: Sun Nov  6 08:49:37 1994        | 2 | SENT 2 calls
            429;Retry-After: Fri, 31 Dec 2999 23:59:59 GMT   | 2 | SENT 2 calls
            429                                              | 2 | SENT 2 calls
            429;Retry-After: 1;Content-Encoding: br          | 2 | SENT 2 calls
            429;Retry-After: 1;Content-Encoding: zstd        | 2 | SENT 2 calls
            400;Content-Encoding: br                         | 1 | REJECTED 1 calls
            503;Content-Encoding: br                         | 2 | SENT 2 calls
            201;Content-Encoding: br                         | 1 | IN_DOUBT 1 calls, marked
            201;Content-Encoding: utf-8                      | 1 | IN_DOUBT 1 calls, marked
            201;Content-Encoding: gzip                       | 1 | IN_DOUBT 1 calls, marked
            500                                              | 2 | SENT 2 calls
            503                                              | 2 | SENT 2 calls
            408                                              | 2 | SENT 2 calls
            502                                              | 2 | SENT 2 calls, marked
            504                                              | 2 | SENT 2 calls, marked
            524                                              | 2 | SENT 2 calls, marked
            507                                              | 2 | SENT 2 calls
            501                                              | 1 | REJECTED 1 calls
            400                                              | 1 | REJECTED 1 calls
            413                                              | 1 | REJECTED 1 calls
            422                                              | 1 | REJECTED 1 calls
            revoked-token                                    | 2 | SENT 2 calls
            reset-before-body                                | 2 | SENT 2 calls, marked
            reset-after-body                                 | 2 | SENT 2 calls, marked
            hang=20000                                       | 2 | SENT 2 calls, marked
            accept-and-hang=20000                            | 2 | SENT 2 calls, marked
            slow-bytes=200                                   | 1 | IN_DOUBT 1 calls, marked
            empty-body                                       | 1 | IN_DOUBT 1 calls, marked
            bad-json                                         | 1 | IN_DOUBT 1 calls, marked
            no-conversation-id                               | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"a\\u0000b"}              | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"c1"}<html>garbage        | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"cv-9","st                | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"a","conversationId":null} | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"a","conversationId":"b"} | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"null"}                   | 1 | IN_DOUBT 1 calls, marked
            200;body={"error":"not stored","conversationId":"c77"} | 1 | IN_DOUBT 1 calls, marked
            body={"conversationId":"a","conversationId":"a"} | 1 | SENT 1 calls
            page=200                                         | 1 | IN_DOUBT 1 calls, marked
            202                                              | 1 | IN_DOUBT 1 calls, marked
            200                                              | 1 | SENT 1 calls, CXONE-200
            huge-body=104857600                              | 1 | SENT 1 calls
            gzip-bomb=1                                      | 1 | SENT 1 calls
            gzip-bomb=1073741824                             | 1 | SENT 1 calls
            """)
    @Tag("fault-22")
    @Tag("fault-23")
    @Tag("fault-24")
    @Tag("fault-26")
    @Tag("fault-27")
    @Tag("fault-31")
    @Tag("fault-32")
    @Tag("fault-33")
    @Tag("fault-34")
    @Tag("fault-73")
    @Tag("fault-74")
    @Tag("fault-132")
    void has_one_verdict(String fault, int posts, String verdict) throws Exception {
        boolean takesLong = fault.matches(".*hang.*|slow.*");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = start(cxone, takesLong ? "1500" : "30000")) {
            cxone.next(Fault.parse(fault));

            cxt.drops("chat.json", chat("one"));

            String[] row = cxt.rows("SELECT state, attempts, doubted, coalesce(reason, '-') FROM delivery")
                    .get(0)
                    .split(" ");
            String found = row[0] + " " + row[1] + " calls" + (row[2].equals("1") ? ", marked" : "")
                    + (row[0].equals("SENT") && !row[3].equals("-") ? ", " + row[3] : "");
            Verdicts.add(fault, cxone.counts().posts(), found);
            assertThat(found).isEqualTo(verdict);
            assertThat(cxone.counts().posts()).isEqualTo(posts);
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CLAIMED'"))
                    .containsExactly(Integer.toString(posts));
            assertThat(cxt.files("inbox")).containsExactly(".done/chat.json");
        }
    }

    private RunningCxt start(StandIn cxone) throws Exception {
        return start(cxone, "30000");
    }

    private RunningCxt start(StandIn cxone, String deadline) throws Exception {
        return RunningCxt.start(
                data,
                cxone,
                "cxone.call-deadline-ms",
                deadline,
                "cxone.retry.max-wait-ms",
                "300",
                "cxone.retry.max-retries",
                "2");
    }

    @Test
    @Tag("fault-25")
    void a_long_storm_of_429_is_sat_out_and_uses_up_no_retry() throws Exception {
        Fault[] storm = new Fault[20];
        Arrays.fill(storm, Fault.tooManyRequests("0"));
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(
                        data, cxone, "cxone.retry.max-wait-ms", "100", "cxone.retry.max-retries", "2")) {
            cxone.next(storm);

            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT state, attempts FROM delivery"))
                    .containsExactly("SENT 21"); // with two retries allowed
        }
    }

    @Test
    @Tag("fault-107")
    void an_answer_with_headers_out_of_bounds_is_in_doubt_and_calls_go_on() throws Exception {
        Fault many = Fault.none();
        for (int i = 0; i < 101; i++) {
            many = many.withHeader("X-More", "of the same");
        }
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = start(cxone)) {
            cxone.next(many, Fault.none().withHeader("X-Long", "x".repeat(10_000)));

            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT state, attempts, doubted FROM delivery"))
                    .containsExactly("SENT 3 1");
        }
    }

    @Test
    @Tag("fault-132")
    void a_status_that_does_not_exist_is_in_doubt_and_uses_up_an_attempt() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/api/v2/oauth/token", call -> {
            call.getRequestBody().readAllBytes();
            byte[] token = "{\"access_token\":\"t\"}".getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, token.length);
            call.getResponseBody().write(token);
            call.close();
        });
        gateway.createContext("/", call -> {
            call.getRequestBody().readAllBytes();
            call.sendResponseHeaders(List.of(0, 600, 999).get(posts.getAndIncrement() % 3), -1);
            call.close();
        });
        gateway.start();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(
                        data,
                        cxone,
                        "cxone.base-url",
                        "http://127.0.0.1:" + gateway.getAddress().getPort(),
                        "cxone.retry.max-wait-ms",
                        "100",
                        "cxone.retry.max-retries",
                        "2")) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxt.rows("SELECT state, attempts, doubted, reason FROM delivery"))
                    .containsExactly("IN_DOUBT 3 1 NET-RESET");
            assertThat(posts).hasValue(3);
        } finally {
            gateway.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "307", "308"})
    @Tag("fault-35")
    void no_redirect_is_followed_and_the_bearer_goes_nowhere_else(int code) throws Exception {
        try (StandIn elsewhere = StandIn.start(StandInSettings.defaults());
                StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = start(cxone)) {
            cxone.next(Fault.redirect(code, elsewhere.baseUri().resolve(StandIn.CHAT_PATH)));

            cxt.drops("chat.json", chat("one"));

            assertThat(elsewhere.calls()).isEmpty();
            assertThat(cxt.rows("SELECT state FROM delivery")).containsExactly("SENT");
            Verdicts.add(
                    "redirect=" + code + " to another host",
                    cxone.counts().posts(),
                    "stops the lane; a probe finds it fixed, then SENT");
        }
    }

    @Test
    @Tag("fault-36")
    void a_certificate_nobody_vouches_for_gets_no_call_and_no_secret() throws Exception {
        StandInSettings tls = StandInSettings.defaults()
                .withTls(Keystore.make(data.resolve("cxone.p12")).tls());
        try (StandIn cxone = StandIn.start(tls);
                RunningCxt cxt = RunningCxt.once(data, cxone, "cxone.retry.max-retries", "1")) {
            cxt.put("chat.json", chat("one").getBytes());
            cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());

            assertThat(cxone.calls()).isEmpty();
            assertThat(cxt.files("inbox")).containsExactly("chat.json");
            Verdicts.add(
                    "self-signed certificate",
                    0,
                    "stays in the inbox: "
                            + cxt.engine().components().lane().stopReason().orElseThrow());
        }
    }
}
