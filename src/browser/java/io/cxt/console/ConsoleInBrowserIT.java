package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.ReducedMotion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages in Chromium, over hostile names: to each eye, by keyboard, without scripts, and to each role. */
@Timeout(300)
@Tag("slow")
class ConsoleInBrowserIT {
    @TempDir
    static Path data;

    private static ServedConsole served;
    private static Chromium chromium;
    private static ServedConsole behindProxy;
    private static Visitor anna;
    private static final Map<String, Visitor> BY_ROLE = new HashMap<>();

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
                "/sources?reading=",
                "/audit",
                "/audit?chain=" + HostileLedger.LONG,
                "/audit?chain=" + markup + "&from=" + markup,
                "/settings",
                "/help");
    }

    @BeforeAll
    static void serve() throws Exception {
        chromium = new Chromium();
        HostileLedger.write(data);
        HostileLedger.forge(data);
        served = new ServedConsole(data, () -> new Running(20, 3.5, null, 1, 2, "1 calls in flight"), Map.of());
        behindProxy = new ServedConsole(
                data,
                () -> new Running(20, 0, null, 0, 0, "nothing"),
                Map.of(
                        "console.sign-in", "proxy",
                        "console.proxies", "127.0.0.1",
                        "console.proxy-secret", "secret-of-the-proxy"));
        anna = chromium.visitor(new NewContextOptions());
        anna.signIn(served.address());
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable each : Stream.of(behindProxy, served, chromium)
                .filter(Objects::nonNull)
                .toList()) {
            each.close();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void a_page_is_in_order_in_both_schemes_wide_and_narrow_and_nothing_hostile_runs(String page) {
        anna.open(address(page));

        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : List.of(1280, 390)) {
                anna.look(scheme, width);
                assertThat(anna.faults()).as("%s %s", scheme, width).isEmpty();
            }
        }
        anna.look(ColorScheme.LIGHT, 320); // 1280 at 400 %
        assertThat(anna.sideways()).as("320").isEmpty();
        assertThat(anna.complaints()).isEmpty();
    }

    @Test
    void each_page_of_the_menu_is_tried() {
        anna.open(address("/"));

        assertThat(pages().toList()).containsAll(anna.menu(true));
    }

    @Test
    void a_page_that_is_not_in_order_is_found() {
        anna.open(address("/help"));
        anna.page.evaluate("""
                const wide = document.createElement('button');
                wide.style = 'width: 3000px; max-width: none; color: #888; background: #777';
                wide.textContent = 'some words';
                const script = document.createElement('script');
                script.textContent = 'alert(1)';
                document.body.append(wide, script);
                alert(2);
                """);

        assertThat(anna.faults().toString())
                .contains("scrolls sideways", "color-contrast", "style ", "script alert(1)");
        assertThat(anna.complaints().toString())
                .contains("Content Security Policy", "dialog: 2")
                .doesNotContain("dialog: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/sources", "/audit"})
    void the_keyboard_comes_first_to_the_way_past_the_menu_and_then_to_all_that_can_be_used(String page) {
        anna.look(ColorScheme.LIGHT, 1280);
        anna.open(address(page));

        assertThat(anna.tab()).isEqualTo("Skip to the content");
        anna.page.keyboard().press("Enter");
        anna.tab();
        assertThat(anna.is("document.querySelector('main').contains(document.activeElement)"))
                .isTrue();

        anna.open(address(page));
        int controls = anna.page.locator(Visitor.CONTROLS).count();
        for (int i = 0; i < controls; i++) {
            anna.tab();
            assertThat(anna.is(Visitor.FOCUS_IS_SEEN))
                    .as(anna.text("document.activeElement.outerHTML"))
                    .isTrue();
        }
        assertThat(anna.notReached()).isEmpty();
    }

    @Test
    void without_scripts_each_form_works() {
        try (Visitor ben = chromium.visitor(new NewContextOptions().setJavaScriptEnabled(false))) {
            ben.signIn(served.address());
            ben.page.locator("#find").fill("doubt");
            ben.press("Find");
            assertThat(ben.page.url()).endsWith("/chats?id=doubt");
            assertThat(ben.page.locator("main").innerText()).contains("may be in CXone or not");

            ben.open(address("/audit"));
            ben.page.locator("#event").selectOption("IN_DOUBT");
            ben.press("Show");
            assertThat(ben.page.locator("tbody tr").count()).isEqualTo(1);

            ben.press("Sign out");
            assertThat(ben.page.locator("main").innerText()).contains("You are signed out");
        }
    }

    @Test
    void with_forced_colours_and_without_motion_a_page_stays_whole() {
        try (Visitor ben = chromium.visitor(
                new NewContextOptions().setForcedColors(ForcedColors.ACTIVE).setReducedMotion(ReducedMotion.REDUCE))) {
            ben.signIn(served.address());

            assertThat(ben.is("matchMedia('(forced-colors: active) and (prefers-reduced-motion)').matches"))
                    .isTrue();
            assertThat(ben.faults()).isEmpty();
            assertThat(ben.is("document.getAnimations().length === 0")).isTrue();
            assertThat(ben.tab()).isEqualTo("Skip to the content");
            assertThat(ben.is(Visitor.FOCUS_IS_SEEN)).isTrue();
        }
    }

    /** What somebody in each role can press, and where to go. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            viewer   | /         | Overview, Chats, Sources, Help                  | Find
            operator | /         | Overview, Chats, Sources, Audit, Settings, Help | Find
            viewer   | /chats    | Overview, Chats, Sources, Help                  | Find, Find
            operator | /chats    | Overview, Chats, Sources, Audit, Settings, Help | Find, Find
            viewer   | /sources  | Overview, Chats, Sources, Help                  | Find
            operator | /sources  | Overview, Chats, Sources, Audit, Settings, Help | Find
            viewer   | /audit    | Overview, Chats, Sources, Help                  | Find
            operator | /audit    | Overview, Chats, Sources, Audit, Settings, Help | Find, Show
            viewer   | /settings | Overview, Chats, Sources, Help                  | Find
            operator | /settings | Overview, Chats, Sources, Audit, Settings, Help | Find
            nobody   | /         | ''                                              | ''
            """)
    void each_role_sees_its_menu_and_its_buttons(String role, String page, String menu, String buttons) {
        Visitor visitor = BY_ROLE.computeIfAbsent(
                role,
                each -> chromium.visitor(new NewContextOptions()
                        .setExtraHTTPHeaders(Map.of(
                                "X-CXT-Proxy-Secret", "secret-of-the-proxy",
                                "X-Forwarded-User", "vera",
                                "X-Forwarded-Groups", each))));
        visitor.open("http://127.0.0.1:" + behindProxy.port + page);

        assertThat(String.join(", ", visitor.menu(false))).isEqualTo(menu);
        assertThat(String.join(", ", visitor.buttons())).isEqualTo(buttons);
    }

    private static String address(String page) {
        return "http://127.0.0.1:" + served.port + page;
    }
}
