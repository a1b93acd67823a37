package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/faults.md and the tags of the tests say the same. */
class FaultsPageTest {
    private static final int FAULTS = 163;
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| .* \\| (.*) \\|$");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT)(?:\\.\\w+)?)`");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"fault-(\\d+)\"\\)");
    private static final Pattern TEST =
            Pattern.compile("(?m)^ *(?:@Tag\\(\"fault-\\d+\"\\)\\s+)+(?:@[^\\n]*\\s+)*?(?:void|class) (\\w+)");

    /** {@code 24 RetryAfterTest.some_name}, or with the class alone where all of it is meant. */
    private static Set<String> tagged() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().matches(".*(?:Test|IT)\\.java"))
                    .flatMap(FaultsPageTest::tagged)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<String> tagged(Path file) {
        String test = file.getFileName().toString().replace(".java", "");
        return TEST.matcher(text(file)).results().flatMap(found -> numbers(found.group())
                .map(number -> number + " " + (found.group(1).equals(test) ? test : test + "." + found.group(1))));
    }

    private static Stream<String> numbers(String annotations) {
        return TAG.matcher(annotations).results().map(tag -> tag.group(1));
    }

    private static Stream<MatchResult> rows() {
        return ROW.matcher(text(Path.of("docs/faults.md"))).results();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void each_fault_has_its_row_in_order() {
        assertThat(rows().map(row -> Integer.valueOf(row.group(1))))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, FAULTS).boxed().toList());
    }

    @Test
    void each_test_on_the_page_has_the_tag_and_each_tag_is_on_the_page() throws IOException {
        Set<String> named = rows().flatMap(
                        row -> NAMED.matcher(row.group(2)).results().map(test -> row.group(1) + " " + test.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).isEqualTo(tagged());
    }

    @Test
    void a_fault_without_a_test_says_why_in_the_rationale() throws IOException {
        String why = text(Path.of("RATIONALE.md"));
        Set<String> tried = tagged().stream().map(test -> test.split(" ")[0]).collect(Collectors.toSet());

        assertThat(rows().map(row -> row.group(1)).filter(number -> !tried.contains(number)))
                .allSatisfy(number -> assertThat(why).contains("\n| " + number + " | "));
    }
}
