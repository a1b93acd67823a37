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

    private static String version() throws IOException {
        var found = Pattern.compile("<artifactId>cxone-transcripts</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }
}
