package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages in Chromium: both schemes, wide and narrow, by keyboard, over hostile names. */
@Timeout(300)
@Tag("slow")
class ConsoleInBrowserIT {
    /** What is wrong with a page, in words. A stand-in for an audit by axe, which would be a download. */
    private static final String FAULTS = """
            (() => {
              const faults = [];
              const all = q => [...document.querySelectorAll(q)];
              const shown = e => e.getClientRects().length > 0;
              if (document.documentElement.scrollWidth > window.innerWidth)
                faults.push('scrolls sideways: ' + document.documentElement.scrollWidth);
              if (all('h1').length !== 1 || !document.title || document.documentElement.lang !== 'en') faults.push('head');
              if (document.scripts.length) faults.push('script');
              all('*').forEach(e => [...e.attributes].forEach(a => { if (a.name.startsWith('on')) faults.push(a.name); }));
              all('input:not([type=hidden]),select').forEach(e => { if (!e.labels.length) faults.push('no label: ' + e.name); });
              all('table').forEach(e => { if (!e.caption) faults.push('no caption'); });
              all('th').forEach(e => { if (!e.scope) faults.push('no scope: ' + e.textContent); });
              all('a,button').forEach(e => { if (!e.textContent.trim()) faults.push('no words: ' + e.outerHTML); });
              all('nav a,button,input:not([type=hidden]),select').filter(shown).forEach(e => {
                if (e.getBoundingClientRect().height < 24) faults.push('small: ' + e.outerHTML); });
              const ids = all('[id]').map(e => e.id);
              if (new Set(ids).size !== ids.length) faults.push('ids twice');
              all('[aria-current]').forEach(e => { if (!e.getAttribute('aria-current')) faults.push('aria-current'); });
              const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
              const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                return .2126 * r + .7152 * g + .0722 * b; };
              const under = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
                if (c.length && c[3] !== 0) return c.slice(0, 3); } return [255, 255, 255]; };
              all('body *').filter(shown).forEach(e => {
                if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) return;
                const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(under(e));
                const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                if (ratio < 4.5) faults.push('contrast ' + ratio.toFixed(2) + ': ' + e.outerHTML.slice(0, 80)); });
              return faults;
            })()
            """;

    @TempDir
    static Path data;

    private static ServedConsole served;
    private static Chromium chromium;

    @BeforeAll
    static void serve() throws Exception {
        chromium = new Chromium(Files.createTempDirectory(Path.of("target"), "chromium"));
        HostileLedger.write(data);
        served = new ServedConsole(data, () -> new Running(20, 3.5, null, null, 1, 2, "1 calls in flight"), Map.of());
        chromium.open(served.address());
        chromium.follow("document.querySelector('main button').click()");
    }

    @AfterAll
    static void close() {
        if (served != null) {
            served.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void each_page_is_in_order_in_both_schemes_wide_and_narrow_and_nothing_hostile_runs() throws Exception {
        String markup = URLEncoder.encode(HostileLedger.MARKUP, StandardCharsets.UTF_8);
        List<String> pages = List.of(
                "/",
                "/chats",
                "/chats?id=doubt",
                "/chats?id=" + markup,
                "/chats?id=" + HostileLedger.LONG,
                "/chats?state=FAILED",
                "/chats?id=nobody" + markup,
                "/sources",
                chromiumSource(),
                "/audit",
                "/audit?chain=" + markup + "&from=" + markup,
                "/settings",
                "/help");
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(1280, 390, 320)) {
                chromium.call(
                        "Emulation.setEmulatedMedia",
                        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
                chromium.call(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", false));
                for (String page : pages) {
                    chromium.open(address(page));

                    assertThat(chromium.ask(FAULTS))
                            .as("%s %s %s", page, scheme, width)
                            .isEmpty();
                    assertThat(chromium.ask("document.querySelector('nav') !== null")
                                    .asBoolean())
                            .isTrue();
                }
            }
        }
        assertThat(chromium.complaints().stream()
                        .map(JsonNode::toString)
                        .filter(each -> !each.contains("status of 404") && !each.contains("status of 400")))
                .isEmpty();
    }

    private static String chromiumSource() throws Exception {
        chromium.open(address("/sources"));
        return chromium.ask("document.querySelector('td a').getAttribute('href')")
                .asText();
    }

    @Test
    void a_page_that_is_not_in_order_would_be_found() throws Exception {
        chromium.open(address("/help"));
        chromium.ask(
                "const e = document.createElement('button'); e.textContent = 'x'; e.style.width = '3000px'; e.style.maxWidth = 'none';"
                        + " e.style.color = e.style.backgroundColor = '#777'; e.style.minHeight = e.style.height = '10px';"
                        + " e.style.padding = 0; document.body.append(e); 1");

        assertThat(chromium.ask(FAULTS).toString()).contains("scrolls sideways", "small: ", "contrast 1.00");
    }

    @Test
    void the_keyboard_comes_first_to_the_way_past_the_menu_and_forms_work() throws Exception {
        chromium.open(address("/sources"));
        chromium.press("Tab", 9);
        assertThat(chromium.ask("document.activeElement.textContent").asText()).isEqualTo("Skip to the content");

        chromium.follow("document.querySelector('#find').value = 'doubt';"
                + " document.querySelector('form.find button').click()");
        assertThat(chromium.ask("location.pathname + location.search").asText()).isEqualTo("/chats?id=doubt");
        assertThat(chromium.ask("document.querySelector('main').innerText").asText())
                .contains("may be in CXone or not");

        chromium.open(address("/audit"));
        chromium.follow("document.querySelector('#event').value = 'IN_DOUBT';"
                + " document.querySelector('main button').click()");
        assertThat(chromium.ask("document.querySelectorAll('tbody tr').length").asInt())
                .isEqualTo(1);
    }

    private static String address(String page) {
        return "http://127.0.0.1:" + served.port + page;
    }
}
