package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.List;
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
    private static ConsoleSite site;
    private static Visitor anna;

    @BeforeAll
    static void serve(@TempDir Path data, @TempDir Path plain) throws Exception {
        site = new ConsoleSite(data, plain);
        anna = site.signedIn(new NewContextOptions());
    }

    @AfterAll
    static void close() {
        if (site != null) {
            site.close();
        }
    }

    @ParameterizedTest
    @MethodSource("io.cxt.console.ConsoleSite#pages")
    void a_page_is_in_order_in_both_schemes_wide_and_narrow_and_nothing_hostile_runs(String page) {
        anna.open(page);
        anna.page.locator("details").evaluateAll("all => all.slice(0, 5).forEach(each => each.open = true)");

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
    void the_text_of_a_chat_is_in_order_too() {
        anna.open("/chats?id=sent");
        anna.page.locator("form[action='/text'] [name=note]").first().fill("INC-4711");
        anna.press("Show the text of part 1");
        assertThat(anna.page.locator("main").innerText()).contains("is in the audit", "CANARY");

        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : List.of(1280, 390)) {
                anna.look(scheme, width);
                assertThat(anna.faults()).as("%s %s", scheme, width).isEmpty();
            }
        }
        assertThat(anna.complaints()).isEmpty();
    }

    @Test
    void each_page_of_the_menu_is_tried() {
        anna.open("/");

        assertThat(ConsoleSite.pages().toList()).containsAll(anna.menu(true));
    }

    @Test
    void a_page_that_is_not_in_order_is_found() {
        anna.look(ColorScheme.LIGHT, 1280);
        anna.open("/help");
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
    @ValueSource(strings = {"/", "/sources", "/letters", "/letters/redrive?reason=ID-BLANK", "/jobs?job=2", "/audit"})
    void the_keyboard_comes_first_to_the_way_past_the_menu_and_then_to_all_that_can_be_used(String page) {
        anna.look(ColorScheme.LIGHT, 1280);
        anna.open(page);

        assertThat(anna.tab()).isEqualTo("Skip to the content");
        anna.page.keyboard().press("Enter");
        anna.tab();
        assertThat(anna.is("document.querySelector('main').contains(document.activeElement)"))
                .isTrue();

        anna.open(page);
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
        try (Visitor ben = site.signedIn(new NewContextOptions().setJavaScriptEnabled(false))) {
            ben.page.locator("#find").fill("doubt");
            ben.press("Find");
            assertThat(ben.page.url()).endsWith("/chats?id=doubt");
            assertThat(ben.page.locator("main").innerText()).contains("may be in CXone or not");

            ben.open("/audit");
            ben.page.locator("#event").selectOption("IN_DOUBT");
            ben.press("Show");
            assertThat(ben.page.locator("tbody tr").count()).isEqualTo(1);

            ben.open("/");
            ben.page.getByText("Hold calls or a source").click();
            ben.page.locator("form[action='/hold'] select").selectOption("source file");
            ben.page.locator("form[action='/hold'] [name=note]").fill("CHG-88");
            ben.press("Hold");
            ben.page.locator("form:has-text('Release source file') [name=note]").fill("it is over");
            ben.press("Release source file");
            ben.page.locator("summary").getByText("Set the pace").click();
            ben.page.locator("[name=rate]").fill("5");
            ben.page.locator("form[action='/pace'] [name=note]").fill("slowly");
            ben.press("Set the pace");
            assertThat(ben.buttons()).contains("Release pace").doesNotContain("Release source file");

            ben.open("/letters");
            ben.page.locator("#reason").selectOption("ID-BLANK");
            ben.press("Show");
            ben.page.locator("a.button").click();
            ben.press("Start the job");
            ben.press("Pause");
            ben.press("Resume");
            ben.press("Cancel what is left");
            assertThat(ben.page.locator(".state").innerText()).containsPattern("redrive: (is being )?cancelled");

            ben.press("Sign out");
            assertThat(ben.page.locator("main").innerText()).contains("You are signed out");
        }
    }

    @Test
    void with_forced_colours_and_without_motion_a_page_stays_whole() {
        try (Visitor ben = site.signedIn(
                new NewContextOptions().setForcedColors(ForcedColors.ACTIVE).setReducedMotion(ReducedMotion.REDUCE))) {

            assertThat(ben.is("matchMedia('(forced-colors: active) and (prefers-reduced-motion)').matches"))
                    .isTrue();
            assertThat(ben.faults()).isEmpty();
            assertThat(ben.is("document.getAnimations().length === 0")).isTrue();
            assertThat(ben.tab()).isEqualTo("Skip to the content");
            assertThat(ben.is(Visitor.FOCUS_IS_SEEN)).isTrue();
        }
    }

    @Test
    void a_page_that_stays_open_shows_what_changes_and_leaves_alone_where_a_person_is() throws Exception {
        try (Visitor ben = site.signedIn(new NewContextOptions())) {
            ben.page.getByText("The same as a table").click();
            ben.page.getByText("Hold calls or a source").click();
            ben.page.locator("form[action='/hold'] [name=note]").fill("CHG-88");
            ben.page.getByText("OTHER-CONTENT").focus();

            site.goesOn("LATER");
            ben.page
                    .getByText("LATER", new Page.GetByTextOptions().setExact(true))
                    .first()
                    .waitFor();

            assertThat(ben.text("document.activeElement.textContent")).isEqualTo("OTHER-CONTENT");
            assertThat(ben.page.locator("details[open] summary").allInnerTexts())
                    .containsExactly("The same as a table", "Hold calls or a source");
            assertThat(ben.page.locator("form[action='/hold'] [name=note]").inputValue())
                    .isEqualTo("CHG-88");
            assertThat(ben.faults()).isEmpty();
            assertThat(ben.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            viewer   | Overview, Chats, Sources, Dead letters, Jobs, Help
            operator | Overview, Chats, Sources, Dead letters, Jobs, Audit, Settings, Help
            nobody   | ''
            """)
    void each_role_has_its_menu(String role, String menu) {
        Visitor visitor = site.by(role);
        visitor.open("/");

        assertThat(String.join(", ", visitor.menu(false))).isEqualTo(menu);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /                                  | viewer   | Find
            /                                  | operator | Find, Release lane, Release source plain, Hold, Set the pace
            /chats                             | viewer   | Find, Find
            /chats                             | operator | Find, Find
            /chats?id=doubt                    | operator | Find
            /chats?state=FAILED                | operator | Find
            /sources                           | viewer   | Find, Show
            /sources                           | operator | Find, Show
            /letters                           | viewer   | Find, Show
            /letters                           | operator | Find, Show, Redrive these 9…
            /letters?letter=plain              | viewer   | Find
            /letters?letter=plain              | operator | Find, Redrive it…
            /letters/redrive?reason=ID-BLANK   | viewer   | Find
            /letters/redrive?reason=ID-BLANK   | operator | Find, Start the job
            /letters/redrive?reason=NOTHING    | operator | Find
            /jobs                              | viewer   | Find
            /jobs                              | operator | Find
            /jobs?job=1                        | viewer   | Find
            /jobs?job=1                        | operator | Find, Resume, Cancel what is left
            /audit                             | viewer   | Find
            /audit                             | operator | Find, Verify the whole audit, Show
            /settings                          | viewer   | Find
            /settings                          | operator | Find
            /help                              | viewer   | Find
            /help                              | operator | Find
            """)
    void each_role_has_its_buttons(String page, String role, String buttons) {
        Visitor visitor = site.by(role);
        visitor.open(page);

        assertThat(String.join(", ", visitor.buttons())).isEqualTo(buttons);
    }
}
