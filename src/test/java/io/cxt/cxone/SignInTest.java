package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SignInTest {

    private static final String SECRET = "s&cr=t +%/\u00fc\u6F22\"{{x";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CallLimits limits = new CallLimits(5_000, null);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000); // overflows on the way, as it may
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> left = new CopyOnWriteArrayList<>();
    private StandIn standIn;
    private SignIn signIn;

    @BeforeEach
    void start() throws IOException {
        standIn = StandIn.start(StandInSettings.defaults().withClient("me & you", SECRET));
        signIn = signIn(SECRET);
    }

    @AfterEach
    void stop() {
        signIn.close();
        limits.close();
        standIn.close();
    }

    @Test
    void odd_characters_in_id_and_secret_arrive_as_they_are() throws Exception {
        assertThat(signIn.authorization()).startsWith("Bearer ").hasSizeGreaterThan(10);
    }

    @Test
    @Tag("fault-28")
    void fifty_threads_share_one_call_and_one_token() {
        standIn.nextSignIn(Fault.none().withLatency(Duration.ofMillis(50)));
        ExecutorService threads = Executors.newFixedThreadPool(50);

        List<CompletableFuture<String>> tokens = ask(threads);

        assertThat(tokens).allSatisfy(token -> assertThat(token).succeedsWithin(LIMIT));
        assertThat(tokens.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(standIn.counts().signIns()).isEqualTo(1);
        threads.shutdown();
    }

    @Test
    @Tag("fault-87")
    void a_connection_that_was_closed_meanwhile_is_not_used() throws Exception {
        String first = signIn.authorization();

        standIn.hangUp();
        signIn.reject(first);

        assertThat(signIn.authorization()).isNotEqualTo(first);
    }

    @Test
    void threads_that_waited_for_a_failure_do_not_each_call_again() throws Exception {
        standIn.nextSignIn(Stream.generate(() -> Fault.status(503)).limit(50).toArray(Fault[]::new));
        ExecutorService threads = Executors.newFixedThreadPool(50);

        List<CompletableFuture<String>> tokens = ask(threads);

        assertThat(tokens).allSatisfy(token -> assertThat(token).failsWithin(LIMIT));
        assertThat(standIn.counts().signInsRefused()).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(fault().refused()).isFalse();
        assertThat(standIn.counts().signInsRefused()).isEqualTo(2);
        threads.shutdown();
    }

    @ParameterizedTest
    @CsvSource({
        "3600, 3540",
        "121, 61",
        "100, 50",
        "1, 0.5",
        "'\"3600\"', 3540",
        "1.5e3, 1440",
        "0, 240",
        "-5, 240",
        "null, 240",
        "'\"soon\"', 240",
        "{}, 240",
        "true, 240",
        "1e18, 86340",
        "1e999, 86340"
    })
    @Tag("fault-15")
    void a_token_is_renewed_a_minute_before_it_expires_whatever_the_answer_says(String expiresIn, double seconds)
            throws Exception {
        standIn.nextSignIn(Fault.expiresIn(expiresIn));

        assertRenewedAfter(seconds);
    }

    @Test
    @Tag("fault-30")
    void a_token_without_a_life_is_taken_for_one_of_five_minutes() throws Exception {
        standIn.nextSignIn(Fault.expiresIn(null));

        assertRenewedAfter(240);
    }

    private void assertRenewedAfter(double seconds) throws SignInException {
        signIn.authorization();
        pass(Duration.ofMillis((long) (seconds * 1000) - 10));
        signIn.authorization();
        assertThat(standIn.counts().signIns()).isEqualTo(1);
        pass(Duration.ofMillis(10));
        signIn.authorization();
        assertThat(standIn.counts().signIns()).isEqualTo(2);
    }

    @Test
    void only_the_token_that_was_refused_is_forgotten() throws Exception {
        String first = signIn.authorization();
        signIn.reject(first);
        String second = signIn.authorization();
        signIn.reject(first);

        assertThat(signIn.authorization()).isEqualTo(second).isNotEqualTo(first);
        assertThat(standIn.counts().signIns()).isEqualTo(2);
    }

    @Test
    @Tag("fault-78")
    void tokens_that_are_refused_one_after_the_other_are_counted_but_not_those_that_may_have_expired()
            throws Exception {
        assertThat(signIn.reject(signIn.authorization())).isEqualTo(1);
        assertThat(signIn.reject(signIn.authorization())).isEqualTo(2);

        String good = signIn.authorization();
        signIn.accept("Bearer another");
        assertThat(signIn.reject(good)).isEqualTo(3);
        signIn.accept(signIn.authorization());
        assertThat(signIn.reject(signIn.authorization())).isEqualTo(1);

        String old = signIn.authorization();
        pass(Duration.ofMinutes(1));
        assertThat(signIn.reject(old)).isZero();
        assertThat(signIn.reject(old)).isZero();
        assertThat(signIn.reject(signIn.authorization())).isEqualTo(1);
    }

    @Test
    @Tag("fault-78")
    void a_token_is_renewed_once_a_second_at_most() throws Exception {
        String first = signIn.authorization();
        signIn.renew();
        assertThat(signIn.authorization()).isEqualTo(first);

        pass(Duration.ofMillis(1001));
        signIn.renew();

        assertThat(signIn.authorization()).isNotEqualTo(first);
        signIn.renew();
        signIn.authorization();
        assertThat(standIn.counts().signIns()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429;Retry-After: 7                  | 7
            429;Retry-After: 4.2;Retry-After: 3 | 5
            429                                 | 0
            503;Retry-After: 7                  | 7
            429;Retry-After: 7;Content-Encoding: br | 7
            503                                 |
            """)
    @Tag("fault-85")
    void a_wait_that_the_token_endpoint_asks_for_is_told_and_the_secret_is_not_blamed(String fault, Integer seconds) {
        standIn.nextSignIn(Fault.parse(fault));

        SignInException thrown = fault();

        assertThat(thrown.refused()).isFalse();
        assertThat(thrown.retryAfter()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
        assertThat(thrown.getMessage())
                .contains("Cannot sign in to CXone: HTTP " + fault.substring(0, 3), "is asked again")
                .doesNotContain("client-id", "CXONE_CLIENT_SECRET");
    }

    @ParameterizedTest
    @CsvSource({
        "404, cxone.base-url",
        "407, A proxy wants a sign-in",
        "511, This network wants a sign-in",
        "page=200, check proxy and firewall"
    })
    @Tag("fault-75")
    void what_speaks_of_address_or_proxy_does_not_blame_the_secret(String fault, String words) {
        standIn.nextSignIn(Fault.parse(fault));

        assertThat(fault().getMessage()).contains(words).doesNotContain("CXONE_CLIENT_SECRET");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400;body=<html><h1>No required SSL certificate was sent</h1></html> | cxone.key-store
            400;body=unexpected method PRI                                     | cxt check --connect
            401;body=<html>Sign in to the proxy</html>                         | cxt check --connect
            """)
    @Tag("fault-106")
    void a_text_in_the_place_of_json_is_told_from_a_refusal_of_the_secret(String fault, String words) {
        standIn.nextSignIn(Fault.parse(fault));

        SignInException thrown = fault();

        assertThat(thrown.refused()).isTrue();
        assertThat(thrown.answered()).isEqualTo(fault.substring(fault.indexOf('=') + 1));
        assertThat(thrown.getMessage())
                .contains(words)
                .doesNotContain(thrown.answered(), "Check cxone.client-id and CXONE_CLIENT_SECRET");
    }

    @Test
    void a_refusal_says_what_to_do_and_holds_no_secret() {
        signIn.close();
        signIn = signIn("wrong-secret");

        SignInException fault = fault();

        assertThat(fault.refused()).isTrue();
        assertThat(fault)
                .hasMessageContaining("HTTP 401")
                .hasMessageContaining("cxone.client-id")
                .hasMessageContaining("CXONE_CLIENT_SECRET");
        assertThat(fault.getMessage()).doesNotContain("wrong-secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "500",
                "503",
                "429",
                "408",
                "423",
                "425",
                "507",
                "524",
                "none;body=",
                "none;body={}",
                "none;body=[",
                "hang=10",
                "reset-before-body",
                "none;body={\"access_token\":\"\"}",
                "none;body={\"access_token\":\"a\\r\\nX: y\"}"
            })
    @Tag("fault-30")
    void what_may_pass_is_no_refusal(String fault) {
        standIn.nextSignIn(Fault.parse(fault));

        assertThat(fault().refused()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"400", "401", "401;Content-Encoding: br", "403", "404", "511", "redirect=307 http://127.0.0.1:9/"
            })
    void what_a_person_must_fix_is_a_refusal(String fault) {
        standIn.nextSignIn(Fault.parse(fault));

        assertThat(fault().refused()).isTrue();
    }

    @Test
    @Tag("fault-140")
    void each_call_is_told_with_its_success_status_and_latency() throws Exception {
        signIn.authorization();
        standIn.nextSignIn(Fault.status(503));
        pass(Duration.ofHours(1));
        fault();
        standIn.close();
        pass(Duration.ofHours(1));
        fault();

        assertThat(told).containsExactly("true 200 PT0S", "false 503 PT0S", "false 0 PT0S");
        String call = "POST %s/api/v2/oauth/token after ".formatted(standIn.baseUri());
        assertThat(left).containsExactly(call + 0, call + 1, call + 1);
    }

    @Test
    void only_a_yes_without_a_token_is_called_one() {
        standIn.nextSignIn(Fault.status(503), Fault.parse("none;body={}"));

        assertThat(fault().getMessage()).contains("HTTP 503 from ");
        pass(Duration.ofSeconds(1));
        assertThat(fault().getMessage()).contains("HTTP 200 without an access_token from ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"Bearer tok\"", "\"a\\nb\"", "\"t\u00f6k\"", "7", "{}"})
    void a_token_that_no_request_can_carry_is_not_called_missing(String token) {
        standIn.nextSignIn(Fault.parse("none;body={\"access_token\":" + token + "}"));

        assertThat(fault().getMessage())
                .contains("HTTP 200 with an access_token that no request can carry from ", "tell its owner")
                .doesNotContain("Something else", "Bearer tok");
    }

    @Test
    void json_is_asked_for() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String accept = exchange.getRequestHeaders().getFirst("Accept");
            byte[] token = "{\"access_token\":\"%s\"}".formatted(accept).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, token.length);
            exchange.getResponseBody().write(token);
            exchange.close();
        });
        server.start();
        try (SignIn other = signIn("http://127.0.0.1:" + server.getAddress().getPort(), SECRET)) {
            assertThat(other.authorization()).isEqualTo("Bearer application/json");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void after_the_end_no_call_is_made() {
        signIn.close();

        assertThatThrownBy(signIn::authorization).isInstanceOf(Exception.class);
        assertThat(standIn.counts().signIns()).isZero();
    }

    @Test
    void a_host_that_cannot_be_reached_is_named() {
        standIn.close();

        SignInException fault = fault();

        assertThat(fault.refused()).isFalse();
        assertThat(fault)
                .hasMessageContaining("Cannot reach CXone")
                .hasMessageContaining(standIn.baseUri().toString())
                .hasMessageContaining("cxone.base-url");
    }

    private SignInException fault() {
        return catchThrowableOfType(SignInException.class, signIn::authorization);
    }

    private List<CompletableFuture<String>> ask(ExecutorService threads) {
        return Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return signIn.authorization();
                            } catch (SignInException e) {
                                throw new CompletionException(e);
                            }
                        },
                        threads))
                .limit(50)
                .toList();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private SignIn signIn(String secret) {
        return signIn(standIn.baseUri().toString(), secret);
    }

    private SignIn signIn(String baseUrl, String secret) {
        Map<String, String> properties =
                Map.of("cxone.base-url", baseUrl, "cxone.client-id", "me & you", "cxone.client-secret", secret);
        CxoneSettings settings = CxoneSettings.from(new io.cxt.settings.Settings(properties::get));
        SignInListener listener = new SignInListener() {
            @Override
            public void leaves(String call) {
                left.add(call + " after " + standIn.counts().signIns());
            }

            @Override
            public void signedIn(boolean success, int status, Duration latency) {
                told.add("%s %s %s".formatted(success, status, latency));
            }
        };
        return new SignIn(settings, limits, listener, nanos::get);
    }
}
