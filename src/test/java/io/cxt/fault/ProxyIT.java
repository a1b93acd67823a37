package io.cxt.fault;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInException;
import io.cxt.fixture.ConnectProxy;
import io.cxt.fixture.Keystore;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A forward proxy between CXT and CXone: all goes through it, and what it says itself is not taken for CXone's word. */
@Timeout(120)
@Tag("slow")
class ProxyIT {
    private static final String PASSWORD = "pass:wörd-of-the-proxy";

    @TempDir
    Path scratch;

    private ConnectProxy proxy;
    private LogRecorder log;

    @BeforeEach
    void startProxy() throws Exception {
        proxy = ConnectProxy.start();
        log = LogRecorder.install();
    }

    @AfterEach
    void stopProxy() throws Exception {
        log.close();
        proxy.close();
    }

    private RunningCxt start(StandIn cxone, boolean once, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "cxone.proxy",
                proxy.address(),
                "cxone.retry.max-wait-ms",
                "200",
                "cxone.retry.max-retries",
                "0",
                "cxone.call-deadline-ms",
                "20000"));
        settings.addAll(List.of(more));
        String[] all = settings.toArray(String[]::new);
        return once
                ? RunningCxt.once(scratch.resolve("data"), cxone, all)
                : RunningCxt.start(scratch.resolve("data"), cxone, all);
    }

    private String[] credentials() throws Exception {
        Path file = Files.writeString(scratch.resolve("proxy-password"), PASSWORD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return new String[] {"cxone.proxy-username", "me", "cxone.proxy-password-file", file.toString()};
    }

    private static StandIn withTls(Keystore keys) throws Exception {
        return withTls(keys, 0);
    }

    private static StandIn withTls(Keystore keys, int latencyMs) throws Exception {
        return StandIn.start(StandInSettings.defaults().withTls(keys.tls()).withLatency(latencyMs));
    }

    private RunningCxt eightAtOnce(StandIn cxone, Keystore keys, String... more) throws Exception {
        String authority = keys.certificate(scratch.resolve("authority.pem")).toString();
        return start(cxone, false, and(more, "cxone.trust-store", authority, "cxone.max-in-flight", "8"));
    }

    private static String[] and(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String stop(RunningCxt cxt) {
        cxt.awaits(() -> cxt.engine().components().lane().stopReason().isPresent());
        return cxt.engine().components().lane().stopReason().orElseThrow();
    }

    @Test
    @Tag("fault-114")
    void sign_in_and_calls_go_through_it_by_connect_with_an_authority_of_ones_own_and_a_sign_in_at_the_proxy()
            throws Exception {
        Keystore keys = Keystore.make(scratch.resolve("good.p12"));
        proxy.wants("me", PASSWORD);
        try (StandIn cxone = withTls(keys);
                RunningCxt cxt = start(
                        cxone,
                        false,
                        and(
                                credentials(),
                                "cxone.trust-store",
                                keys.certificate(scratch.resolve("authority.pem"))
                                        .toString()))) {
            cxt.drops("chats.ndjson", lines("chat", 20));

            assertThat(cxone.counts().acceptedDistinct()).isEqualTo(20);
            assertThat(cxone.counts().posts()).isEqualTo(20);
            assertThat(proxy.connects()).isGreaterThanOrEqualTo(2);
            assertThat(proxy.heads()).allSatisfy(head -> assertThat(head)
                    .startsWith("CONNECT 127.0.0.1:" + cxone.port())
                    .doesNotContain("Bearer", "Idempotency-Key"));
            assertThat(cxt.rows("SELECT DISTINCT state, attempts FROM delivery"))
                    .containsExactly("SENT 1");
            assertThat(String.join("\n", log.lines())).doesNotContain(PASSWORD, "Basic ");
        }
    }

    @Test
    @Tag("fault-114")
    void a_base_url_without_tls_goes_through_it_too_and_so_on_loopback() throws Exception {
        proxy.wants("me", PASSWORD);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = start(cxone, false, credentials())) {
            cxt.drops("chat.json", chat("one"));

            assertThat(cxone.counts().posts()).isEqualTo(1);
            assertThat(cxone.counts().signIns()).isEqualTo(1);
            assertThat(proxy.heads())
                    .anyMatch(head -> head.startsWith("POST " + cxone.baseUri() + StandIn.TOKEN_PATH))
                    .anyMatch(head -> head.startsWith("POST " + cxone.baseUri() + StandIn.CHAT_PATH));
            assertThat(cxt.rows("SELECT state, attempts FROM delivery")).containsExactly("SENT 1");
        }
    }

    /** Each call has its permit in time, but the connections of all of them stand in the same moment. */
    @Tag("fault-129")
    @Test
    void calls_whose_connections_took_long_do_not_leave_together() throws Exception {
        Keystore keys = Keystore.make(scratch.resolve("good.p12"));
        try (StandIn cxone = withTls(keys, 2000);
                RunningCxt cxt = eightAtOnce(cxone, keys, "cxone.requests-per-second", "8")) {
            cxt.drops("first.json", chat("first"));
            proxy.gathers(7);
            cxt.drops("chats.ndjson", lines("chat", 8));

            long[] arrived = cxone.calls().stream()
                    .mapToLong(ReceivedCall::arrivedNanos)
                    .sorted()
                    .toArray();
            assertThat(proxy.connects()).isEqualTo(9);
            assertThat(arrived).hasSize(9);
            assertThat(arrived[8] - arrived[2]).isGreaterThan(6 * 100_000_000L);
        }
    }

    @Test
    @Tag("fault-129")
    void calls_that_find_a_pause_behind_their_connection_leave_nothing_and_come_again() throws Exception {
        Keystore keys = Keystore.make(scratch.resolve("good.p12"));
        try (StandIn cxone = withTls(keys, 200);
                RunningCxt cxt = eightAtOnce(cxone, keys, "cxone.retry.max-wait-ms", "5000")) {
            cxt.drops("first.json", chat("first"));
            proxy.gathers(8);
            cxt.put("chats.ndjson", lines("chat", 8).getBytes(StandardCharsets.UTF_8));
            cxt.awaits(() -> proxy.connects() == 9 && cxone.counts().posts() == 2);

            long before = System.nanoTime();
            cxt.engine().components().lane().pause(Duration.ofSeconds(2), before);
            proxy.goesOn();
            cxt.awaits(() -> cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'")
                    .equals(List.of("9")));

            assertThat(cxone.calls().stream().filter(call -> call.arrivedNanos() > before))
                    .hasSizeGreaterThan(4)
                    .allMatch(call -> call.arrivedNanos() - before > 2_000_000_000L);
            assertThat(cxone.counts().posts()).isEqualTo(9);
            assertThat(cxt.rows("SELECT DISTINCT event, reason, detail FROM audit_event WHERE event = 'ATTEMPT'"))
                    .containsExactly("ATTEMPT null not sent: calls were paused before this one left");
        }
    }

    private CxoneSettings settings(StandIn cxone, Path authority) {
        Map<String, String> properties = Map.of(
                "cxone.base-url",
                cxone.baseUri().toString(),
                "cxone.client-id",
                "client-1",
                "cxone.client-secret",
                RunningCxt.SECRET,
                "cxone.proxy",
                "http://" + proxy.address(),
                "cxone.trust-store",
                authority.toString());
        return CxoneSettings.from(new io.cxt.settings.Settings(properties::get));
    }

    @Test
    @Tag("fault-114")
    void what_the_proxy_says_or_does_is_told_apart_and_named() throws Exception {
        Keystore keys = Keystore.make(scratch.resolve("good.p12"));
        Map<String, ConnectProxy.Mood> moods = new LinkedHashMap<>();
        Map<String, String> answers = Map.of(
                "407 Proxy Authentication Required", "Check cxone.proxy-username and cxone.proxy-password-file",
                "403 Forbidden", "Its rules do not let this machine through to CXone",
                "502 Bad Gateway", "It cannot resolve or reach CXone",
                "503 Service Unavailable", "It has a fault",
                "504 Gateway Timeout", "It got no answer from CXone",
                "404 Not Found", "Check that cxone.proxy is a forward proxy");
        answers.forEach((status, words) -> moods.put(
                "answers HTTP %s to CONNECT|%s".formatted(status.substring(0, 3), words),
                caller -> ConnectProxy.write(
                        caller, "HTTP/1.1 %s\r\nContent-Length: 19\r\n\r\n<html>no way</html>".formatted(status))));
        moods.put("closes the connection|cxone.proxy", caller -> {});
        moods.put("accepts the connection and does not answer|cxone.proxy", caller -> caller.getInputStream()
                .readAllBytes());
        moods.put(
                "closes the connection, or answers as no HTTP proxy does|the port is the proxy's",
                caller -> ConnectProxy.write(caller, "SSH-2.0-OpenSSH_9.6\r\n\r\n"));
        moods.put(
                "at https://127.0.0.1|TLS",
                caller -> ConnectProxy.write(caller, "HTTP/1.1 200 OK\r\n\r\n<html>Sign in to this network</html>"));
        try (StandIn cxone = withTls(keys)) {
            CxoneSettings settings = settings(cxone, keys.certificate(scratch.resolve("authority.pem")));
            moods.forEach((words, mood) -> {
                proxy.mood(mood);
                String[] expected = words.split("\\|");
                try (CallLimits limits =
                                new CallLimits(words.startsWith("accepts") ? 2_000 : 20_000, settings.proxy());
                        SignIn signIn = new SignIn(settings, limits, (done, status, took) -> assertThat(status)
                                .isZero())) {
                    SignInException fault = catchThrowableOfType(SignInException.class, signIn::authorization);

                    assertThat(fault.getMessage())
                            .contains("Cannot reach CXone to sign in: ", "he proxy " + proxy.address())
                            .contains(expected)
                            .doesNotContain("html");
                    assertThat(fault.refused()).as(words).isEqualTo(words.matches("answers HTTP 4.*"));
                    assertThat(fault.answered()).isEqualTo(words.startsWith("answers") ? "<html>no way</html>" : null);
                }
            });
            assertThat(cxone.counts().signIns() + cxone.counts().signInsRefused())
                    .isZero();
        }
    }

    /** What {@code ForwardProxy.ofOthers} says of Java's settings is what Java and the HTTP client do. */
    @Test
    @Tag("fault-114")
    void javas_settings_of_an_http_proxy_are_not_used_and_that_of_a_socks_server_is() throws Exception {
        Map<String, String> java = new LinkedHashMap<>();
        for (String name : List.of("http.proxyHost", "https.proxyHost")) {
            java.put(name, "127.0.0.1");
            java.put(name.replace("Host", "Port"), Integer.toString(proxy.port()));
        }
        java.put("http.nonProxyHosts", "");
        Map<String, String> socks = Map.of(
                "socksProxyHost", "127.0.0.1",
                "socksProxyPort", Integer.toString(proxy.port()),
                "socksNonProxyHosts", "");
        proxy.answers("HTTP/1.1 403 Forbidden", "");
        Map<String, String> properties = new HashMap<>();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                CallLimits limits = new CallLimits(20_000, null)) {
            properties.put("cxone.base-url", cxone.baseUri().toString());
            properties.put("cxone.client-id", "client-1");
            properties.put("cxone.client-secret", RunningCxt.SECRET);
            CxoneSettings settings = CxoneSettings.from(new io.cxt.settings.Settings(properties::get));
            java.forEach(System::setProperty);
            try (SignIn signIn = new SignIn(settings, limits, (done, status, took) -> {})) {
                assertThat(signIn.authorization()).startsWith("Bearer ");
            }
            socks.forEach(System::setProperty);
            try (SignIn signIn = new SignIn(settings, limits, (done, status, took) -> {})) {
                assertThat(catchThrowableOfType(SignInException.class, signIn::authorization))
                        .hasMessageContaining("Cannot reach CXone to sign in");
            }
            assertThat(cxone.counts().signIns()).isEqualTo(1);
        } finally {
            java.keySet().forEach(System::clearProperty);
            socks.keySet().forEach(System::clearProperty);
        }
    }

    /** The token is good already: the calls themselves meet the proxy's no. */
    @Test
    @Tag("fault-114")
    void a_call_that_the_proxy_keeps_back_is_never_in_doubt() throws Exception {
        Keystore keys = Keystore.make(scratch.resolve("good.p12"));
        try (StandIn cxone = withTls(keys);
                RunningCxt cxt = start(
                        cxone,
                        false,
                        "cxone.retry.max-retries",
                        "1",
                        "cxone.call-deadline-ms",
                        "3000", // which the silent one uses up
                        "cxone.trust-store",
                        keys.certificate(scratch.resolve("authority.pem")).toString())) {
            cxt.drops("first.json", chat("first"));
            cxone.hangUp(); // the next call needs a tunnel of its own
            proxy.answers("HTTP/1.1 502 Bad Gateway", "<html>no way to CXone</html>");
            cxt.drops("second.json", chat("second"));
            proxy.mood(caller -> caller.getInputStream().readAllBytes());
            cxt.drops("third.json", chat("third"));
            proxy.answers("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate", "");
            cxt.put("fourth.json", chat("fourth").getBytes(StandardCharsets.UTF_8));

            assertThat(stop(cxt))
                    .contains("The proxy %s answers HTTP 407 to CONNECT".formatted(proxy.address())) // a probe signs in
                    .contains("It accepts Negotiate only", "cxone.proxy-username");
            assertThat(cxt.rows("SELECT interaction_id, state, doubted, reason FROM delivery ORDER BY source"))
                    .startsWith("first SENT 0 null")
                    .contains("second FAILED 0 PROXY-502", "third FAILED 0 NET-PROXY");
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'IN_DOUBT'"))
                    .containsExactly("0");
            assertThat(cxone.counts().posts()).isEqualTo(1);
        }
    }

    @Test
    @Tag("fault-114")
    void a_proxy_that_is_down_or_unknown_is_named() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            for (String[] each : new String[][] {
                {"127.0.0.1:" + port, "The proxy 127.0.0.1:%s cannot be reached".formatted(port)},
                {"no-such-proxy.invalid:3128", "The proxy no-such-proxy.invalid:3128 is not known here"}
            }) {
                try (RunningCxt cxt = start(cxone, true, "cxone.proxy", each[0])) {
                    cxt.put("chat.json", chat("one").getBytes(StandardCharsets.UTF_8));

                    assertThat(stop(cxt)).contains(each[1], "cxone.proxy");
                    assertThat(cxt.engine().components().lane().endReason()).isPresent();
                }
            }
            assertThat(cxone.counts().posts()).isZero();
        }
    }
}
