package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditQuery;
import io.cxt.console.Browser.Answer;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.LogRecorder;
import io.cxt.ledger.Book;
import io.cxt.ledger.LedgerView;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each request meets, over a socket. */
@Timeout(60)
@Tag("fault-64")
class ConsoleGuardsIT {
    private static final Running RUNNING = new Running(20.0, 0, null, null, 0, 0, "nothing");
    private static final List<String> PAGES =
            List.of("/", "/chats", "/sources", "/letters", "/jobs", "/audit", "/settings", "/help");
    private static final List<String> ORDERS =
            List.of("/hold", "/release", "/pace", "/letters/redrive", "/jobs/pause", "/jobs/resume", "/jobs/cancel");
    private static final Map<String, String> BY_PROXY = Map.of(
            "console.sign-in", "proxy",
            "console.proxies", "127.0.0.1",
            "console.proxy-secret", "secret-of-the-proxy",
            "console.hosts", "cxt.example.com");

    @TempDir
    Path data;

    private ServedConsole served;

    @BeforeEach
    void serve() throws Exception {
        Book.open(data).close();
        served = new ServedConsole(data, () -> RUNNING, Map.of());
    }

    @AfterEach
    void close() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 401",
        "localhost:9877, 401",
        "[::1]:1, 401",
        "LOCALHOST, 401",
        "evil.example.com, 421",
        "127.0.0.1.evil.example.com, 421",
        "10.0.0.5, 421",
        "intranet, 421",
        "'', 421",
    })
    void a_request_under_another_name_is_refused(String host, int status) throws Exception {
        assertThat(served.browser().get("/", "Host", host).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, same-origin, 401",
        "Sec-Fetch-Site, same-site, 403",
        "Sec-Fetch-Site, cross-site, 403",
        "Sec-Fetch-Site, none, 403",
        "Origin, http://HOST, 401",
        "Origin, http://127.0.0.1:1, 403",
        "Origin, http://evil.example.com, 403",
        "Origin, null, 403",
        "X-Nothing, 1, 403",
    })
    void what_another_page_sends_is_refused(String header, String value, int status) throws Exception {
        Answer answer = served.browser()
                .send("POST", "/sign-in", "token=x", header, value.replace("HOST", "127.0.0.1:" + served.port));

        assertThat(answer.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
    void other_methods_are_refused(String method) throws Exception {
        Answer answer = served.signedIn().send(method, "/", "");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers().get("allow")).contains("GET");
    }

    @Test
    void no_page_takes_a_post_and_no_get_ends_a_session() throws Exception {
        Browser anna = served.signedIn();

        for (String page : PAGES) {
            assertThat(anna.post(page, "a=b").status()).isEqualTo(405);
        }
        assertThat(anna.get("/sign-out").status()).isEqualTo(404);
        assertThat(anna.get("/").status()).isEqualTo(200);
        assertThat(anna.post("/sign-out", "a=b").status()).isEqualTo(303);
        assertThat(anna.get("/").status()).isEqualTo(401);
    }

    @Test
    void each_answer_forbids_foreign_scripts_frames_and_caches() throws Exception {
        Browser anna = served.signedIn();

        for (Answer answer : List.of(
                served.browser().get("/"),
                served.browser().get("/nothing"),
                served.browser().get("/sign-in"),
                served.browser().send("POST", "/sign-in", "token=x", "Origin", "null"),
                anna.get("/"),
                anna.get("/audit", "Accept", "application/json"))) {
            assertThat(answer.headers())
                    .containsEntry(
                            "content-security-policy",
                            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("x-frame-options", "DENY")
                    .containsEntry("referrer-policy", "no-referrer")
                    .containsEntry("cache-control", "no-store")
                    .doesNotContainKeys("server", "access-control-allow-origin");
            assertThat(answer.body()).doesNotContain("<script>", " style=", " onclick=");
        }
    }

    @Test
    void nobody_sees_a_page_without_signing_in_and_is_told_how() throws Exception {
        for (String page : PAGES) {
            Answer answer = served.browser().get(page);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).contains("cxt console url");
            assertThat(served.browser().get(page, "Accept", "application/json").body())
                    .contains("\"status\" : 401", "\"whatToDo\" : \"Run `cxt console url`");
        }
    }

    @Test
    void an_address_signs_in_once_and_a_look_does_not_use_it_up() throws Exception {
        String address = served.address();
        String path = address.replaceFirst("http://[^/]*", "");

        Answer look = served.browser().get(path);
        served.browser().get(path);
        assertThat(look.status()).isEqualTo(200);
        assertThat(look.body()).contains("anna", "<button>Sign in</button>");

        Browser anna = served.browser();
        Answer signedIn = anna.signIn(address);
        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(signedIn.headers().get("set-cookie"))
                .startsWith("cxt-" + served.port + "=")
                .contains("HTTPOnly", "SameSite=Strict", "Path=/");
        assertThat(anna.get("/").body()).contains("Signed in as <bdi>anna</bdi>, operator");

        Answer again = served.browser().signIn(address);
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.headers()).doesNotContainKey("set-cookie");
        assertThat(served.browser().get(path).status()).isEqualTo(401);
    }

    @Test
    void an_address_ends_after_five_minutes_and_a_session_when_idle_and_at_the_latest_after_twelve_hours()
            throws Exception {
        String early = served.address();
        served.clock.advance(Duration.ofMinutes(5));
        assertThat(served.browser().signIn(early).status()).isEqualTo(401);

        Browser idle = served.signedIn();
        Browser busy = served.signedIn();
        served.clock.advance(Duration.ofMinutes(29));
        assertThat(busy.get("/").status()).isEqualTo(200);
        served.clock.advance(Duration.ofMinutes(1));
        assertThat(idle.get("/").status()).isEqualTo(401);

        for (int minutes = 30; minutes < 12 * 60; minutes += 29) {
            assertThat(busy.get("/").status()).isEqualTo(200);
            served.clock.advance(Duration.ofMinutes(29));
        }
        assertThat(busy.get("/").status()).isEqualTo(401);
    }

    @Test
    void nothing_but_its_own_address_signs_in() throws Exception {
        String token = served.address().replaceFirst(".*token=", "");
        String forged = "cm9vdA" + token.substring(token.indexOf('.'));

        for (String wrong : List.of("", ".", "...", forged, token + "x", token.substring(1), "a.b.c.d", "%00")) {
            assertThat(served.browser().post("/sign-in", "token=" + wrong).status())
                    .isEqualTo(401);
        }
        assertThat(served.browser()
                        .get("/", "Cookie", "cxt-" + served.port + "=x")
                        .status())
                .isEqualTo(401);
        assertThat(Files.getPosixFilePermissions(data.resolve("console.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void the_next_start_ends_all_sessions_and_addresses() throws Exception {
        String address = served.address();
        Browser anna = served.signedIn();
        served.close();

        served = new ServedConsole(data, () -> RUNNING, Map.of());

        assertThat(served.browser().signIn(address).status()).isEqualTo(401);
        assertThat(new Browser(served.port).get("/").status()).isEqualTo(401);
        assertThat(anna).isNotNull();
    }

    @Test
    void who_signed_in_is_in_the_audit_and_refusals_do_not_fill_it() throws Exception {
        served.signedIn();
        for (int i = 0; i < 5; i++) {
            served.browser().signIn("token=wrong");
        }
        served.clock.advance(Duration.ofSeconds(61));
        served.browser().signIn("token=wrong");

        assertThat(audit())
                .containsExactly(
                        "SIGNED_IN_CONSOLE anna (console) role=operator",
                        "SIGN_IN_REFUSED nobody (console) count=1",
                        "SIGN_IN_REFUSED nobody (console) count=5");
    }

    private List<String> audit() {
        List<AuditEntry> events = new ArrayList<>();
        try (LedgerView view =
                LedgerView.of(new LedgerSettings("jdbc:sqlite:" + data.resolve("ledger.db"), null, null, data))) {
            view.audit().events(new AuditQuery(Set.of(), null, Set.of(), null, null, 100), event -> {
                if (event.event().contains("SIGN")) {
                    events.add(event);
                }
            });
            assertThat(view.audit().verify().fault()).isNull();
        }
        return events.stream()
                .map(event -> event.event() + " " + event.actor() + " " + event.detail())
                .toList();
    }

    @Test
    void a_console_that_runs_alone_writes_nothing() throws Exception {
        served.close();
        Files.deleteIfExists(data.resolve("console.key"));
        served = new ServedConsole(data, null, Map.of());

        Browser anna = served.signedIn();
        served.browser().signIn("token=wrong");

        assertThat(anna.get("/").body()).contains("This console runs alone").doesNotContain("<button>Hold");
        for (String order : ORDERS) {
            assertThat(anna.post(order, "what=lane&note=x").status()).isEqualTo(409);
        }
        assertThat(data.resolve("console.key")).doesNotExist();
        assertThat(audit()).isEmpty();
    }

    @Test
    void a_proxy_is_believed_with_its_secret_and_roles_see_what_they_may() throws Exception {
        served.close();
        served = new ServedConsole(data, () -> RUNNING, BY_PROXY);
        Browser browser = served.browser();

        String[] viewer = headers("secret-of-the-proxy", "vera", "staff, viewer");
        String[] operator = headers("secret-of-the-proxy", "otto", "operator");

        assertThat(browser.get("/", viewer).body())
                .contains("Signed in as <bdi>vera</bdi>, viewer")
                .doesNotContain("/settings", "/audit", "Sign out");
        assertThat(browser.get("/audit", viewer).status()).isEqualTo(403);
        assertThat(browser.get("/", viewer).body()).doesNotContain("<button>Hold");
        assertThat(browser.get("/", operator).body()).contains("<button>Hold");
        assertThat(browser.get("/letters/redrive", viewer).status()).isEqualTo(403);
        assertThat(browser.send("POST", "/text", "note=x", with(operator, "Sec-Fetch-Site", "same-origin"))
                        .status())
                .isEqualTo(403);
        for (String order : ORDERS) {
            assertThat(browser.send("POST", order, "what=lane&note=x", with(viewer, "Sec-Fetch-Site", "same-origin"))
                            .status())
                    .isEqualTo(403);
            assertThat(browser.send("POST", order, "what=lane&note=x", with(operator, "Sec-Fetch-Site", "cross-site"))
                            .status())
                    .isEqualTo(403);
            assertThat(browser.send("POST", order, "what=lane&note=x", "Sec-Fetch-Site", "same-origin")
                            .status())
                    .isEqualTo(401);
            assertThat(browser.get(order, operator).status()).isIn(200, 404);
        }
        assertThat(browser.get("/settings", viewer).body()).contains("for the role operator; you are a viewer");
        assertThat(browser.get("/settings", operator).status()).isEqualTo(200);
        assertThat(browser.get("/settings", operator).body()).doesNotContain("secret-of-the-proxy");
        for (String[] nobody : List.of(
                headers("wrong", "vera", "viewer"),
                headers("", "vera", "viewer"),
                headers("secret-of-the-proxy", "", "viewer"),
                headers("secret-of-the-proxy", "vera", "staff"),
                headers("secret-of-the-proxy", "x".repeat(101), "viewer"))) {
            assertThat(browser.get("/", nobody).status()).isEqualTo(401);
        }
        assertThat(browser.get("/sign-in").status()).isEqualTo(404);
        assertThat(audit())
                .containsExactly(
                        "SIGNED_IN_CONSOLE vera (console) role=viewer",
                        "SIGNED_IN_CONSOLE otto (console) role=operator");
    }

    @Test
    void a_proxy_at_another_address_is_not_believed() throws Exception {
        served.close();
        served = new ServedConsole(
                data,
                () -> RUNNING,
                Map.of(
                        "console.sign-in", "proxy",
                        "console.proxies", "127.0.0.9",
                        "console.proxy-secret", "secret-of-the-proxy",
                        "console.hosts", "cxt.example.com"));

        assertThat(served.browser()
                        .get("/", headers("secret-of-the-proxy", "vera", "viewer"))
                        .status())
                .isEqualTo(401);
    }

    private static String[] headers(String secret, String user, String groups) {
        return new String[] {
            "Host",
            "cxt.example.com",
            "X-CXT-Proxy-Secret",
            secret,
            "X-Forwarded-User",
            user,
            "X-Forwarded-Groups",
            groups
        };
    }

    @Test
    void sizes_have_bounds() throws Exception {
        Browser anna = served.signedIn();

        assertThat(anna.post("/sign-in", "token=" + "x".repeat(20_000)).status())
                .isEqualTo(413);
        assertThat(anna.get("/", "X-Large", "x".repeat(20_000)).status()).isEqualTo(431);
        assertThat(anna.get("/chats?id=" + "x".repeat(20_000)).status()).isEqualTo(414);
        assertThat(anna.get("/chats?id=" + "x".repeat(3_000)).status()).isEqualTo(404);
        assertThat(anna.get("/").status()).isEqualTo(200);
    }

    /** A stranger must not fill the log, least of all with what asks for a report. */
    @Test
    void a_request_that_breaks_off_or_is_not_a_form_is_no_fault_of_ours() throws Exception {
        try (LogRecorder log = LogRecorder.install()) {
            Browser stranger = served.browser();
            try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), served.port)) {
                socket.getOutputStream()
                        .write(stranger.request(
                                        "POST",
                                        "/sign-in",
                                        "token=x",
                                        "Sec-Fetch-Site",
                                        "same-origin",
                                        "Content-Length",
                                        "500")
                                .getBytes(StandardCharsets.UTF_8));
            }
            String chunk = Integer.toHexString(12_000) + "\r\n" + "x".repeat(12_000) + "\r\n";
            assertThat(stranger.send(
                                    "POST",
                                    "/sign-in",
                                    chunk + chunk + "0\r\n\r\n",
                                    "Sec-Fetch-Site",
                                    "same-origin",
                                    "Transfer-Encoding",
                                    "chunked",
                                    "Content-Length",
                                    null)
                            .status())
                    .isIn(400, 413);
            assertThat(stranger.get("/sign-in?token=%").status()).isEqualTo(400);

            assertThat(log.lines()).noneMatch(line -> line.contains("console failed"));
        }
    }

    @Test
    void who_never_reads_and_who_never_ends_a_request_hold_nobody_up() throws Exception {
        Browser anna = served.signedIn();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), served.port);
                socket.setReceiveBufferSize(1);
                String begun = "GET /console.css HTTP/1.1\r\nHost: 127.0.0.1\r\n";
                socket.getOutputStream()
                        .write((i % 2 == 0 ? begun : (begun + "\r\n").repeat(50)).getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
            }

            assertThat(anna.get("/").status()).isEqualTo(200);
            assertThat(anna.get("/settings").status()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "off,     readers, operator+readers, 403",
        "audited, readers, operator,         403",
        "audited, '',      operator,         403",
        "audited, readers, viewer+readers,   400",
        "audited, readers, readers,          401",
    })
    void behind_a_proxy_a_right_of_its_own_reads_text(String text, String readers, String groups, int status)
            throws Exception {
        served.close();
        Map<String, String> settings = new HashMap<>(BY_PROXY);
        settings.put("console.text", text);
        settings.put("console.text-readers", readers);
        served = new ServedConsole(data, () -> RUNNING, settings);

        Answer answer = served.browser()
                .send(
                        "POST",
                        "/text",
                        "letter=nothing&note=x",
                        with(
                                headers("secret-of-the-proxy", "rita", groups.replace('+', ',')),
                                "Sec-Fetch-Site",
                                "same-origin"));

        assertThat(answer.status()).isEqualTo(status);
    }

    private static String[] with(String[] headers, String... more) {
        return Stream.concat(Stream.of(headers), Stream.of(more)).toArray(String[]::new);
    }
}
