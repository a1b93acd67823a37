package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.RunningCxt.copyOfRoutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.cxt.fixture.RunningCxt;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code run --dev}: edited routes are loaded at once, and a wrong one changes nothing. */
class RouteReloadTest {

    @TempDir
    Path data;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.add(event.getFormattedMessage());
        }
    };
    private StandIn cxone;
    private Path routes;

    @BeforeEach
    void start() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
        routes = copyOfRoutes(data.resolve("routes"));
        appender.start();
        ((Logger) LoggerFactory.getLogger("io.cxt.runtime.RouteReload")).addAppender(appender);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("io.cxt.runtime.RouteReload")).detachAppender(appender);
        cxone.close();
    }

    private void edit(String file, String old, String replacement) throws IOException {
        Path path = routes.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(old);
        Path beside = data.resolve("edited");
        Files.writeString(beside, text.replace(old, replacement));
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void an_edited_route_is_taken_up_while_the_others_run() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            cxt.drops("one.json", chat("one"));
            edit("archive-part.camel.yaml", "        - to:\n", """
                    \u0020       - setBody:
                                id: second-copy
                                simple: "${variable.call.part.payload}"
                            - to:
                                id: keep-second
                                uri: file
                                parameters:
                                  directoryName: "{{data.dir}}/second"
                                  fileName: "${variable.call.part.hash}.json"
                            - to:
                    """);
            cxt.awaits(() -> log.stream().anyMatch(line -> line.startsWith("reloaded")));

            cxt.drops("two.json", chat("two"));

            assertThat(cxt.files("second")).hasSize(1);
            assertThat(cxone.counts().accepted()).isEqualTo(2);
            assertThat(cxt.rows("SELECT detail FROM audit_event WHERE event = 'CONFIG_CHANGED'"))
                    .containsExactly("config=fedcba9876543210");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            archive-part    | method: archive     | methode: archive    | line 21, column 13 | methode
            call-cxone      | #cxtCallLimits     | #cxtCallLimts       | line 76, column 51 | The nearest is cxtCallLimits
            read-transcripts | id: readable     | id: "readable       | line 51, column    | quotes
            archive-part    | - to:               | - too:              | column             | too
            set-aside       | uri: direct         | uri: dirct          | line 13, column 12 | camel-dirct
            archive-part    | name: record-audit  | name: "{{no.such}}" | line 26, column    | Set no.such in config/application.properties
            prepare-transcript | ignoreXmlConfiguration: | ignoreXmlConfig: | line 23, column 15 | ignoreXmlConfig
            send-part       | name: call-cxone   | name: call-cxon     | line 28: the step hand-to-call hands on to direct:call-cxon | The nearest is direct:call-cxone
            send-part       | "{{cxone.parts-in-flight}}" | "0"        | line 18: the step limit-in-flight has limit "0" | allowed: whole numbers from 1
            """)
    void a_wrong_edit_keeps_the_routes_and_says_where_it_is(
            String route, String old, String wrong, String place, String hint) throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            edit(route + ".camel.yaml", old, wrong);
            cxt.awaits(() -> !log.isEmpty());

            cxt.drops("one.json", chat("one"));

            assertThat(log.get(0))
                    .startsWith("the routes stay as they were")
                    .contains("routes/" + route + ".camel.yaml, line", place, hint);
            assertThat(cxt.archive()).hasSize(1);
            assertThat(cxone.counts().accepted()).isEqualTo(1);
        }
    }

    private static final String MINE = """
            - route:
                id: %s
                from:
                  uri: file
                  parameters:
                    directoryName: "{{data.dir}}/%s"
                    initialDelay: 0
                    delay: 50
                    delete: true
                  steps:
                    - to:
                        uri: file
                        parameters:
                          directoryName: "{{data.dir}}/%s"
            """;

    private void write(String file, String text) throws IOException {
        Path beside = Files.writeString(data.resolve("edited"), text);
        Files.move(beside, routes.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean running(RunningCxt cxt, String... ids) {
        return cxt.engine().camelContext().getRoutes().stream()
                .map(route -> route.getRouteId())
                .filter(id -> id.startsWith("mine"))
                .toList()
                .equals(List.of(ids));
    }

    @Test
    @Tag("fault-102")
    void a_route_whose_file_is_renamed_re_identified_or_deleted_takes_nothing_any_more() throws Exception {
        write("mine.camel.yaml", MINE.formatted("mine", "in", "out"));
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            cxt.awaits(() -> running(cxt, "mine"));

            Files.move(routes.resolve("mine.camel.yaml"), routes.resolve("renamed.camel.yaml"));
            cxt.awaits(() -> said("reloaded routes=[mine.camel.yaml, renamed.camel.yaml]"));
            assertThat(running(cxt, "mine")).isTrue();

            write("renamed.camel.yaml", MINE.formatted("mine-too", "in", "out"));
            cxt.awaits(() -> running(cxt, "mine-too"));
            assertThat(said("stopped route=mine file=renamed.camel.yaml")).isTrue();

            Files.delete(routes.resolve("renamed.camel.yaml"));
            cxt.awaits(() -> running(cxt));
            cxt.awaits(() -> said("reloaded routes=[renamed.camel.yaml]"));
            Files.writeString(data.resolve("in/left.txt"), "left");
            cxt.drops("one.json", chat("one"));

            assertThat(data.resolve("in/left.txt")).exists();
            assertThat(cxt.rows("SELECT count(*) FROM audit_event WHERE event = 'CONFIG_CHANGED'"))
                    .containsExactly("3");
        }
    }

    @Test
    @Tag("fault-102")
    void a_file_that_is_written_in_place_is_taken_when_it_is_whole() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            Path file = routes.resolve("mine.camel.yaml");
            try (Writer out = Files.newBufferedWriter(file)) {
                long begun = System.nanoTime();
                cxt.awaits(() -> System.nanoTime() - begun > 1_000_000_000L); // empty for longer than two looks
                assertThat(log).isEmpty();
                out.write(MINE.formatted("mine", "in", "out"));
            }

            cxt.awaits(() -> running(cxt, "mine"));
        }
    }

    private boolean said(String line) {
        return log.stream().anyMatch(each -> each.startsWith(line));
    }

    @Test
    void a_start_with_a_wrong_route_says_where_it_is_too() throws Exception {
        edit("archive-part.camel.yaml", "method: archive", "methode: archive");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("routes/archive-part.camel.yaml, line 21, column 13");
    }

    @Test
    void a_guard_step_cannot_be_edited_away_either() throws Exception {
        try (RunningCxt cxt = RunningCxt.dev(routes, data, cxone)) {
            edit("call-cxone.camel.yaml", "method: begin", "method: toString");
            cxt.awaits(() -> !log.isEmpty());

            assertThat(log.get(0)).contains("lacks the step wait-and-claim");
        }
    }
}
