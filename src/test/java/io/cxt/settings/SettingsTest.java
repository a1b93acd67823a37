package io.cxt.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @TempDir
    Path folder;

    private final Map<String, String> properties = new HashMap<>();
    private final Settings settings = new Settings(properties::get);

    @Test
    void every_problem_is_said_at_once() {
        properties.putAll(Map.of("a", "x", "b", "11", "c", "yes", "d", "red", "f", "99999999999999999999"));

        settings.number("a", 1, 0, 10);
        settings.number("b", 1, 0, 10);
        settings.flag("c", true);
        settings.choice("d", "green", "green", "blue");
        settings.required("cxone.client-id", "the id");
        settings.integer("f", 1, 0, 10);

        assertThatThrownBy(settings::check)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(
                        "a is x; allowed: whole numbers from 0 to 10",
                        "b is 11; allowed: whole numbers from 0 to 10",
                        "c is yes; allowed: true, false",
                        "d is red; allowed: green, blue",
                        "cxone.client-id is not set: the id.",
                        "CXONE_CLIENT_ID in the environment",
                        "f is 99999999999999999999");
    }

    @Test
    void both_bounds_are_allowed_and_blank_is_not_set() {
        properties.putAll(Map.of("least", "0", "most", " 10 ", "blank", "  "));

        assertThat(settings.number("least", 5, 0, 10)).isZero();
        assertThat(settings.number("most", 5, 0, 10)).isEqualTo(10);
        assertThat(settings.number("blank", 5, 0, 10)).isEqualTo(5);
        settings.check();
    }

    @Test
    void a_secret_comes_from_a_file_without_its_last_line_break() throws Exception {
        properties.put("key-file", secret(" hush hush \r\n", "rw-------"));

        assertThat(settings.secret("key")).hasValue(" hush hush ");
        settings.check();
    }

    @Test
    void a_byte_order_mark_is_no_part_of_a_secret() throws Exception {
        properties.put("key-file", secret("\uFEFFhush\r\n", "rw-------"));

        assertThat(settings.secret("key")).hasValue("hush");
        settings.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hush\nmore", "hush\r\nmore\r\n", "hush\n\n", "\nhush", "hush\rmore"})
    void a_secret_of_more_than_one_line_is_refused_and_not_repeated(String content) throws Exception {
        properties.put("key-file", secret(content, "rw-------"));
        properties.put("other", "hush\nmore");

        assertThat(settings.secret("key")).isEmpty();
        assertThat(settings.secretFile("key-file")).isEmpty();
        assertThat(settings.secret("other")).isEmpty();
        assertThat(settings.secretText("key-file")).as("a key of its own form").isPresent();
        assertThatThrownBy(settings::check)
                .hasMessageContaining("key-file: " + properties.get("key-file") + " has more than one line")
                .hasMessageContaining("other has more than one line")
                .hasMessageContaining("at most one line break at its end")
                .hasMessageNotContaining("hush");
    }

    @Test
    void a_secret_in_another_encoding_or_of_a_byte_order_mark_alone_is_refused() throws Exception {
        Path utf16 = Path.of(secret("", "rw-------"));
        Files.write(utf16, new byte[] {(byte) 0xFF, (byte) 0xFE, 'h', 0});
        properties.put("key-file", utf16.toString());
        assertThat(settings.secret("key")).isEmpty();
        Files.writeString(utf16, "\uFEFF\n");
        assertThat(settings.secret("key")).isEmpty();
        properties.put("key-file", utf16.getParent().toString());
        assertThat(settings.secret("key")).isEmpty();

        assertThatThrownBy(settings::check)
                .hasMessageContainingAll(
                        "is not text in UTF-8. Save it",
                        "is empty. Write the secret into it, or correct the name",
                        "is a folder. Name the file in it");
    }

    @Test
    @Tag("fault-58")
    void a_secret_that_others_can_read_is_refused_and_not_repeated() throws Exception {
        properties.put("key-file", secret("hush", "rw-r--r--"));

        assertThat(settings.secret("key")).isEmpty();

        assertThatThrownBy(settings::check)
                .hasMessageContaining("key-file: others can read")
                .hasMessageContaining("chmod 600")
                .satisfies(fault -> assertThat(fault.getMessage()).doesNotContain("hush"));
    }

    @Test
    void a_secret_that_is_empty_or_missing_is_refused() throws Exception {
        properties.put("key-file", secret("\n", "rw-------"));
        properties.put("other-file", folder.resolve("absent").toString());

        assertThat(settings.secret("key")).isEmpty();
        assertThat(settings.secret("other")).isEmpty();

        assertThatThrownBy(settings::check).hasMessageContainingAll("is empty", "absent does not exist. Create it");
    }

    private String secret(String content, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file.toString();
    }
}
