package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PropertiesTest {

    private static final Path REFERENCE = Path.of("config/application.properties");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z.-]+)}}");
    /** Made by the program from other properties. */
    private static final Set<String> COMPUTED = Set.of("cxone.call-url", "cxone.parts-in-hand");

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
            assertThat(everything).contains(secret);
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

    private static Set<String> names() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(REFERENCE)) {
            properties.load(reader);
        }
        return properties.stringPropertyNames();
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
