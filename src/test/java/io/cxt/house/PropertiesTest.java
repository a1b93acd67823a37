package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class PropertiesTest {

    private static final Path REFERENCE = Path.of("config/application.properties");
    private static final Path KAMELET = Path.of("src/main/resources/kamelets/cxone-transcript-sink.kamelet.yaml");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z.-]+)}}");
    private static final Pattern NUMBER = Pattern.compile(
            "\\.(?:integer|number)\\(\\s*\"([a-z.-]+)\",\\s*([\\dL_*< ]+),\\s*([\\dL_*< ]+),\\s*([\\dL_*< ]+)\\)");
    private static final Pattern CHOICE =
            Pattern.compile("\\.choice\\(\\s*\"([a-z.-]+)\",\\s*\"([a-z-]+)\",\\s*((?:\"[a-z-]+\"[,\\s]*)+)\\)");
    private static final Pattern ALLOWED = Pattern.compile("# Default: (\\S+)   Allowed: ([a-z, -]+)\n");
    /** Made by the program from other properties. */
    private static final Set<String> COMPUTED = Set.of("cxone.call-url", "cxone.parts-in-flight");

    @Test
    void every_placeholder_in_routes_is_documented() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String route : texts(Path.of("routes"), ".yaml")) {
            Matcher matcher = PLACEHOLDER.matcher(route);
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }
        used.removeAll(COMPUTED);

        assertThat(names()).containsAll(used);
    }

    @Test
    void every_documented_property_is_used() throws IOException {
        String everything = String.join("", texts(Path.of("src/main/java"), ".java"))
                + String.join("", texts(Path.of("routes"), ".yaml"));

        assertThat(names()).allSatisfy(name -> {
            // <name>-file is read through the name of the secret itself
            String secret = name.endsWith("-secret-file") ? name.substring(0, name.length() - "-file".length()) : name;
            // and what each pickup selects through one method
            String read = secret.replaceFirst("^pickup\\.(file|sftp)\\.select-(\\w+)$", "select + \"$2\"");
            assertThat(everything).contains(read);
        });
    }

    @Test
    void every_property_that_the_code_reads_is_documented() throws IOException {
        Pattern read = Pattern.compile(
                "settings\\s*\\.(?:optional|required|number|integer|flag|choice|path|secret|secretFile)\\(\\s*\"([a-z.-]+)\"");
        Set<String> used = new TreeSet<>();
        for (String source : texts(Path.of("src/main/java"), ".java")) {
            Matcher matcher = read.matcher(source);
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }

        assertThat(used).hasSizeGreaterThan(20);
        assertThat(names()).containsAll(used);
    }

    @Test
    void every_property_says_its_default() throws IOException {
        String[] blocks = Files.readString(REFERENCE).split("\n\n");

        for (String block : blocks) {
            if (block.lines().anyMatch(line -> !line.startsWith("#") && line.contains("="))) {
                assertThat(block).contains("# Default: ");
            }
        }
    }

    @Test
    void default_range_and_allowed_words_are_those_that_the_code_checks() throws IOException {
        String sources = String.join("", texts(Path.of("src/main/java"), ".java"));
        Properties values = values();

        List<MatchResult> numbers = NUMBER.matcher(sources).results().toList();
        assertThat(numbers).hasSizeGreaterThan(15);
        for (MatchResult each : numbers) {
            String comment = comment(each.group(1));
            assertThat(comment)
                    .contains("# Default: " + number(each.group(2)) + " ")
                    .contains("Range: " + number(each.group(3)) + " to " + number(each.group(4)));
            assertThat(values.getProperty(each.group(1))).isEqualTo("" + number(each.group(2)));
        }
        List<MatchResult> words = CHOICE.matcher(sources).results().toList();
        assertThat(words).hasSizeGreaterThan(5);
        for (MatchResult each : words) {
            Matcher allowed = ALLOWED.matcher(comment(each.group(1)));
            assertThat(allowed.find()).as(each.group(1)).isTrue();
            assertThat(allowed.group(1)).isEqualTo(each.group(2));
            assertThat(allowed.group(2).split(", "))
                    .containsExactlyInAnyOrder(each.group(3).replace("\"", "").split("\\s*,\\s*"));
            assertThat(values.getProperty(each.group(1))).isEqualTo(each.group(2));
        }
    }

    @Test
    void the_kamelet_has_defaults_ranges_and_words_of_the_properties_that_it_sets() throws IOException {
        Map<String, String> properties = parameters();
        Map<?, ?> kamelet = (Map<?, ?>)
                ((Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(KAMELET)))
                        .get("spec");
        Map<?, ?> parameters = (Map<?, ?>) ((Map<?, ?>) kamelet.get("definition")).get("properties");
        Map<?, ?> bean = (Map<?, ?>) ((List<?>) ((Map<?, ?>) kamelet.get("template")).get("beans")).get(0);

        assertThat(parameters.keySet()).isEqualTo(properties.keySet());
        assertThat(((Map<?, ?>) bean.get("properties")).keySet()).isEqualTo(properties.keySet());
        assertThat(properties).allSatisfy((parameter, property) -> {
            Map<?, ?> schema = (Map<?, ?>) parameters.get(parameter);
            String comment = comment(property);
            Object fallback = schema.get("default");
            assertThat(fallback == null
                            || comment.contains("# Default: " + fallback + " ")
                            || property.equals("data.dir"))
                    .as("default of " + parameter)
                    .isTrue();
            assertThat(comment.contains("Range: "))
                    .as("range of " + parameter)
                    .isEqualTo("integer".equals(schema.get("type")));
            assertThat(comment.contains("Allowed: "))
                    .as("words of " + parameter)
                    .isEqualTo(schema.containsKey("enum"));
            if (comment.contains("Range: ")) {
                assertThat(comment)
                        .containsPattern("Range: %s to %s\\b".formatted(schema.get("minimum"), schema.get("maximum")));
            }
            Matcher allowed = ALLOWED.matcher(comment);
            if (allowed.find()) {
                assertThat((List<?>) schema.get("enum"))
                        .hasToString(List.of(allowed.group(2).split(", ")).toString());
            }
            Matcher special = Pattern.compile("0 = [^\n]*").matcher(comment); // what its lowest value means
            if (special.find()) {
                assertThat((String) schema.get("description")).contains(special.group());
            }
        });
    }

    /** The property that each parameter of the kamelet sets. */
    private static Map<String, String> parameters() throws IOException {
        return Pattern.compile("void set(\\w)(\\w+)\\((?:@Nullable )?String value\\) \\{\\s+set\\(\"([a-z.-]+)\"")
                .matcher(Files.readString(Path.of("src/main/java/io/cxt/embed/TranscriptSink.java")))
                .results()
                .collect(Collectors.toMap(
                        found -> found.group(1).toLowerCase(Locale.ROOT) + found.group(2), found -> found.group(3)));
    }

    /** The lines above a property, up to the blank line before them. */
    private static String comment(String name) {
        String text = text(REFERENCE);
        int at = text.indexOf("\n" + name + " =");
        assertThat(at).as(name).isPositive();
        return text.substring(text.lastIndexOf("\n\n", at), at) + "\n";
    }

    /** As Java works it out: {@code 64L << 30}, {@code 8 * 1024 * 1024}. */
    private static long number(String expression) {
        String[] shifted = expression.replaceAll("[L_\\s]", "").split("<<");
        long product = Arrays.stream(shifted[0].split("\\*"))
                .mapToLong(Long::parseLong)
                .reduce(1, (one, two) -> one * two);
        return shifted.length == 1 ? product : product << Integer.parseInt(shifted[1]);
    }

    private static Set<String> names() throws IOException {
        return values().stringPropertyNames();
    }

    private static Properties values() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(REFERENCE)) {
            properties.load(reader);
        }
        return properties;
    }

    private static List<String> texts(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(PropertiesTest::text)
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
