package io.cxt.route;

import static io.cxt.fixture.RunningCxt.copyOfRoutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes without which the promise does not hold are not started. */
class GuardsTest {

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    @ParameterizedTest
    @CsvSource({"open, open-message", "close, close-message"})
    void a_door_that_is_open_must_have_its_guard_steps(String method, String step) throws Exception {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve("pickup-jms.camel.yaml");
        Files.writeString(file, Files.readString(file).replace("method: " + method + "\n", "method: name\n"));

        assertThatThrownBy(() -> RunningCxt.start(
                        routes,
                        data,
                        cxone,
                        false,
                        "pickup.jms.enabled",
                        "true",
                        "pickup.jms.broker-url",
                        "tcp://127.0.0.1:1"))
                .hasStackTraceContaining("routes/pickup-jms.camel.yaml lacks the step " + step);
        Files.delete(file); // and while it is shut nobody misses it
        RunningCxt.start(routes, data, cxone, false).close();
    }

    /** Routes of which one is edited. @param before a regular expression */
    private Path edited(String route, String before, String after) throws IOException {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve(route + ".camel.yaml");
        String shipped = Files.readString(file);
        String edited = shipped.replaceFirst(before, after);
        assertThat(edited).isNotEqualTo(shipped);
        Files.writeString(file, edited);
        return routes;
    }

    @ParameterizedTest
    @CsvSource({
        "call-cxone, cxtCalls, begin, wait-and-claim",
        "call-cxone, cxtAnswers, read, read-answer",
        "deliver-part, cxtCalls, lookUp, look-up",
        "deliver-part, cxtCalls, next, decide-next",
        "read-transcripts, cxtIntake, begin, begin-transcript",
        "record-audit, cxtTaps, recorded, note-recorded",
        "archive-part, cxtTaps, archive, keep-file",
        "pickup-files, cxtFilePickup, close, close-reading"
    })
    @Tag("fault-21")
    void a_missing_guard_step_stops_the_start_with_its_name(String route, String bean, String method, String step)
            throws Exception {
        Path routes = edited(
                route, "ref: " + bean + "(\\s+)method: " + method + "\\b", "ref: cxtPreparation$1method: toString");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("routes/" + route + ".camel.yaml lacks the step " + step);
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    @Tag("fault-139")
    void a_dead_letter_channel_in_a_route_of_ours_stops_the_start() throws Exception {
        Path routes = edited(
                "pickup-body",
                "defaultErrorHandler: \\{}",
                "deadLetterChannel:\n        deadLetterUri: file:letters-of-the-site");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining(
                        "routes/pickup-body.camel.yaml has a deadLetterChannel, its own or that of all");
    }

    @ParameterizedTest
    @CsvSource({
        "call-cxone, read-answer, true, read-answer",
        "call-cxone, post-to-cxone, true, post-to-cxone",
        "call-cxone, until-answered, {{cxone.dry:true}}, wait-and-claim",
        "deliver-part, look-up, TRUE, look-up",
        "deliver-part, what-follows, true, tap-archive",
        "read-transcripts, each-transcript, true, each-transcript"
    })
    @Tag("fault-21")
    void a_guard_step_that_is_disabled_stops_the_start(String route, String id, String disabled, String step)
            throws Exception {
        Path routes = edited(route, "( +)id: " + id + "\n", "$0$1disabled: \"" + disabled + "\"\n");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("routes/" + route + ".camel.yaml has disabled the step " + step);
        assertThat(cxone.counts().posts()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "archive-part, precondition, false",
        "record-audit, autoStartup, FALSE",
        "set-aside, precondition, {{my.own:false}}",
        "pickup-files, precondition, ${sys.none} == 1"
    })
    @Tag("fault-159")
    void a_route_that_is_needed_and_switched_off_stops_the_start(String route, String option, String value)
            throws Exception {
        Path routes = edited(
                route, "( +)id: " + route + "\n", "$0$1%s: \"%s\"\n".formatted(option, value.replace("$", "\\$")));

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("routes/%s.camel.yaml has %s: %s, with which it would take nothing"
                        .formatted(route, option, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$1logHttpActivity: true\n", "$1logHttpActivity: \"{{?unknown}}\"\n"})
    @Tag("fault-158")
    void calls_that_camel_may_print_stop_the_start(String instead) throws Exception {
        Path routes = edited("call-cxone", "( +)logHttpActivity: false\n", instead);

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining(
                        "routes/call-cxone.camel.yaml lacks logHttpActivity: false at the step post-to-cxone");
    }

    @ParameterizedTest
    @CsvSource({"httpMethod, POST", "skipControlHeaders, true"})
    void an_option_that_makes_all_calls_alike_stops_the_start_where_they_are_not(String option, String value)
            throws Exception {
        Path routes = edited("call-cxone", "( +)throwExceptionOnFailure", "$1%s: %s\n$0".formatted(option, value));
        String[] digital = {
            "cxone.target", "cxone-digital",
            "cxone.sign-in-url", cxone.baseUri() + "/token",
            "cxone.access-key-id", "a",
            "cxone.access-key-secret", "b",
            "cxone.digital.channel-id", "c",
            "cxone.digital.archive-channel", "confirmed"
        };

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false, digital))
                .hasStackTraceContaining(
                        "routes/call-cxone.camel.yaml sets %s at the step post-to-cxone".formatted(option))
                .hasStackTraceContaining("Remove " + option);
        RunningCxt.start(routes, data, cxone, false).close(); // where all calls are alike it does no harm
        RunningCxt.start(copyOfRoutes(data.resolve("shipped")), data, cxone, false, digital)
                .close();
    }

