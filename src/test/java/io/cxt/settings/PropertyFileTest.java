package io.cxt.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropertyFileTest {

    @TempDir
    Path folder;

    private final Properties reference = new Properties();
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void fill() {
        reference.setProperty("data.dir", "./data");
        reference.setProperty("pickup.file.folder", "{{data.dir}}/inbox");
        reference.setProperty("cxone.client-id", "");
        reference.setProperty("cxone.client-secret", "{{env:SECRET}}");
        reference.setProperty("cxone.max-in-flight", "16");
    }

    @Test
    void the_file_wins_over_the_reference_and_the_environment_over_both() throws Exception {
        environment.put("CXONE_MAX_IN_FLIGHT", "64");

        PropertyFile file = read("cxone.max-in-flight = 32\ncxone.client-id = me\n");

        assertThat(file.get("cxone.max-in-flight")).isEqualTo("64");
        assertThat(file.get("cxone.client-id")).isEqualTo("me");
        assertThat(file.get("data.dir")).isEqualTo("./data");
        assertThat(file.get("cxone.unheard-of")).isNull();
    }

    @Test
    void references_are_replaced_and_follow_what_was_set() throws Exception {
        environment.put("SECRET", "{{data.dir}}");

        PropertyFile file = read("data.dir = /srv/cxt");

        assertThat(file.get("pickup.file.folder")).isEqualTo("/srv/cxt/inbox");
        assertThat(file.get("cxone.client-secret")).isEqualTo("{{data.dir}}"); // a secret is nobody's template
        assertThat(file.all())
                .containsEntry("pickup.file.folder", "/srv/cxt/inbox")
                .hasSize(5);
    }

    @Test
    void a_secret_in_the_environment_is_taken_as_it_is() throws Exception {
        environment.put("CXONE_CLIENT_SECRET", "{{data.dir}}");

        assertThat(read("").get("cxone.client-secret")).isEqualTo("{{data.dir}}");
    }

    @Test
    void what_the_environment_does_not_have_is_nothing() throws Exception {
        assertThat(read("").get("cxone.client-secret")).isEmpty();
        assertThat(read("data.dir = a{{unknown}}b{{c").get("data.dir")).isEqualTo("ab{{c");
    }

    @Test
    void a_reference_to_itself_is_refused() throws Exception {
        PropertyFile file = read("data.dir = {{pickup.file.folder}}");

        assertThatThrownBy(() -> file.get("data.dir"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("refers to itself");
    }

    @Test
    void unknown_names_are_all_refused_with_the_nearest() {
        assertThatThrownBy(() -> read("cxone.clientid = me\npickup.file.foldr = x\ncamel.main.name = fine\n"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("no property cxone.clientid. The nearest is cxone.client-id")
                .hasMessageContaining("no property pickup.file.foldr. The nearest is pickup.file.folder")
                .satisfies(fault -> assertThat(fault.getMessage()).doesNotContain("camel"));
    }

    @Test
    void a_backslash_that_means_nothing_is_explained() {
        assertThatThrownBy(() -> read("data.dir = C:\\users\\me"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("write \\\\ for a backslash");
    }

    @Test
    void without_a_file_the_reference_holds() throws Exception {
        PropertyFile file = PropertyFile.read(folder.resolve("absent"), reference, environment);

        assertThat(file.get("cxone.max-in-flight")).isEqualTo("16");
    }

    private PropertyFile read(String content) throws Exception {
        Path path = Files.writeString(folder.resolve("application.properties"), content);
        return PropertyFile.read(path, reference, environment);
    }
}
