package io.cxt.console;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One person's window on the console, and what is wrong with what it shows. */
final class Visitor implements AutoCloseable {
    private static final List<String> STANDARDS =
            List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice");

    /** What axe finds, and what it has no rule for. Colours are the same at each width: the wide page is judged for them. */
    private static final String FAULTS = """
            async standards => {
              const found = await axe.run(document, { runOnly: standards, resultTypes: ['violations'],
                rules: { 'color-contrast': { enabled: innerWidth >= 1280 } } });
              const faults = found.violations.flatMap(rule => rule.nodes.map(node =>
                rule.id + ' ' + node.target.join(' ') + ' ' + node.failureSummary));
              const all = query => [...document.querySelectorAll(query)];
              const ids = all('[id]').map(each => each.id);
              if (new Set(ids).size !== ids.length) faults.push('an id twice');
              all('table').forEach(each => { if (!each.caption) faults.push('a table without a caption'); });
              if (innerWidth >= 1280) all('.scroll').forEach(each => {
                if (each.scrollWidth > each.clientWidth) faults.push('a table wider than its place: ' + each.scrollWidth); });
              all('script:not([src])').forEach(each => faults.push('script ' + each.textContent));
              all('*').forEach(each => [...each.attributes].forEach(one => {
                if (/^on|^style$/.test(one.name)) faults.push(one.name + ' ' + one.value); }));
              return faults;
            }
            """;

    /** All that a keyboard must come to. */
    static final String CONTROLS =
            "a[href]:visible, button:visible, input:visible, select:visible, summary:visible, [tabindex='0']:visible";

    /** Has a frame around it, and is on the screen. */
    static final String FOCUS_IS_SEEN = """
            (() => {
              const style = getComputedStyle(document.activeElement), place = document.activeElement.getBoundingClientRect();
              return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && place.width > 0
                && place.left >= 0 && place.left < innerWidth && place.top < innerHeight && place.bottom > 0;
            })()
            """;

    final Page page;
    private final BrowserContext context;
    private final List<String> complaints = new ArrayList<>();
    private int status;

    Visitor(BrowserContext context) {
        this.context = context;
        context.setDefaultTimeout(30_000);
        context.onConsoleMessage(said -> complaints.add("console: " + said.text()));
        context.onWebError(fault -> complaints.add("error: " + fault.error()));
        context.onDialog(dialog -> {
            complaints.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page = context.newPage();
    }

    /** Opens a page; from then on what the browser says is about that one. */
    void open(String path) {
        complaints.clear();
        status = page.navigate(path).status();
    }

    /** Uses an address for one sign-in, by its button. */
    void signIn(String address) {
        page.navigate(address);
        page.locator("main button").click();
    }

    /** Presses a button of a form, and is on the page that it leads to when this returns. */
    @SuppressWarnings("deprecation") // it cannot miss a navigation that it begins itself
    void press(String button) {
        page.waitForNavigation(() -> page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .last()
                .click());
    }

    /** Goes to the next control by keyboard, and tells its words. */
    String tab() {
        page.keyboard().press("Tab");
        return text("(document.activeElement.reached = true, document.activeElement.textContent)");
    }

    /** Controls that {@link #tab} did not come to. */
    List<?> notReached() {
        return (List<?>) page.locator(CONTROLS)
                .evaluateAll("all => all.filter(each => !each.reached).map(each => each.outerHTML)");
    }

    /** What is wrong with the page that is open; an empty list when nothing is. */
    List<String> faults() {
        if (!is("typeof axe === 'object'")) {
            page.evaluate(AXE);
        }
        List<String> faults = new ArrayList<>();
        for (Object each : (List<?>) page.evaluate(FAULTS, STANDARDS)) {
            faults.add(each.toString());
        }
        faults.addAll(sideways());
        return faults;
    }

    /** How far the page can be moved sideways; an empty list when it cannot. */
    List<String> sideways() {
        String width = text("document.documentElement.scrollWidth + ' of ' + document.documentElement.clientWidth");
        return is("document.documentElement.scrollWidth > document.documentElement.clientWidth")
                ? List.of("scrolls sideways: " + width)
                : List.of();
    }

    void look(ColorScheme scheme, int width) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.setViewportSize(width, 800);
    }

    /** A script's yes or no, in the page. */
    boolean is(String script) {
        return (Boolean) page.evaluate(script);
    }

    String text(String script) {
        return String.valueOf(page.evaluate(script));
    }

    /** What the browser said of the page, other than its status, and dialogs that a script opened. */
    List<String> complaints() {
        String refused = "console: Failed to load resource: the server responded with a status of " + status;
        return complaints.stream().filter(each -> !each.startsWith(refused)).toList();
    }

    /** The words on what a person can press, also where it is folded away. */
    List<String> buttons() {
        return page.locator("button, input[type=submit], [role=button], a.button")
                .allTextContents();
    }

    /** The pages in the menu: words, or addresses. */
    List<String> menu(boolean addresses) {
        return page.locator("nav a").all().stream()
                .map(each -> addresses ? each.getAttribute("href") : each.innerText())
                .toList();
    }

    private static final String AXE = axe();

    private static String axe() {
        try (InputStream in = Visitor.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
