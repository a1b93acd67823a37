package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values are bound, and never written into a statement. */
class StatementsTest {
    /** A text that is SQL, and behind its end a thing that is no text and no constant. */
    private static final Pattern PUT_TOGETHER = Pattern.compile(
            "\"[^\"\\n]*\\b(SELECT|INSERT|UPDATE|DELETE|WHERE|VALUES|FROM|SET|AND|OR)\\b[^\"\\n]*\"\\s*\\+\\s*(?![A-Z_]+\\b)[a-z]\\w*");

    private static final Pattern FORMATTED =
            Pattern.compile("\"[^\"\\n]*\\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\\b[^\"\\n]*%[sd][^\"\\n]*\"");

    /** A number of the database's own, as an int. The driver prepares what has bound values under a name, which must not be here. */
    private static final String OWN_SESSION = "pg_backend_pid() = %s";

    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && !file.getParent().endsWith("cli"))
                    .toList();
        }
    }

    @ParameterizedTest
    @Tag("fault-55")
    @MethodSource("sources")
    void no_statement_is_put_together_from_values(Path source) throws IOException {
        String text = Files.readString(source).replace(OWN_SESSION, "");

        assertThat(PUT_TOGETHER.matcher(text).results().map(found -> found.group()))
                .isEmpty();
        assertThat(FORMATTED.matcher(text).results().map(found -> found.group()))
                .isEmpty();
    }

    @Test
    @Tag("fault-55")
    void the_feed_binds_its_values_by_name() throws IOException {
        String route = Files.readString(Path.of("routes/record-audit.camel.yaml"));

        assertThat(route).contains("ref: cxtTaps\n            method: insert");
        String statement = route.substring(route.indexOf("INSERT INTO"), route.indexOf("ON CONFLICT (delivery"));
        assertThat(statement).doesNotContain("${").doesNotContain("{{");
    }
}
