package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/embedding.md shows what the projects in src/it hold, and these are run by the build. */
class EmbeddingPageTest {
    private static final Path PROJECTS = Path.of("src/it");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)<!-- (src/it/\\S+) -->\n```\\w+\n(.*?)```");

    private static List<MatchResult> examples() throws IOException {
        return EXAMPLE.matcher(page()).results().toList();
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/embedding.md"));
    }

    @Test
    void each_example_is_taken_from_the_project_that_it_names() throws IOException {
        String version = version();

        for (MatchResult example : examples()) {
            String source = Files.readString(Path.of(example.group(1))).replace("@project.version@", version);
            assertThat("\n" + source).as(example.group(1)).contains("\n" + example.group(2));
        }
    }

    @Test
    void ten_lines_are_enough_for_each() throws IOException {
        assertThat(examples())
                .allSatisfy(example -> assertThat(example.group(2).lines()).hasSizeLessThanOrEqualTo(10));
    }

    @Test
    void every_project_is_on_the_page() throws IOException {
        try (Stream<Path> projects = Files.list(PROJECTS)) {
            assertThat(projects.filter(Files::isDirectory).map(Path::toString)).allMatch(page()::contains);
        }
        assertThat(page()).contains("cxone-transcripts:" + version());
    }

    @Test
    void the_versions_are_those_that_the_projects_are_built_with() throws IOException {
        String boot4 = found("src/it/spring-boot/pom.xml", of("spring-boot-dependencies"));
        String boot3 = found("src/it/spring-boot-3/pom.xml", of("spring-boot-dependencies"));
        String quarkus = found("src/it/quarkus/pom.xml", of("quarkus-bom"));
        String camelQuarkus = found("src/it/quarkus/pom.xml", of("camel-quarkus-bom"));
        assertThat(page())
                .contains("CXT runs on Camel " + line("camel.oldest.version") + " to " + line("camel.version") + ".")
                .contains("the jar itself asks for " + named("camel.version"))
                .contains("| context made by hand | " + camel("bare-context") + " |")
                .contains("| camel-main | " + camel("camel-main") + " |")
                .contains("| Spring Boot 4 | " + camel("spring-boot") + " | Spring Boot " + boot4 + " |")
                .contains("| Spring Boot 3 | " + camel("spring-boot-3") + " | Spring Boot " + boot3 + " |")
                .contains("| kamelet | " + camel("kamelet") + " |")
                .contains("| Camel CLI | " + camel("camel-cli") + " |")
                .contains("| Quarkus | " + named("camel.oldest.version") + " | Quarkus " + quarkus + ", camel-quarkus "
                        + camelQuarkus + " |");
    }

    private static String camel(String project) throws IOException {
        return named(found("src/it/" + project + "/pom.xml", "@(camel\\.[a-z.]*version)@"));
    }

    private static String named(String property) throws IOException {
        return found("pom.xml", "<" + property + ">(.*?)<");
    }

    private static String line(String property) throws IOException {
        return named(property).replaceFirst("\\.[0-9]+$", "");
    }

    private static String version() throws IOException {
        return found("pom.xml", of("cxone-transcripts"));
    }

    private static String of(String artifact) {
        return "<artifactId>" + artifact + "</artifactId>\\s*<version>(.*?)</version>";
    }

    private static String found(String file, String pattern) throws IOException {
        var found = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }
}
