package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to sign in, as it leaves, and where an address that is not set comes from. */
@Timeout(60)
class SignInFormsTest {
    private static final String TOKEN = "{\"access_token\":\"t1\",\"expires_in\":3600}";

    private final Map<String, String> properties = new HashMap<>(Map.of(
            "cxone.target", "cxone-digital",
            "cxone.digital.channel-id", "archive_1",
            "cxone.digital.archive-channel", "confirmed",
            "cxone.access-key-id", "KEY====",
            "cxone.access-key-secret", "s&cr=t +%\u00fc\""));
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> announced = new CopyOnWriteArrayList<>();
    private final Map<String, Deque<String>> answers = new HashMap<>();
    private final AtomicLong nanos = new AtomicLong();
    private final CallLimits limits = new CallLimits(5_000, null);
    private HttpServer server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            assertThat(announced).hasSize(calls.size() + 1); // by whatever form: first that it leaves, then the call
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            calls.add("%s %s %s %s %s"
                    .formatted(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            exchange.getRequestHeaders().getFirst("Content-Type"),
                            authorization,
                            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            Deque<String> scripted = answers.get(exchange.getRequestURI().getPath());
            String answer = scripted == null || scripted.isEmpty() ? TOKEN : scripted.poll();
            int status = answer.startsWith("4") ? 401 : answer.startsWith("http") ? 302 : 200;
            byte[] body = (status == 200 ? answer : "{}").getBytes(StandardCharsets.UTF_8);
            if (status == 302) {
                exchange.getResponseHeaders().add("Location", answer);
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        properties.put("cxone.base-url", base);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        limits.close();
        assertThat(announced).hasSameSizeAs(calls);
    }

    @Test
    void an_access_key_goes_as_json_to_the_address_that_is_set() throws Exception {
        properties.put("cxone.sign-in-url", base + "/authentication/v1/token/access-key");

        assertThat(signIn().authorization()).isEqualTo("Bearer t1");

        assertThat(calls)
                .containsExactly("POST /authentication/v1/token/access-key application/json null"
                        + " {\"accessKeyId\":\"KEY====\",\"accessKeySecret\":\"s&cr=t +%\u00fc\\\"\"}");
    }

    @Test
    void a_password_grant_goes_to_the_endpoint_that_the_issuer_names_with_the_client_in_the_header() throws Exception {
        properties.putAll(Map.of(
                "cxone.sign-in", "password",
                "cxone.digital.issuer", base,
                "cxone.client-id", "me & you",
                "cxone.client-secret", "h:ush"));
        answer("/.well-known/openid-configuration", "{\"token_endpoint\":\"%s/auth/token\"}".formatted(base));
        SignIn signIn = signIn();
        signIn.authorization();
        signIn.reject("Bearer t1");
        signIn.authorization();

        String grant =
                "POST /auth/token application/x-www-form-urlencoded; charset=UTF-8 Basic bWUrJTI2K3lvdTpoJTNBdXNo"
                        + " grant_type=password&username=KEY%3D%3D%3D%3D&password=s%26cr%3Dt+%2B%25%C3%BC%22&scope=openid";
        assertThat(calls).containsExactly("GET /.well-known/openid-configuration null null ", grant, grant);
    }

    @Test
    void a_refresh_token_is_used_once_the_token_is_old_and_a_refused_one_is_not_the_end() throws Exception {
        properties.putAll(Map.of("cxone.sign-in", "password", "cxone.sign-in-url", base + "/auth/token"));
        answer(
                "/auth/token",
                "{\"accessToken\":\"t1\",\"expiresIn\":3600,\"refreshToken\":\"r1\"}",
                "{\"access_token\":\"t2\",\"expires_in\":3600,\"refresh_token\":\"r2\"}",
                "401",
                "{\"access_token\":\"t3\",\"expires_in\":3600}");
        SignIn signIn = signIn();

        assertThat(signIn.authorization()).isEqualTo("Bearer t1");
        nanos.addAndGet(Duration.ofSeconds(3541).toNanos());
        assertThat(signIn.authorization()).isEqualTo("Bearer t2");
        nanos.addAndGet(Duration.ofSeconds(3541).toNanos());
        assertThat(signIn.authorization()).isEqualTo("Bearer t3");

        assertThat(calls).hasSize(4);
        assertThat(calls.get(1)).endsWith("grant_type=refresh_token&refresh_token=r1");
        assertThat(calls.get(2)).endsWith("grant_type=refresh_token&refresh_token=r2");
        assertThat(calls.get(3)).contains("grant_type=password");
    }

    @Test
    void the_base_url_is_asked_for_once_and_built_of_area_and_domain() throws Exception {
        properties.remove("cxone.base-url");
        properties.putAll(Map.of(
                "cxone.digital.issuer",
                base,
                "cxone.digital.tenant-id",
                "11eb & more",
                "cxone.sign-in-url",
                base + "/authentication/v1/token/access-key"));
        answer(
                "/.well-known/cxone-configuration",
                "{\"area\":\"na1\",\"domain\":\"niceincontact.com\",\"private\":false}");
        CxoneSettings settings = settings();
        assertThat(settings.baseUrl()).isEmpty();

        SignIn signIn = signIn(settings);
        signIn.authorization();
        signIn.reject("Bearer t1");
        signIn.authorization();

        assertThat(settings.baseUrl()).isEqualTo("https://api-de-na1.niceincontact.com");
        assertThat(calls)
                .hasSize(3)
                .first()
                .asString()
                .startsWith("GET /.well-known/cxone-configuration?tenantId=11eb+%26+more ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"token_endpoint":"http://other.example.com/auth/token"} | names no token_endpoint
            {"token_endpoint":"ftp://127.0.0.1/x"}                   | names no token_endpoint
            {}                                                      | names no token_endpoint
            <html>                                                  | gives no JSON
            401                                                     | HTTP 401 from
            """)
    void a_secret_goes_to_no_address_that_the_issuer_cannot_have_meant(String document, String words) {
        properties.putAll(Map.of("cxone.sign-in", "password", "cxone.digital.issuer", base));
        answer("/.well-known/openid-configuration", document);

        SignInException fault = catchThrowableOfType(SignInException.class, () -> signIn().authorization());

        assertThat(fault).hasMessageContaining(words);
        assertThat(calls).hasSize(1).allMatch(call -> call.startsWith("GET "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"access-key", "password"})
    void a_redirect_is_not_followed_and_the_access_key_is_named(String form) {
        properties.putAll(Map.of("cxone.sign-in", form, "cxone.sign-in-url", base + "/token"));
        answer("/token", base + "/elsewhere", "401");
        SignIn signIn = signIn();

        assertThatThrownBy(signIn::authorization).hasMessageContaining("redirect");
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThatThrownBy(signIn::authorization)
                .hasMessageContaining("cxone.access-key-id and CXONE_ACCESS_KEY_SECRET")
                .hasMessageNotContaining("cxone.client-id");

        assertThat(calls).hasSize(2).allMatch(call -> call.startsWith("POST /token "));
    }

    @Test
    void each_form_needs_what_it_sends_and_a_target_allows_only_its_own() {
        properties.keySet().removeIf(name -> name.startsWith("cxone.access-key"));
        assertThat(problems())
                .contains("cxone.access-key-id is not set", "cxone.access-key-secret is not set")
                .doesNotContain("client-id");

        properties.put("cxone.target", "conversations");
        properties.put("cxone.sign-in", "access-key");
        assertThat(problems()).contains("cxone.sign-in is access-key; this cxone.target allows: client-credentials");
    }

    private String problems() {
        Settings settings = new Settings(properties::get);
        CxoneSettings.from(settings);
        return catchThrowableOfType(InvalidSettingsException.class, settings::check)
                .getMessage();
    }

    private void answer(String path, String... bodies) {
        answers.put(path, new ArrayDeque<>(List.of(bodies)));
    }

    private CxoneSettings settings() {
        Settings settings = new Settings(properties::get);
        CxoneSettings read = CxoneSettings.from(settings);
        settings.check();
        return read;
    }

    private SignIn signIn() {
        return signIn(settings());
    }

    private SignIn signIn(CxoneSettings settings) {
        SignInListener listener = SignInListener.of(
                announced::add, (success, status, latency) -> {}, (call, status, latency) -> assertThat(announced)
                        .contains(call));
        return new SignIn(settings, limits, listener, nanos::get);
    }
}
