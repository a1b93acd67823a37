package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each metric of the code is in docs/operations.md, and config/monitoring uses those and no others. */
class MonitoringTest {
    static final Path FOLDER = Path.of("config/monitoring");
    private static final Pattern IN_CODE = Pattern.compile("\\.?(count|builder)?\\(\\s*\"(cxt\\.[a-z.]+)\"");
    private static final Pattern NAME = Pattern.compile("\\bcxt_[a-z_]+");

    @Test
    void the_page_lists_every_metric_and_no_other() throws IOException {
        assertThat(documented()).containsExactlyElementsOf(inCode());
    }

    @Test
    void alerts_and_dashboard_ask_for_metrics_that_are_there() throws IOException {
        for (String file : Set.of("cxt-alerts.yaml", "grafana-dashboard.json")) {
            Set<String> asked = names(Files.readString(FOLDER.resolve(file)));
            assertThat(asked).as(file).isNotEmpty();
            assertThat(documented()).as(file).containsAll(asked);
        }
    }

    @Test
    void the_dashboard_shows_every_metric() throws IOException {
        assertThat(names(Files.readString(FOLDER.resolve("grafana-dashboard.json"))))
                .containsExactlyElementsOf(documented());
    }

    @Test
    void every_panel_has_a_place_of_its_own_and_says_what_it_shows() throws IOException {
        Set<String> places = new TreeSet<>();
        int covered = 0;
        for (JsonNode panel : new ObjectMapper()
                .readTree(FOLDER.resolve("grafana-dashboard.json").toFile())
                .path("panels")) {
            assertThat(panel.path("description").asText())
                    .as(panel.path("title").asText())
                    .isNotBlank();
            JsonNode grid = panel.path("gridPos");
            for (int x = 0; x < grid.path("w").asInt(); x++) {
                for (int y = 0; y < grid.path("h").asInt(); y++) {
                    places.add(
                            (grid.path("x").asInt() + x) + "," + (grid.path("y").asInt() + y));
                    covered++;
                }
            }
        }
        assertThat(places).hasSize(covered);
    }

    @Test
    void every_alert_says_what_to_do_next() throws IOException {
        String alerts = Files.readString(FOLDER.resolve("cxt-alerts.yaml"));

        long rules = alerts.lines().filter(line -> line.contains("- alert:")).count();

        for (String field : Set.of("summary: \"", "next: \"", "severity: ")) {
            assertThat(alerts.lines().filter(line -> line.contains(field)))
                    .as(field)
                    .hasSize((int) rules);
        }
    }

    private static Set<String> documented() throws IOException {
        return names(Files.readString(Path.of("docs/operations.md"))
                .lines()
                .filter(line -> line.startsWith("| `cxt_"))
                .map(line -> line.substring(0, line.indexOf(" | ", 2)))
                .collect(Collectors.joining("\n")));
    }

    private static Set<String> inCode() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String file : Set.of("runtime/Observability.java", "ops/Gauges.java")) {
            Matcher found = IN_CODE.matcher(Files.readString(Path.of("src/main/java/io/cxt", file)));
            while (found.find()) {
                String ending = found.group(1) == null ? "" : found.group(1).equals("count") ? "_total" : "_seconds";
                names.add(found.group(2).replace('.', '_') + ending);
            }
        }
        return names;
    }

    /** Of the metrics themselves: a histogram has three series. */
    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        Matcher found = NAME.matcher(text);
        while (found.find()) {
            names.add(found.group().replaceFirst("_seconds_(bucket|count|sum)$", "_seconds"));
        }
        return names;
    }
}
