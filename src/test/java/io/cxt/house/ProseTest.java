package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages and comments that people read keep to the words of docs/glossary.md and name only what exists. */
class ProseTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*`) \\|");
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\n]*`");
    private static final Pattern ADDRESS = Pattern.compile("\\]\\([^)]*\\)");
    private static final Pattern ANCHOR = Pattern.compile("]\\(([\\w./-]*)#([^)]+)\\)");
    private static final int README_LINES = 150;

    private static Stream<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(
                Path.of("README.md"), Path.of("CHANGELOG.md"), Path.of("RATIONALE.md"), Path.of("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages.stream();
    }

    private static Stream<Path> settings() throws IOException {
        try (Stream<Path> config = Files.walk(Path.of("config"))) {
            return config
                    .filter(file -> file.toString().matches(".*\\.(properties|md|env|xml|service|jslt)"))
                    .toList()
                    .stream();
        }
    }

    /** The first column of the table at the end of the glossary. */
    private static Pattern unused() throws IOException {
        String page = Files.readString(Path.of("docs/glossary.md"));
        String words = ROW.matcher(page.substring(page.indexOf("## Words not used")))
                .results()
                .flatMap(row -> QUOTED.matcher(row.group(1)).results())
                .map(word -> Pattern.quote(word.group(1)).replace(" ", "\\E\\s+\\Q"))
                .collect(Collectors.joining("|"));
        return Pattern.compile("(?i)\\b(?:" + words + ")\\b");
    }

    @Test
    void no_page_and_no_comment_of_a_setting_has_a_word_that_the_glossary_excludes() throws IOException {
        Pattern unused = unused();

        for (Path file : Stream.concat(pages(), settings()).toList()) {
            String prose = ADDRESS.matcher(CODE.matcher(Files.readString(file)).replaceAll(""))
                    .replaceAll("]");
            assertThat(unused.matcher(prose).results().map(found -> context(prose, found.start())))
                    .as(file.toString())
                    .isEmpty();
        }
    }

    private static String context(String text, int at) {
        return text.substring(Math.max(0, at - 30), Math.min(text.length(), at + 40));
    }

    @Test
    void the_readme_is_one_page() throws IOException {
        assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(README_LINES);
    }

    @Test
    void the_files_that_the_architecture_page_names_exist() throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        List<String> there;
        try (Stream<Path> files = Stream.concat(Files.walk(Path.of("src/main/java")), Files.list(Path.of("routes")))) {
            there = files.map(file -> file.getFileName().toString()).toList();
        }

        assertThat(Pattern.compile("(?<=[`/])[\\w-]+\\.(?:java|camel\\.yaml)")
                        .matcher(page)
                        .results()
                        .map(found -> found.group()))
                .isNotEmpty()
                .allMatch(there::contains);
    }

    @Test
    void each_link_to_a_heading_leads_to_one() throws IOException {
        for (Path page : pages().toList()) {
            for (MatchResult link :
                    ANCHOR.matcher(Files.readString(page)).results().toList()) {
                Path to = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(anchors(to)).as("link of %s", page).contains(link.group(2));
            }
        }
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }
}
