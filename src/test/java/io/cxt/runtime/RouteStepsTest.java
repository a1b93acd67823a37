package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.settings.InvalidSettingsException;
import java.util.List;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Camel starts with and then waits or fails for ever is refused, with file, line and step. */
class RouteStepsTest {
    private static final String ROUTES = """
            - routeConfiguration:
                id: shared
                onException:
                  - onException:
                      id: again
                      exception: [java.lang.Throwable]
                      redeliveryPolicy:
                        maximumRedeliveries: "%s"
            - route:
                id: other
                from:
                  uri: direct:other
                  steps:
                    - log: x
            - route:
                id: mine
                from:
                  uri: direct:mine
                  steps:
                    - filter:
                        simple: "${body}"
                        steps:
                          - %s
            """;

    private static void check(String retries, String step) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            Properties properties = new Properties();
            properties.setProperty("my.route", "other");
            properties.setProperty("my.limit", "none");
            camel.getPropertiesComponent().setInitialProperties(properties);
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.fromString(
                            "file:/r/my.camel.yaml",
                            ROUTES.formatted(retries, step.replaceFirst(": \\{", ":\n" + " ".repeat(18) + "{"))));
            RouteSteps.checkNumbers(camel);
            RouteSteps.checkNames(camel, List.of("direct:elsewhere"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            to: {id: s, uri: direct:othr}                             | hands on to direct:othr, which no route takes. The nearest is direct:other
            to: {id: s, uri: direct, parameters: {name: othr}}        | hands on to direct:othr
            to: {id: s, uri: "direct:othr?timeout=5"}                 | hands on to direct:othr
            to: {id: s, uri: "direct:{{my.route}}2"}                  | hands on to direct:other2
            toD: {id: s, uri: direct:othr}                            | hands on to direct:othr
            to: {id: s, uri: direct:enqueue-transcript}               | The route enqueue-transcript is disabled
            wireTap: {id: s, uri: direct:othr}                        | hands on to direct:othr
            enrich: {id: s, constant: direct:othr}                    | hands on to direct:othr
            recipientList: {id: s, constant: "direct:other, direct:othr"} | hands on to direct:othr
            throttle: {id: s, constant: "0"}                          | limit "0"; allowed: whole numbers from 1
            throttle: {id: s, constant: "-5"}                         | limit "-5"
            throttle: {id: s, constant: many}                         | limit "many"
            throttle: {id: s, simple: "99999999999"}                  | limit "99999999999"
            throttle: {id: s, constant: ""}                           | limit ""
            throttle: {id: s, constant: "{{my.limit}}"}               | limit "{{my.limit}}"
            throttle: {id: s, constant: "5", timePeriodMillis: "0"}   | timePeriodMillis "0"; allowed: milliseconds from 1
            delay: {id: s, constant: "-1"}                            | delay "-1"; allowed: milliseconds from 0
            delay: {id: s, constant: soon}                            | delay "soon"
            loop: {id: s, constant: "0", steps: [{log: x}]}           | count "0"
            threads: {id: s, poolSize: "0"}                           | poolSize "0"
            split: {id: s, simple: "${body}", timeout: "-1", steps: [{log: x}]} | timeout "-1"
            """)
    void a_name_that_no_route_takes_and_a_number_out_of_range_are_refused(String step, String words) {
        assertThatThrownBy(() -> check("-1", step))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageStartingWith("routes/my.camel.yaml, line 23: the step s ")
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-2", "many", ""})
    void retries_out_of_range_are_refused(String retries) {
        assertThatThrownBy(() -> check(retries, "log: x"))
                .hasMessageContaining("the step again has maximumRedeliveries \"" + retries + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to: direct:other",
                "to: direct://other",
                "to: direct:{{my.route}}",
                "to: direct:elsewhere",
                "to: direct:othr?failIfNoConsumers=false",
                "toD: \"direct:${header.to}\"",
                "wireTap: {uri: \"direct:${header.to}\"}",
                "recipientList: {simple: \"direct:${header.to}\"}",
                "throttle: {constant: \"1\"}",
                "throttle: {simple: \"${header.limit}\"}",
                "delay: {constant: 5s}",
                "delay: {constant: \"0\"}",
                "loop: {doWhile: true, simple: \"${body} == 'x'\", steps: [{log: x}]}"
            })
    void what_is_right_or_is_known_only_at_run_time_is_let_through(String step) {
        assertThatCode(() -> check("3", step)).doesNotThrowAnyException();
    }
}
