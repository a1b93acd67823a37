package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.RunningCxt.copyOfRoutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code run --dev}: one id in two files, copies, and what editors leave beside a route file. */
class RouteReloadFilesTest {
    private static final String TEMPLATE = """
            - routeTemplate:
                id: mine
                from:
                  uri: direct:from-template
                  steps:
                    - log:
                        message: one
            """;
    private static final String TWO = """
            - route:
                id: mine-one
                from:
                  uri: direct:mine-one
                  steps:
                    - log:
                        message: one
            - route:
                id: mine-two
                from:
                  uri: direct:mine-two
                  steps:
                    - log:
                        message: two
            """;

    @TempDir
    Path data;

    private final LogRecorder log = LogRecorder.install();
    private StandIn cxone;
    private Path routes;

    @BeforeEach
    void start() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        routes = copyOfRoutes(data.resolve("routes"));
    }

    @AfterEach
    void stop() {
        log.close();
        cxone.close();
    }

    private void copy(String file, String copy) throws IOException {
        write(copy, Files.readString(routes.resolve(file)));
    }

    private void write(String file, String text) throws IOException {
        Path beside = Files.writeString(data.resolve("edited"), text);
        Files.move(beside, routes.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean said(String... words) {
        return log.lines().stream().anyMatch(line -> {
            for (String word : words) {
                if (!line.contains(word)) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean runs(RunningCxt cxt, String route) {
        return cxt.engine().camelContext().getRoute(route) != null;
    }

    @Test
    @Tag("fault-102")
    void a_copy_of_a_route_is_refused_and_the_route_goes_on_when_it_is_removed() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            copy("call-cxone.camel.yaml", "call-cxone-old.camel.yaml");
            cxt.awaits(() -> said(
                    "the routes stay as they were",
                    "the id call-cxone stands twice: routes/call-cxone-old.camel.yaml, line ",
                    " and routes/call-cxone.camel.yaml, line "));
            cxt.drops("one.json", chat("one"));

            Files.delete(routes.resolve("call-cxone-old.camel.yaml"));
            cxt.awaits(() -> said("reloaded routes=none"));
            cxt.drops("two.json", chat("two"));

            assertThat(cxone.counts().accepted()).isEqualTo(2);
            assertThat(log.lines()).noneMatch(line -> line.startsWith("stopped"));
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CONFIG_CHANGED'"))
                    .containsExactly("0");
        }
    }

    @Test
    void a_copy_takes_over_when_the_file_that_it_was_made_of_goes() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            copy("call-cxone.camel.yaml", "call-cxone-new.camel.yaml");
            cxt.awaits(() -> said("stands twice"));

            Files.delete(routes.resolve("call-cxone.camel.yaml"));
            cxt.awaits(() -> said("reloaded routes=[call-cxone-new.camel.yaml, call-cxone.camel.yaml]"));
            cxt.drops("one.json", chat("one"));

            assertThat(cxone.counts().accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "failures.camel.yaml, failures",
        "mine.camel.yaml, mine",
        "failures.camel.yaml, retries",
    })
    void policies_and_templates_in_two_files_are_refused(String file, String id) throws Exception {
        write("mine.camel.yaml", TEMPLATE);
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            String text = Files.readString(routes.resolve(file));
            write("z.camel.yaml", id.equals("retries") ? text.replace("id: failures\n", "id: other\n") : text);

            cxt.awaits(() -> said("the id " + id + " stands twice", "routes/" + file, "routes/z.camel.yaml, line"));
        }
    }

    private static final String MADE = """
            - templatedRoute:
                routeTemplateRef: mine
                routeId: mine-made
            """;

    @Test
    void a_route_that_is_made_of_a_template_goes_on_until_the_next_start() throws Exception {
        write("mine.camel.yaml", TEMPLATE);
        write("zz-made.camel.yaml", MADE);
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            write("failures.camel.yaml", Files.readString(routes.resolve("failures.camel.yaml")) + "\n# edited\n");
            cxt.awaits(() -> said("reloaded routes=all but [mine.camel.yaml, zz-made.camel.yaml]"));
            assertThat(runs(cxt, "mine-made")).isTrue();

            write("zz-made.camel.yaml", MADE + "# edited\n");
            cxt.awaits(() -> said(
                    "the routes stay as they were",
                    "routes/zz-made.camel.yaml has a template, or a route that is made of one. Start cxt again"));

            assertThat(runs(cxt, "mine-made")).isTrue();
        }
    }

    @Test
    void a_step_that_stands_in_two_routes_is_named_with_both_places() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            write("one.camel.yaml", TWO.replace("- log:", "- log:\n            id: same"));

            cxt.awaits(
                    () -> said("the id same stands twice: routes/one.camel.yaml, line 7, and routes/one.camel.yaml"));
        }
    }

    @Test
    void a_start_with_an_id_in_two_files_names_both() throws Exception {
        copy("call-cxone.camel.yaml", "call-cxone-old.camel.yaml");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("the id call-cxone stands twice: routes/call-cxone-old.camel.yaml, line ")
                .hasMessageContaining("and routes/call-cxone.camel.yaml, line ");
    }

    @Test
    void a_file_that_loses_one_of_its_routes_keeps_the_other_and_a_route_can_move_to_another_file() throws Exception {
        write("mine.camel.yaml", TWO);
        int second = TWO.lastIndexOf("- route:");
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            write("other.camel.yaml", TWO.substring(second));
            cxt.awaits(() -> said("the id mine-two stands twice"));
            write("mine.camel.yaml", TWO.substring(0, second));
            cxt.awaits(() -> said("reloaded routes=[mine.camel.yaml, other.camel.yaml]"));
            assertThat(runs(cxt, "mine-one")).isTrue();
            assertThat(runs(cxt, "mine-two")).isTrue();

            Files.delete(routes.resolve("other.camel.yaml"));
            cxt.awaits(() -> said("reloaded routes=[other.camel.yaml]"));

            assertThat(runs(cxt, "mine-one")).isTrue();
            assertThat(runs(cxt, "mine-two")).isFalse();
        }
    }

    @Test
    void what_an_editor_leaves_beside_a_file_is_no_route() throws Exception {
        Files.createSymbolicLink(routes.resolve(".#call-cxone.camel.yaml"), Path.of("user@machine.17:3"));
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            for (String name : new String[] {
                "call-cxone.camel.yaml~",
                ".call-cxone.camel.yaml.swp",
                "#call-cxone.camel.yaml#",
                "call-cxone.camel.yaml.bak"
            }) {
                copy("call-cxone.camel.yaml", name);
            }
            write("mine.camel.yaml", TWO);
            cxt.awaits(() -> said("reloaded routes=[mine.camel.yaml]"));
            cxt.drops("one.json", chat("one"));

            assertThat(cxone.counts().accepted()).isEqualTo(1);
            assertThat(log.lines()).noneMatch(line -> line.startsWith("the routes"));
        }
    }

    @Test
    void a_policy_of_a_site_in_a_file_of_its_own_holds_at_once() throws Exception {
        String policy = """
                - routeConfiguration:
                    id: mine
                    onException:
                      - onException:
                          exception:
                            - java.lang.Exception
                          handled:
                            constant:
                              expression: "true"
                          steps:
                            - setBody:
                                constant:
                                  expression: %s
                """;
        write("policy.camel.yaml", policy.formatted("before"));
        write("mine.camel.yaml", """
                - route:
                    id: mine-fails
                    routeConfigurationId: mine
                    from:
                      uri: direct:mine-fails
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: no
                """);
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            var camel = cxt.engine().camelContext().createProducerTemplate();
            assertThat(camel.requestBody("direct:mine-fails", "", String.class)).isEqualTo("before");

            write("policy.camel.yaml", policy.formatted("after"));
            cxt.awaits(() -> said("reloaded routes=all"));

            assertThat(camel.requestBody("direct:mine-fails", "", String.class)).isEqualTo("after");
        }
    }
}