    @Test
    void a_target_that_is_asked_for_its_address_starts() throws Exception {
        String[] digital = {
            "cxone.target", "cxone-digital",
            "cxone.base-url", "",
            "cxone.digital.tenant-id", "11eb0000-0000-4000-8000-000000000000",
            "cxone.digital.issuer", cxone.baseUri().toString(),
            "cxone.access-key-id", "a",
            "cxone.access-key-secret", "b",
            "cxone.digital.channel-id", "c",
            "cxone.digital.archive-channel", "confirmed"
        };
        Path routes = copyOfRoutes(data.resolve("routes"));

        RunningCxt.start(routes, data, cxone, false, digital).close();

        Files.writeString(
                routes.resolve("mine.camel.yaml"),
                "- route: {id: mine, from: {uri: \"direct:mine\", steps: [{to: \"{{cxone.base-url}}/x\"}]}}\n");
        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false, digital))
                .hasStackTraceContaining("calls CXone by itself");
    }

    @ParameterizedTest
    @CsvSource({"deliver-part, tap-archive", "set-aside, tap-refusal"})
    void a_tap_that_nobody_waits_for_stops_the_start(String route, String step) throws Exception {
        Path routes = edited(route, " +onPrepare: cxtTapOpens\n", "");

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("routes/" + route + ".camel.yaml lacks the step " + step);
    }

    @Test
    @Tag("fault-67")
    void a_folder_whose_files_somebody_else_moves_stops_the_start() throws Exception {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve("pickup-files.camel.yaml");
        Files.writeString(
                file,
                Files.readString(file).replace("processStrategy: \"#cxtFileMoves\"", "move: \"${variable.moveTo}\""));

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("lacks the step watch-folder (processStrategy cxtFileMoves)");
    }

    @Test
    void a_claim_behind_the_call_is_no_claim() throws Exception {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Path file = routes.resolve("call-cxone.camel.yaml");
        String text = Files.readString(file);
        String claim = text.substring(
                text.indexOf("              - bean:\n                  id: wait-and-claim"),
                text.indexOf("              - removeHeaders:"));
        Files.writeString(
                file,
                text.replace(claim, "")
                        .replace("              - removeHeader:\n", claim + "              - removeHeader:\n"));

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("has in the wrong place");
    }

    @Test
    void a_missing_file_is_named() throws Exception {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Files.delete(routes.resolve("record-audit.camel.yaml"));

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("Put routes/record-audit.camel.yaml back");
    }

    @Test
    @Tag("fault-66")
    void a_call_past_the_record_is_not_started() throws Exception {
        Path routes = copyOfRoutes(data.resolve("routes"));
        Files.writeString(routes.resolve("shortcut.camel.yaml"), """
                - route:
                    id: shortcut
                    from:
                      uri: direct:shortcut
                      steps:
                        - to:
                            uri: "{{cxone.call-url}}"
                """);

        assertThatThrownBy(() -> RunningCxt.start(routes, data, cxone, false))
                .hasStackTraceContaining("The route shortcut calls CXone by itself");
    }
}
