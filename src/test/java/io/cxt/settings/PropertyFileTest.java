package io.cxt.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        reference.setProperty("cxone.requests-per-second", "50");
        reference.setProperty("ledger.url", "");
        reference.setProperty("archive.folder", "");
        reference.setProperty("ops.host", "127.0.0.1");
        reference.setProperty("ops.port", "9876");
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
                .hasSize(10);
    }

    @Test
    void a_secret_in_the_environment_is_taken_as_it_is() throws Exception {
        environment.put("CXONE_CLIENT_SECRET", "{{data.dir}}");

        assertThat(read("").get("cxone.client-secret")).isEqualTo("{{data.dir}}");
        environment.put("CXONE_CLIENT_SECRET", "a${x}{{b");
        assertThat(read("").get("cxone.client-secret")).isEqualTo("a${x}{{b");
        environment.put("CXONE_CLIENT_SECRET", "${SECRET}"); // of a host that found no such name
        assertThatThrownBy(() -> read("")).hasMessageContaining("has ${SECRET}, which CXT does not replace");
    }

    @CsvSource(
            delimiter = '|',
            value = {
                "cxone.client-id = {{my.polcy}}        | cxone.client-id has {{my.polcy}}, and there is no property my.polcy. The nearest is my.policy",
                "cxone.max-in-flight = 1{{nope}}       | cxone.max-in-flight has {{nope}}, and there is no property nope. Set it",
                "my.rate = {{tenant.rate}}             | my.rate has {{tenant.rate}}",
                "my.rate = {{a.{{nope}}}}              | my.rate has {{nope}}",
                "ops.host = {{my.policy}}{{b.c}}       | ops.host has {{b.c}}",
                "ops.host = {{file:/run/x}}            | ops.host has a placeholder {{…}} that CXT does not know: {{file:/run/x}}",
                "ops.host = {{}}                       | ops.host has a placeholder {{…}} that CXT does not know",
                "ops.host = ${OPS_HOST}                | ops.host has ${OPS_HOST}, which CXT does not replace. Write {{OPS_HOST}}",
                "ops.host = ${OPS_HOST:x}              | {{env:OPS_HOST}}",
                "ops.host = {{data.dir}/x              | ops.host has {{ without }}",
                "data.dir = {{pickup.file.folder}}     | data.dir refers to itself",
                "cxone.client-secret = ${env.X}        | cxone.client-secret has ${env.X}, which CXT does not replace",
                "cxone.client-secret = a{{hush}}       | cxone.client-secret has a placeholder {{…}} that CXT does not know. Write",
                "my.rate = {{cxone.rate:5}}            | 5",
            })
    @ParameterizedTest
    void a_placeholder_that_names_no_property_is_refused_at_once(String line, String words) throws Exception {
        if (words.equals("5")) {
            assertThat(read(line).get("my.rate")).isEqualTo("5");
            return;
        }
        assertThatThrownBy(() -> read("my.policy = cards\n" + line))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("hush");
    }

    @CsvSource({
        "{{env:NOT_THERE}}, 'cxone.client-id has {{env:NOT_THERE}}, and the environment has no NOT_THERE. Set it there, or write {{env:NOT_THERE:VALUE}}'",
        "{{env:EMPTY}}, 'cxone.client-id has {{env:EMPTY}}, and the environment has no EMPTY'",
        "{{sys:not.there}}, 'cxone.client-id has {{sys:not.there}}, and Java has no option -Dnot.there'",
    })
    @ParameterizedTest
    void what_only_the_process_lacks_is_refused_when_it_is_read(String value, String words) throws Exception {
        environment.put("EMPTY", "");
        PropertyFile file = read("cxone.client-id = " + value);

        assertThat(file.get("data.dir")).isEqualTo("./data");
        assertThat(file.readable()).containsEntry("cxone.client-id", value);
        assertThatThrownBy(() -> file.get("cxone.client-id")).hasMessageContaining(words);
        assertThatThrownBy(file::all)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("cxone.client-secret has {{env:SECRET}}");
    }

    @Test
    void a_placeholder_in_the_environment_is_refused_by_the_name_there() {
        environment.put("CXONE_REQUESTS_PER_SECOND", "{{x}}");

        assertThatThrownBy(() -> read(""))
                .hasMessageStartingWith("CXONE_REQUESTS_PER_SECOND (cxone.requests-per-second) has {{x}}");
    }

    @CsvSource({
        "{{env:NOPE:5}}, 5",
        "{{env:EMPTY:5}}, 5",
        "{{sys:nope:5}}, 5",
        "{{my.nope:5}}, 5",
        "{{my.rate:5}}, 7",
        "{{env:RATE:5}}, 8",
        "{{sys:cxt.test.rate}}, 9",
        "{{?my.nope}}, 50",
        "{{my.nope:}}, 50",
        "{{my.{{env:WHICH}}}}, 7",
        "{{my.nope:{{my.rate}}}}, 7",
        "1{{my.rate}}2{{my.rate}}, 1727",
        "{{MY_NUMBER}}, 6",
        "x\\\\{{no\\\\}}y, x{{no}}y",
    })
    @ParameterizedTest
    void placeholders_are_replaced_as_camel_does(String value, String replaced) throws Exception {
        environment.putAll(Map.of("EMPTY", "", "RATE", "8", "WHICH", "rate", "MY_NUMBER", "6"));
        System.setProperty("cxt.test.rate", "9");
        try {
            PropertyFile file = read("my.rate = 7\ncxone.requests-per-second = " + value);

            assertThat(file.get("cxone.requests-per-second")).isEqualTo(replaced);
        } finally {
            System.clearProperty("cxt.test.rate");
        }
    }

    @Test
    void values_that_are_replaced_already_are_no_templates() {
        assertThat(PropertyFile.resolved(Map.of("data.dir", "a{{b}}")).all()).containsEntry("data.dir", "a{{b}}");
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

    @CsvSource({
        "CXONE_CLIENTID, CXONE_CLIENT_ID",
        "cxone_client_id, CXONE_CLIENT_ID",
        "CXONE_ANYTHING_ELSE, CXONE_",
        "CXONE_REQUEST_PER_SECOND, CXONE_REQUESTS_PER_SECOND",
        "CXON_REQUESTS_PER_SECOND, CXONE_REQUESTS_PER_SECOND",
        "CXNOE_CLIENT_ID, CXONE_CLIENT_ID",
        "PICKUP_FILE_FODLER, PICKUP_FILE_FOLDER",
        "PCKUP_FILE_FODLER, PICKUP_FILE_FOLDER",
        "DATA_DRI, DATA_DIR",
        "LEDGER_URI, LEDGER_URL",
        "LEGDER_URL, LEDGER_URL",
        "CXT_CXONE_CLIENTID, CXT_CXONE_CLIENT_ID",
        "CXT_DATADIR, CXT_DATA_DIR",
        "CXT_ANYTHING, CXT_",
        "CTX_CXONE_CLIENT_ID, CXT_CXONE_CLIENT_ID",
        "CXONE_PORT, CXONE_",
    })
    @Tag("fault-119")
    @ParameterizedTest
    void a_name_in_the_environment_that_is_nearly_ours_is_refused_with_the_nearest(String name, String nearest) {
        environment.put(name, "1");

        assertThatThrownBy(() -> read(""))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("environment: " + name + " is no setting of CXT. The nearest is " + nearest);
    }

    @Test
    @Tag("fault-119")
    void names_of_other_software_and_of_a_site_are_let_be() throws Exception {
        for (String name :
                ("CXONE_STUB_SERVICE_HOST=10.0.0.1 CXONE_PORT_443_TCP_ADDR=10.0.0.1 CXONE_PORT=tcp://10.0.0.1:443"
                                + " LEDGER_PORT=tcp://10.0.0.1:5432 PICKUP_SERVICE_PORT_HTTP=80 CXT_SERVICE_HOST=10.0.0.1"
                                + " CXT_PORT=tcp://10.0.0.1:9876 OPS_PORT=tcp://10.0.0.1:9876 PICKUP_NAME=/app/pickup"
                                + " CXONE_ENV_LANG=C CXT_HOME=/opt/cxt CXT_CACHE=off CXT_COMMAND=cxt DATADIR=/data"
                                + " DATA_SOURCE=x LEDGER_PASSWORD=x AUDIT_LOG=x OPS_TEAM=x UPS_HOST=x XDG_DATA_DIRS=x"
                                + " CXONE_TENANT_TOKEN=x PICKUP_OF_THE_ROUTE=x PICKUP=x SECOND_FOLDER=/srv HOME=/ PATH=/bin")
                        .split(" ")) {
            environment.put(name.replaceFirst("=.*", ""), name.replaceFirst("[^=]*=", ""));
        }

        PropertyFile file = read("second.folder = x\nmy.token = {{env:CXONE_TENANT_TOKEN}}\narchive2.folder = y\n"
                + "picup.file.folder = my own, for a route\ncamel.main.name = fine\n");

        assertThat(file.get("second.folder")).isEqualTo("/srv");
        assertThat(file.get("ops.port")).isEqualTo("9876");
        assertThat(file.fromEnvironment()).containsExactly("SECOND_FOLDER");
    }

    @Test
    @Tag("fault-119")
    void a_first_word_that_is_nearly_ours_is_refused_in_the_file_too() {
        assertThatThrownBy(() -> read("cxon.client-id = a\npickpu.file.folder = b\nCXONE_CLIENT_ID = c\n"
                        + "cxt.cxone.client-id = d\nlegder.url = e\nsecond.folder = fine\n"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(
                        "no property cxon.client-id. The nearest is cxone.client-id",
                        "no property pickpu.file.folder. The nearest is pickup.file.folder",
                        "no property CXONE_CLIENT_ID. The nearest is cxone.client-id",
                        "no property cxt.cxone.client-id. The nearest is cxone.client-id",
                        "no property legder.url. The nearest is ledger.url")
                .hasMessageNotContaining("second");
    }

    @Test
    @Tag("fault-119")
    void an_option_of_javas_that_is_nearly_ours_is_refused() {
        for (String name : List.of("cxone.clientid", "cxon.client-id", "cxt.cxone.client-id", "ledger.uri")) {
            System.setProperty(name, "x");
            try {
                assertThatThrownBy(() -> read(""))
                        .isInstanceOf(InvalidSettingsException.class)
                        .hasMessageStartingWith("-D" + name + ": there is no property " + name + ". The nearest is ");
            } finally {
                System.clearProperty(name);
            }
        }
    }

    @Test
    @Tag("fault-119")
    void a_name_with_cxt_before_it_wins_over_the_plain_one_and_both_are_told_by_name() throws Exception {
        environment.put("DATA_DIR", "/of/the/base/image");
        environment.put("CXT_DATA_DIR", " /srv/cxt\n");
        environment.put("CXONE_MAX_IN_FLIGHT", "");

        PropertyFile file = read("cxone.max-in-flight = 32\ncxone.client-id = {{env:NOT_THERE}}\n");

        assertThat(file.get("pickup.file.folder")).isEqualTo("/srv/cxt/inbox");
        assertThat(file.get("cxone.max-in-flight")).as("empty is the default").isEqualTo("16");
        assertThat(file.fromEnvironment()).containsExactly("CXONE_MAX_IN_FLIGHT", "CXT_DATA_DIR");
        assertThat(file.origin("data.dir")).isEqualTo("CXT_DATA_DIR");
        assertThat(file.origin("cxone.client-id")).isEqualTo("file");
        assertThat(file.origin("ops.port")).isEqualTo("default");
    }

    @Test
    @Tag("fault-119")
    void a_folder_that_nothing_stands_for_is_not_the_root_of_the_disk() throws Exception {
        PropertyFile file = read("data.dir = {{env:NOT_THERE}}");

        assertThatThrownBy(() -> file.get("pickup.file.folder")).hasMessageContaining("data.dir has {{env:NOT_THERE}}");
    }

    @Test
    @Tag("fault-119")
    void a_value_in_quotes_is_refused_and_not_repeated() {
        environment.put("CXONE_CLIENT_SECRET", "\"hush\"");
        environment.put("CXT_DATA_DIR", "'/srv'");

        assertThatThrownBy(() -> read("cxone.client-id = \"me\""))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll(
                        "CXONE_CLIENT_SECRET: the value is in quotes",
                        "CXT_DATA_DIR: the value",
                        "cxone.client-id: the value",
                        "Remove them")
                .hasMessageNotContainingAny("hush", "srv");
    }

    @Test
    @Tag("fault-123")
    void a_file_from_windows_is_read_and_one_that_cannot_be_read_is_refused_with_words() throws Exception {
        Path path = folder.resolve("application.properties");

        assertThat(read("\uFEFFcxone.max-in-flight = 9\r\ncxone.client-id = me\r\n")
                        .get("cxone.max-in-flight"))
                .isEqualTo("9");

        Files.write(path, new byte[] {'a', '=', (byte) 0xFC});
        assertRefused(path, "is not in UTF-8");
        Files.delete(path);
        Files.createDirectory(path);
        assertRefused(path, "is a folder");
        Files.delete(path);
        Files.createSymbolicLink(path, folder.resolve("nowhere"));
        assertRefused(path, "is a link that leads nowhere");
    }

    private void assertRefused(Path path, String why) {
        assertThatThrownBy(() -> PropertyFile.read(path, reference, environment))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageStartingWith(path + " " + why);
    }

    private PropertyFile read(String content) throws Exception {
        Path path = Files.writeString(folder.resolve("application.properties"), content);
        return PropertyFile.read(
                path, reference, environment, Map.of(), "uri: {{picup.file.folder}} {{env:PICKUP_OF_THE_ROUTE}}");
    }
}
