package io.cxt.console;

import com.microsoft.playwright.Browser.NewContextOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A browser and two consoles on the same history: one over hostile names, and one over plain names behind a proxy. */
final class ConsoleSite implements AutoCloseable {
    private static final String SECRET = "secret-of-the-proxy";

    private final Chromium chromium;
    private final Map<String, Visitor> byRole = new HashMap<>();
    private final ServedConsole hostile;
    private final ServedConsole behindProxy;

    /** Each page that a person can open; a new page is a line here. */
    static Stream<String> pages() {
        String markup = URLEncoder.encode(HostileLedger.MARKUP, StandardCharsets.UTF_8);
        return Stream.of(
                "/",
                "/chats",
                "/chats?id=doubt",
                "/chats?id=" + markup,
                "/chats?id=" + HostileLedger.LONG,
                "/chats?id=nobody" + markup,
                "/chats?state=FAILED",
                "/sources",
                "/sources?day=2026-11-22",
                "/sources?reading=" + HostileLedger.LONG,
                "/letters",
                "/letters?reason=" + HostileLedger.LONG,
                "/letters?letter=" + HostileLedger.LONG,
                "/letters?letter=" + markup,
                "/letters/redrive?reason=" + markup,
                "/letters/redrive?reason=ID-BLANK",
                "/jobs",
                "/jobs?job=1",
                "/jobs?job=2",
                "/audit",
                "/audit?chain=" + HostileLedger.LONG,
                "/audit?chain=" + markup + "&from=" + markup,
                "/settings",
                "/help");
    }

    private final Path data;

    ConsoleSite(Path data, Path plain) throws Exception {
        this.data = data;
        chromium = new Chromium();
        HostileLedger.write(data);
        try (Stream<Path> written = Files.walk(data)) {
            for (Path each : written.toList()) {
                Files.copy(each, plain.resolve(data.relativize(each)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        HostileLedger.forge(data, HostileLedger.MARKUP, HostileLedger.LONG, HostileLedger.QUOTES, HostileLedger.BIDI);
        HostileLedger.forge(plain, "plain");
        hostile = new ServedConsole(
                data,
                () -> new Running(20.0, 3.5, HostileLedger.LONG, null, 1, 2, "1 calls in flight"),
                Map.of("console.text", "audited"));
        behindProxy = new ServedConsole(
                plain,
                () -> new Running(20.0, 0, null, null, 0, 0, "nothing"),
                Map.of(
                        "console.sign-in", "proxy",
                        "console.proxies", "127.0.0.1",
                        "console.proxy-secret", SECRET));
    }

    /** Somebody who has signed in with an address for one use, over the hostile names. */
    Visitor signedIn(NewContextOptions options) {
        Visitor visitor = chromium.visitor(options.setBaseURL("http://127.0.0.1:" + hostile.port));
        visitor.signIn(hostile.address());
        return visitor;
    }

    /** Somebody of that group, whom the proxy has signed in. */
    Visitor by(String group) {
        return byRole.computeIfAbsent(
                group,
                each -> chromium.visitor(new NewContextOptions()
                        .setBaseURL("http://127.0.0.1:" + behindProxy.port)
                        .setExtraHTTPHeaders(Map.of(
                                ProxySignIn.SECRET, SECRET, "X-Forwarded-User", "vera", "X-Forwarded-Groups", each))));
    }

    /** Something happens while pages are open. */
    void goesOn(String name) throws SQLException {
        HostileLedger.forge(data, name);
        hostile.clock.advance(Duration.ofSeconds(10)); // the overview counts no more often than in five
    }

    @Override
    public void close() {
        behindProxy.close();
        hostile.close();
        chromium.close();
    }
}
