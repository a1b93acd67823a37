package io.cxt.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
    @TempDir
    Path lib;

    private final Map<String, String> properties = new HashMap<>(Map.of("cxone.requests-per-second", "5"));
    private final Map<String, String> environment = new HashMap<>(Map.of("PATH", "/bin"));

    @Test
    @Tag("fault-111")
    void a_library_that_is_added_or_changed_changes_it_also_when_its_size_stays() throws Exception {
        jar("driver.jar", "one");
        String before = fingerprint();
        assertThat(fingerprint()).isEqualTo(before);

        jar("driver.jar", "two");
        assertThat(fingerprint()).isNotEqualTo(before);
        jar("driver.jar", "one");
        assertThat(fingerprint()).isEqualTo(before);
        jar("more.jar", "one");
        assertThat(fingerprint()).isNotEqualTo(before);
        Files.writeString(lib.resolve("more.jar"), "no jar at all");
        assertThat(fingerprint()).isNotEqualTo(before);
        Files.delete(lib.resolve("more.jar"));
        assertThat(fingerprint()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA_OPTS, -Xmx1g",
        "JAVA_TOOL_OPTIONS, -javaagent:x.jar",
        "JDK_JAVA_OPTIONS, -Dx=y",
        "CAMEL_MAIN_TRACING, true",
        "CAMEL_COMPONENT_HTTP_PROXY_HOST, elsewhere"
    })
    @Tag("fault-111")
    void an_option_that_changes_what_runs_changes_it(String name, String value) throws Exception {
        String before = fingerprint();

        environment.put(name, value);

        assertThat(fingerprint()).isNotEqualTo(before);
    }

    @Test
    @Tag("fault-111")
    void what_has_no_part_in_it_does_not() throws Exception {
        String before = fingerprint();

        environment.put("PATH", "/usr/bin");

        assertThat(fingerprint()).isEqualTo(before);
    }

    /** Who has the fingerprint and all but the secret must not be able to try secrets. */
    @ParameterizedTest
    @CsvSource({
        "JAVA_OPTS, -Djavax.net.ssl.trustStorePassword=%s -Xmx1g",
        "JAVA_OPTS, '-Dproxy.password=\"%s two\" -Xmx1g'",
        "CAMEL_COMPONENT_JMS_PASSWORD, %s",
        "CAMEL_COMPONENT_JMS_URL, amqp://user:%s@broker",
        "ledger.url, jdbc:postgresql://db/cxt?user=cxt&password=%s&ssl=true",
        "cxone.client-secret, %s"
    })
    @Tag("fault-111")
    void a_secret_has_no_part_in_it(String name, String value) throws Exception {
        Map<String, String> where = name.contains(".") ? properties : environment;
        where.put(name, value.formatted("hunter1"));
        String before = fingerprint();

        where.put(name, value.formatted("hunter2"));

        assertThat(fingerprint()).isEqualTo(before);
    }

    private String fingerprint() throws IOException {
        File[] jars = lib.toFile().listFiles();
        StringBuilder classPath = new StringBuilder(lib.toString());
        for (File jar : jars) {
            classPath.append(File.pathSeparator).append(jar);
        }
        return Fingerprint.of(properties, Fingerprint.program(classPath.toString(), environment));
    }

    private void jar(String name, String content) throws IOException {
        try (OutputStream out = Files.newOutputStream(lib.resolve(name));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry("a.class");
            entry.setTime(0);
            entry.setMethod(ZipEntry.STORED);
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            CRC32 crc = new CRC32();
            crc.update(bytes);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(bytes);
        }
    }
}
