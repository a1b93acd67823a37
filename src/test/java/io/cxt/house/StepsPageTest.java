package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.RunningCxt;
import io.cxt.intake.Variables;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/recipes.md says that steps of a site's own may use is there, and nothing else that is meant for them. */
class StepsPageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|");
    private static final Pattern CALL = Pattern.compile("ref: (cxt\\w+)\\s+method: (\\w+)");

    @TempDir
    Path data;

    /** Type by name: rows of the tables. */
    private static Map<String, String> rows() throws Exception {
        String page = Files.readString(Path.of("docs/recipes.md"));
        return ROW.matcher(page.substring(page.indexOf("## What your steps may use")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2), (one, two) -> one, TreeMap::new));
    }

    @Test
    void the_variables_are_those_of_the_routes() throws Exception {
        Set<String> constants = new TreeSet<>();
        for (Field constant : Variables.class.getFields()) {
            constants.add((String) constant.get(null));
        }

        assertThat(rows().keySet().stream().filter(name -> name.matches("\\w+") && !name.startsWith("cxt")))
                .containsExactlyInAnyOrderElementsOf(constants);
    }

    @Test
    void what_variables_hold_can_be_asked_for() throws Exception {
        Map<String, Class<?>> types = Map.of(
                "transcript", Class.forName("io.cxt.intake.TranscriptInFlight"),
                "call", Class.forName("io.cxt.steps.PartInFlight"),
                "reading", Class.forName("io.cxt.intake.SourceReading"));
        for (Map.Entry<String, String> row : rows().entrySet()) {
            List<String> path = List.of(row.getKey().split("\\."));
            if (path.size() > 1 && types.containsKey(path.get(0))) {
                Class<?> type = types.get(path.get(0));
                for (String name : path.subList(1, path.size())) {
                    type = type.getMethod(name).getReturnType();
                }
                assertThat(type.getSimpleName()).as(row.getKey()).isEqualTo(row.getValue());
            }
        }
    }

    @Test
    void the_methods_are_those_that_no_shipped_route_calls() throws Exception {
        Set<String> called = new TreeSet<>();
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                CALL.matcher(Files.readString(route))
                        .results()
                        .forEach(call -> called.add(call.group(1) + "." + call.group(2)));
            }
        }
        Set<String> forSites = new TreeSet<>();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            Registry beans = cxt.engine().camelContext().getRegistry();
            for (String name : List.of("cxtSetAside", "cxtTranscripts", "cxtPreparation", "cxtCalls", "cxtTaps")) {
                Arrays.stream(beans.lookupByName(name).getClass().getDeclaredMethods())
                        .filter(method ->
                                Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                        .map(Method::getName)
                        .map(method -> name + "." + method)
                        .filter(method -> !called.contains(method))
                        .forEach(forSites::add);
            }
        }

        assertThat(rows().keySet().stream().filter(name -> name.startsWith("cxt")))
                .containsExactlyElementsOf(forSites);
    }
}
