package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cxt.audit.FeedSource;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses of a PostgreSQL lead somewhere without proof that it is the one meant. */
class JdbcUrlTest {
    private static final String FULL = "?sslmode=verify-full";

    @TempDir
    Path folder;

    @Test
    @Timeout(20)
    void what_the_driver_did_not_foresee_is_named_and_nobody_is_told_to_report_it() throws Exception {
        try (ServerSocket database = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> {
                try (Socket client = database.accept()) {
                    client.getInputStream().read(new byte[200]);
                    client.getOutputStream().write(new byte[] {'E', 0, 0, 0, 0}); // an error message of no length
                    client.getInputStream().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            answers.start();
            String url = "jdbc:postgresql://127.0.0.1:%s/cxt?sslmode=disable&gssEncMode=disable"
                    .formatted(database.getLocalPort());

            SQLException fault = catchThrowableOfType(SQLException.class, () -> JdbcUrl.connect(url, new Properties()));

            assertThat(Database.reason(fault))
                    .startsWith("the connection failed while it was made (")
                    .doesNotContain("report");
            assertThat(Outage.ofConnection(fault)).isTrue();
            assertThat(Outage.next(fault)).startsWith("See that PostgreSQL is up");
            answers.join();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlite::memory:",
                "jdbc:sqlite:",
                "jdbc:sqlite:?cache=shared",
                "jdbc:sqlite:file:",
                "jdbc:sqlite:file::memory:?cache=shared",
                "jdbc:sqlite:file:x?mode=memory&cache=shared",
                "jdbc:sqlite:file:/x?cache=shared&vfs=memdb",
                "jdbc:sqlite::resource:x.db",
            })
    void an_address_of_sqlite_that_is_no_file_is_refused_for_ledger_and_feed(String url) {
        Map<String, String> values = Map.of("ledger.url", url, "audit.feed-url", url);
        Settings settings = new Settings(values::get);
        LedgerSettings.from(settings);
        FeedSource.from(settings).ifPresent(FeedSource::close);

        assertThatThrownBy(settings::check)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContainingAll("ledger.url is jdbc:sqlite:", "audit.feed-url is jdbc:sqlite:", "no file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:sqlite:x.db", "jdbc:sqlite:file:/x/memory.db?cache=shared", "jdbc:postgresql:cxt"})
    void an_address_that_is_a_file_or_a_server_is_not(String url) {
        Settings settings = new Settings(Map.of("ledger.url", url)::get);
        LedgerSettings.from(settings);

        settings.check();
    }

    @Test
    @Tag("fault-110")
    void another_machine_has_to_prove_that_it_is_the_one_meant() {
        assertThat(of("//db.example.com/cxt")).containsExactly("db.example.com");
        assertThat(of("//db.example.com:5433/cxt?sslmode=require")).containsExactly("db.example.com");
        assertThat(of("//db.example.com/cxt?sslmode=verify-ca")).containsExactly("db.example.com");
        assertThat(of("//db.example.com/cxt?ssl=false")).containsExactly("db.example.com");
        assertThat(of("//db.example.com/cxt?sslMode=verify-full")).containsExactly("db.example.com");
        assertThat(of("//one.example.com,127.0.0.1,two.example.com/cxt"))
                .containsExactly("one.example.com", "two.example.com");
        assertThat(of("//[2001:db8::1]:5432/cxt")).containsExactly("2001:db8::1");
        assertThat(of("//localhost.example.com/cxt")).containsExactly("localhost.example.com");
        assertThat(of("//127.1/cxt")).containsExactly("127.1");
        assertThat(of("//0.0.0.0/cxt")).containsExactly("0.0.0.0");
    }

    @Test
    @Tag("fault-110")
    void the_driver_tells_where_an_address_leads_whatever_it_looks_like() throws Exception {
        Path service = Files.writeString(folder.resolve("services"), "[far]\nhost=db.example.com\ndbname=cxt\n");
        System.setProperty("org.postgresql.pgservicefile", service.toString());
        try {
            assertThat(of("//127.0.0.1/cxt?PGHOST=db.example.com")).containsExactly("db.example.com");
            assertThat(of("?service=far")).containsExactly("db.example.com");
            assertThat(of("?service=far&sslmode=verify-full")).isEmpty();
        } finally {
            System.clearProperty("org.postgresql.pgservicefile");
        }
        assertThat(of("//db.example.com/cxt?sslmode=verify-full&sslmode=require"))
                .isNotEmpty();
        assertThat(of("//db.example.com/cxt?sslmode=require&sslmode=verify-full"))
                .isEmpty();
        assertThat(of("//db.example.com/cxt?sslmode=verify%2Dfull")).isEmpty();
        assertThat(of("//db.example.com/cxt?ssl=true&sslmode=prefer")).isNotEmpty();
        assertThat(of("//db.example.com/cxt" + FULL + "&sslfactory=org.postgresql.ssl.NonValidatingFactory"))
                .isNotEmpty();
        assertThat(of("//db.example.com/cxt" + FULL + "&sslhostnameverifier=x.Any"))
                .isNotEmpty();
        assertThat(of("//db.example.com/cxt" + FULL + "&password=a;sslmode=disable"))
                .isNotEmpty(); // what is cut out of the address as a secret ends there
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//db.example.com/cxt?sslmode=verify-full",
                "//db.example.com/cxt?sslmode=VERIFY-FULL",
                "//db.example.com/cxt?ssl=true",
                "//db.example.com/cxt?ssl",
                "//db.example.com/cxt?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
                "//one.example.com,two.example.com/cxt?sslmode=verify-full",
                "//127.0.0.1/cxt",
                "//LOCALHOST:5432/cxt",
                "//[::1]/cxt",
                "//[0:0:0:0:0:0:0:1]/cxt",
                "cxt",
                "///cxt?socketFactory=org.example.UnixSocket",
                "//127.0.0.1:no-port/cxt"
            })
    @Tag("fault-110")
    void this_machine_and_what_is_proved_are_good(String address) {
        assertThat(of(address)).isEmpty();
    }

    @Test
    @Tag("fault-110")
    void each_address_is_a_problem_of_its_own_unless_its_host_is_named() {
        Map<String, String> properties = new HashMap<>(Map.of(
                "ledger.url", "jdbc:postgresql://one.example.com/cxt?password=canary",
                "audit.feed-url", "jdbc:postgresql://two.example.com/feed"));

        assertThatThrownBy(() -> read(properties))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("ledger.url leads to one.example.com")
                .hasMessageContaining("audit.feed-url leads to two.example.com")
                .hasMessageContaining("sslmode=verify-full")
                .hasMessageContaining("ledger.unverified-hosts")
                .hasMessageNotContaining("canary");

        properties.put("ledger.unverified-hosts", "two.example.com, one.example.com");
        read(properties);
    }

    private static void read(Map<String, String> properties) {
        Settings settings = new Settings(properties::get);
        LedgerSettings.from(settings);
        FeedSource.from(settings);
        settings.check();
    }

    private static List<String> of(String address) {
        return JdbcUrl.unproved("jdbc:postgresql:" + address);
    }
}
