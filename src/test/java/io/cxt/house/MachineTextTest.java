package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written is the same under every locale. {@code %d} and {@code %f} write the digits of the machine's locale,
 * which nothing of ours reads again: {@code %s} writes a whole number in ASCII, all else takes {@code Locale.ROOT}.
 */
class MachineTextTest {
    private static final Pattern LOCAL_DIGITS =
            Pattern.compile("\"[^\"\\n]*%(\\d+\\$)?[-#+ 0,(]*\\d*(\\.\\d+)?[dfeEgGaAtT][^\"\\n]*\"");

    private static final Pattern LOCAL_CASE = Pattern.compile(
            "\\.to(Lower|Upper)Case\\(\\)|NumberFormat\\.|new DecimalFormat|MessageFormat|SimpleDateFormat");

    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    @ParameterizedTest
    @Tag("fault-91")
    @MethodSource("sources")
    void no_text_depends_on_the_locale_of_the_machine(Path source) throws IOException {
        String text = Files.readString(source);

        Matcher found = LOCAL_DIGITS.matcher(text);
        while (found.find()) {
            String call = text.substring(Math.max(0, found.start() - 80), found.start());
            assertThat(call).as(found.group()).contains("Locale.ROOT");
        }
        assertThat(LOCAL_CASE.matcher(text).results().map(each -> each.group())).isEmpty();
    }
}
