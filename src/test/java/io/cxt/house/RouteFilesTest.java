package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class RouteFilesTest {

    /** What takes an id in the YAML DSL and is a step or an end of one. */
    private static final Set<String> STEPS = Set.of(
            "to",
            "bean",
            "setVariable",
            "setHeader",
            "setHeaders",
            "setBody",
            "removeHeaders",
            "removeHeader",
            "removeVariable",
            "split",
            "choice",
            "filter",
            "throttle",
            "wireTap",
            "loop",
            "doTry",
            "threads",
            "from");

    static Stream<Path> routeFiles() throws IOException {
        return Files.list(Path.of("routes"))
                .filter(file -> !file.getFileName().toString().startsWith("failures"));
    }

    @Test
    void every_file_is_a_route_file() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            assertThat(files).allMatch(file -> file.toString().endsWith(".camel.yaml"));
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void holds_one_route_named_after_its_file_and_reached_by_that_name(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".camel.yaml", "");

        List<?> content = (List<?>) yaml(file);

        assertThat(content).hasSize(1);
        Map<?, ?> route = (Map<?, ?>) ((Map<?, ?>) content.get(0)).get("route");
        assertThat(route.get("id")).isEqualTo(name);
        assertThat((String) route.get("description")).isNotBlank();
        Map<?, ?> from = (Map<?, ?>) route.get("from");
        if (!name.startsWith("pickup-")) {
            assertThat(from.get("uri")).isEqualTo("direct");
            assertThat(((Map<?, ?>) from.get("parameters")).get("name")).isEqualTo(name);
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void says_its_contract_on_top(Path file) throws IOException {
        assertThat(Files.readString(file))
                .startsWith("# ")
                .contains("#   in:     ")
                .contains("#   out:    ");
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void every_step_has_an_id_and_none_is_used_twice(Path file) throws IOException {
        List<String> ids = new ArrayList<>();

        collect(yaml(file), ids);

        assertThat(ids).doesNotContain("none").doesNotHaveDuplicates();
    }

    private static void collect(Object node, List<String> ids) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (STEPS.contains(key) && value instanceof Map<?, ?> step) {
                    ids.add(step.get("id") == null ? "none" : step.get("id").toString());
                }
                collect(value, ids);
            });
        } else if (node instanceof Collection<?> list) {
            list.forEach(element -> collect(element, ids));
        }
    }

    @Test
    void the_patterns_a_camel_engineer_looks_for_are_visible() throws IOException {
        assertThat(Files.readString(Path.of("routes/read-transcripts.camel.yaml")))
                .contains("split:");
        assertThat(Files.readString(Path.of("routes/prepare-transcript.camel.yaml")))
                .contains("bean-validator");
        assertThat(Files.readString(Path.of("routes/deliver-part.camel.yaml"))).contains("wireTap:");
        assertThat(Files.readString(Path.of("routes/send-part.camel.yaml"))).contains("throttle:");
        assertThat(Files.readString(Path.of("routes/failures.camel.yaml"))).contains("redeliveryPolicy:");
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void no_body_and_no_exception_text_reaches_a_log_line_and_no_script_is_in_it(Path file) throws IOException {
        assertThat(Files.readString(file))
                .doesNotContain("log:")
                .doesNotContain("${exception.message}")
                .doesNotContain("groovy")
                .doesNotContain("toD");
    }

    private static Object yaml(Path file) throws IOException {
        return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }
}
