package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the property reference says of default, range and words is what the settings do. */
class AllSettingsTest {
    private static final Path REFERENCE = Path.of("config/application.properties");
    private static final Pattern RANGE = Pattern.compile("Range: (\\d+) to (\\d+)");
    private static final Pattern WORDS = Pattern.compile("Allowed: ([a-z-]+(?:, [a-z-]+)+)(?:\\s|$)");
    private static final Pattern DEFAULT = Pattern.compile("# Default: (\\S+)");

    @Test
    void each_range_of_the_reference_is_checked_at_both_ends() throws IOException {
        List<String> checked = new ArrayList<>();
        for (Map.Entry<String, String> property : reference().entrySet()) {
            Matcher range = RANGE.matcher(property.getValue());
            if (range.find()) {
                String name = property.getKey();
                long least = Long.parseLong(range.group(1));
                long most = Long.parseLong(range.group(2));

                for (long allowed : new long[] {least, most}) {
                    assertThat(problems(name, "" + allowed)).noneMatch(problem -> problem.startsWith(name + " is "));
                }
                for (long beyond : new long[] {least - 1, most + 1}) {
                    assertThat(problems(name, "" + beyond))
                            .as(name)
                            .anyMatch(problem -> problem.startsWith(name + " is " + beyond)
                                    && problem.contains("%s to %s".formatted(least, most)));
                }
                checked.add(name);
            }
        }
        assertThat(checked).hasSizeGreaterThan(20);
    }

    @Test
    void each_list_of_words_in_the_reference_is_what_is_allowed() throws IOException {
        List<String> checked = new ArrayList<>();
        for (Map.Entry<String, String> property : reference().entrySet()) {
            Matcher words = WORDS.matcher(property.getValue());
            if (words.find()) {
                String name = property.getKey();

                for (String allowed : words.group(1).split(", ")) {
                    assertThat(problems(name, allowed))
                            .noneMatch(problem -> problem.startsWith(name + " is ") && problem.contains("; allowed: "));
                }
                assertThat(problems(name, "nonsense"))
                        .filteredOn(problem -> problem.startsWith(name + " is nonsense; allowed: "))
                        .singleElement()
                        .satisfies(problem -> assertThat(problem.split("allowed: ")[1].split(", "))
                                .containsExactlyInAnyOrder(words.group(1).split(", ")));
                checked.add(name);
            }
        }
        assertThat(checked).hasSizeGreaterThan(9);
    }

    @Test
    void a_property_that_is_not_set_has_the_default_of_the_reference() throws IOException {
        AllSettings asShipped = AllSettings.from(new Settings(values()::get));

        AllSettings without = AllSettings.from(new Settings(REQUIRED::get));

        assertThat(without).usingRecursiveComparison().isEqualTo(asShipped);
        for (Map.Entry<String, String> property : reference().entrySet()) {
            Matcher said = DEFAULT.matcher(property.getValue());
            String value = shipped().getProperty(property.getKey()).strip();
            assertThat(said.find()).as(property.getKey()).isTrue();
            if (!value.isEmpty() && !value.contains("{{")) {
                assertThat(property.getValue()).contains("# Default: " + value);
            }
        }
    }

    private static final Map<String, String> REQUIRED = Map.of(
            "cxone.base-url", "https://api.example.com",
            "cxone.client-id", "client-1",
            "cxone.client-secret", "secret-1",
            "pickup.sftp.enabled", "true",
            "pickup.sftp.host", "sftp.example.com",
            "pickup.sftp.username", "user-1",
            "pickup.sftp.folder", ".",
            "pickup.jms.enabled", "true",
            "pickup.jms.broker-url", "tcp://127.0.0.1:61616");

    private static List<String> problems(String name, String value) throws IOException {
        Map<String, String> values = values();
        if (name.startsWith("cxone.digital.")) {
            values.put("cxone.target", "cxone-digital");
        }
        values.put(name, value);
        Settings settings = new Settings(values::get);
        AllSettings.from(settings);
        Throwable thrown = catchThrowable(settings::check);
        return thrown == null ? List.of() : thrown.getMessage().lines().toList();
    }

    private static Map<String, String> values() throws IOException {
        Properties shipped = shipped();
        Map<String, String> values = new HashMap<>();
        shipped.stringPropertyNames()
                .forEach(name -> values.put(
                        name,
                        shipped.getProperty(name)
                                .replace(
                                        "{{data.dir}}",
                                        Path.of(shipped.getProperty("data.dir"))
                                                .toAbsolutePath()
                                                .normalize()
                                                .toString())));
        values.putAll(REQUIRED);
        return values;
    }

    private static Properties shipped() throws IOException {
        Properties shipped = new Properties();
        shipped.load(new StringReader(Files.readString(REFERENCE)));
        return shipped;
    }

    /** The comment of each property. */
    private static Map<String, String> reference() throws IOException {
        Map<String, String> comments = new HashMap<>();
        for (String block : Files.readString(REFERENCE).split("\n\n")) {
            Matcher name = Pattern.compile("(?m)^([a-z][a-z0-9.-]*) =").matcher(block);
            while (name.find()) {
                comments.put(name.group(1), block.substring(0, name.start()));
            }
        }
        return comments;
    }
}
