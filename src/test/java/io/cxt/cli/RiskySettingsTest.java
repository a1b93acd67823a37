package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RiskySettingsTest {

    @TempDir
    Path home;

    private final Map<String, String> properties = new HashMap<>();

    @BeforeEach
    void safe() throws Exception {
        for (String folder : List.of("data", "data/inbox", "data/archive", "config", "routes")) {
            mode(Files.createDirectories(home.resolve(folder)), "rwx------");
        }
        properties.put("data.dir", home.resolve("data").toString());
        properties.put("pickup.file.folder", home.resolve("data/inbox").toString());
        properties.put("archive.folder", home.resolve("data/archive").toString());
        properties.put("cxone.base-url", "https://api.example.com");
        properties.put("ledger.url", "jdbc:sqlite:" + home.resolve("data/ledger.db"));
        properties.put("audit.feed-url", "");
        properties.put("ops.enabled", "true");
        properties.put("ops.host", "127.0.0.1");
    }

    @Test
    void nothing_is_said_of_what_is_safe_or_not_there() throws Exception {
        properties.put("cxone.client-secret-file", file("secret", "rw-------").toString());
        properties.put("audit.checkpoint-key-file", home.resolve("none").toString());
        properties.put("audit.feed-url", "jdbc:postgresql://localhost:5432/cxt");

        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cxone.client-secret-file, rw-r-----",
        "ledger.password-file, rw----r--",
        "audit.feed-password-file, rw-r--r--",
        "audit.checkpoint-key-file, rw-r-----",
        "pickup.sftp.private-key-file, rw-r--r--",
    })
    void a_secret_that_others_can_read(String property, String mode) throws Exception {
        properties.put(property, file("secret", mode).toString());

        assertThat(found()).singleElement().asString().startsWith(property).contains("chmod 600 " + home);
    }

    @ParameterizedTest
    @CsvSource({
        "pickup.sftp.after, keep, no .cxt-owner guards",
        "pickup.sftp.extra-algorithms, ssh-rsa, offers the SFTP"
    })
    @Tag("fault-115")
    void a_folder_without_a_guard_and_a_server_with_weak_algorithms(String property, String value, String said)
            throws Exception {
        properties.put(property, value);
        assertThat(found()).isEmpty();
        properties.put("pickup.sftp.enabled", "true");

        assertThat(found()).singleElement().asString().startsWith(property).contains(said);
    }

    @ParameterizedTest
    @CsvSource({
        "data.dir, data, rwxr-x---, chmod 700",
        "archive.folder, data/archive, rwx-----x, chmod 700",
        "pickup.file.folder, data/inbox, rwx----w-, chmod o-w",
    })
    void a_folder_that_others_get_at(String property, String folder, String mode, String command) throws Exception {
        mode(home.resolve(folder), mode);

        assertThat(found()).singleElement().asString().startsWith(property).contains(command + " " + home);
    }

    @Test
    @Tag("fault-62")
    void an_inbox_that_a_group_may_write_to_is_how_senders_come_in() throws Exception {
        mode(home.resolve("data/inbox"), "rwxrwx---");

        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ledger.url, jdbc:postgresql://127.0.0.1/cxt?user=cxt&password=canary, ledger.password-file",
        "ledger.url, jdbc:postgresql://cxt:canary@127.0.0.1/cxt, ledger.password-file",
        "audit.feed-url, jdbc:other://db/x;PASSWORD=canary, audit.feed-password-file",
        "pickup.jms.broker-url, tcp://cxt:canary@127.0.0.1:61616, pickup.jms.password-file",
        "ledger.unverified-hosts, db.internal, sslmode=verify-full",
        "cxone.base-url, http://127.0.0.1:8080, https",
        "ops.host, 0.0.0.0, 127.0.0.1",
        "ops.host, '::', 127.0.0.1",
    })
    void an_address_that_tells_too_much(String property, String value, String next) throws Exception {
        properties.put(property, value);

        assertThat(found())
                .singleElement()
                .asString()
                .startsWith(property)
                .contains(next)
                .doesNotContain("canary");
    }

    @Test
    void a_name_that_is_set_twice() throws Exception {
        Files.writeString(
                home.resolve("config/application.properties"),
                "cxone.max-in-flight = 4\nops.port = 1\ncxone.max-in-flight = 64\nops.port = 1\n");

        assertThat(found())
                .singleElement()
                .asString()
                .startsWith("cxone.max-in-flight is in " + home)
                .contains("twice, with two values, and the last one counts");
    }

    @Test
    @Tag("fault-66")
    void a_secret_in_the_configuration_file_and_a_program_that_others_can_change() throws Exception {
        Path config = home.resolve("config/application.properties");
        Files.writeString(config, "cxone.client-secret = canary\n");
        mode(config, "rw-----w-");
        mode(home.resolve("routes"), "rwxrwxrwx");

        assertThat(found())
                .hasSize(3)
                .noneMatch(line -> line.contains("canary"))
                .anyMatch(line -> line.startsWith("cxone.client-secret is in"))
                .anyMatch(line -> line.endsWith("chmod o-w " + config))
                .anyMatch(line -> line.endsWith("chmod o-w " + home.resolve("routes")));
    }

    private List<String> found() throws Exception {
        return RiskySettings.in(properties, home);
    }

    private Path file(String name, String mode) throws Exception {
        return mode(Files.writeString(home.resolve(name), "x"), mode);
    }

    private static Path mode(Path path, String mode) throws Exception {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
