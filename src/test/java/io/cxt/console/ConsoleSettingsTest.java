package io.cxt.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cxt.settings.Settings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleSettingsTest {
    private static final String SECRET = "CANARY-secret-of-16";

    @TempDir
    Path scratch;

    /** Each way to bind it × each way to sign in: starts or refuses. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, token, '',        '',        starts",
        "localhost, token, '',        '',        starts",
        "::1,       token, '',        '',        starts",
        "127.0.0.2, token, '',        '',        starts",
        "0.0.0.0,   token, '',        '',        refuses",
        "::,        token, '',        '',        refuses",
        "10.0.0.5,  token, '',        '',        refuses",
        "0.0.0.0,   token, 10.0.0.1,  " + SECRET + ", refuses",
        "127.0.0.1, proxy, '',        '',        refuses",
        "127.0.0.1, proxy, 127.0.0.1, '',        refuses",
        "127.0.0.1, proxy, '',        " + SECRET + ", refuses",
        "127.0.0.1, proxy, 127.0.0.1, short,     refuses",
        "0.0.0.0,   proxy, '',        '',        refuses",
        "0.0.0.0,   proxy, 10.0.0.1,  '',        refuses",
        "0.0.0.0,   proxy, proxy.example.com, " + SECRET + ", refuses",
        "0.0.0.0,   proxy, 10.0.0.0/8, " + SECRET + ", refuses",
        "127.0.0.1, proxy, 127.0.0.1, " + SECRET + ", starts",
        "0.0.0.0,   proxy, 10.0.0.1,  " + SECRET + ", starts",
        "10.0.0.5,  proxy, '10.0.0.1, ::1', " + SECRET + ", starts",
        "0.0.0.0,   '',    '',        '',        refuses",
        "0.0.0.0,   none,  10.0.0.1,  " + SECRET + ", refuses",
    })
    @Tag("fault-64")
    void without_a_safe_way_to_sign_in_it_does_not_start(
            String host, String signIn, String proxies, String secret, String outcome) {
        Settings settings = settings(Map.of(
                "console.host", host,
                "console.sign-in", signIn,
                "console.proxies", proxies,
                "console.proxy-secret", secret));

        ConsoleSettings console = ConsoleSettings.from(settings);

        Throwable refusal = catchThrowable(settings::check);
        assertThat(refusal == null).isEqualTo(outcome.equals("starts"));
        if (refusal != null) {
            assertThat(refusal.getMessage()).contains("console.").doesNotContain("CANARY");
        }
        assertThat(console.toString()).doesNotContain("CANARY");
    }

    @Test
    void a_refusal_says_what_to_set() {
        Settings settings = settings(Map.of("console.host", "0.0.0.0"));

        ConsoleSettings.from(settings);

        assertThat(catchThrowable(settings::check))
                .hasMessage(
                        "console.host is 0.0.0.0 and others can reach it. Set it to 127.0.0.1; or set console.sign-in to"
                                + " proxy, with console.proxies and console.proxy-secret-file");
    }

    @Test
    void the_secret_comes_from_a_file_that_others_cannot_read() throws Exception {
        Path file = Files.writeString(scratch.resolve("secret"), SECRET + "\n");
        Map<String, String> values = Map.of(
                "console.sign-in",
                "proxy",
                "console.proxies",
                "127.0.0.1",
                "console.proxy-secret-file",
                file.toString());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Settings open = settings(values);
        ConsoleSettings.from(open);
        assertThat(catchThrowable(open::check))
                .hasMessageContaining("others can read")
                .hasMessageContaining("chmod 600");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Settings closed = settings(values);
        assertThat(ConsoleSettings.from(closed).proxySecret()).isEqualTo(SECRET);
        closed.check();
    }

    @Test
    void zone_and_headers_must_be_some() {
        Settings settings = settings(Map.of(
                "console.time-zone",
                "Europe/Berlinn",
                "console.user-header",
                "X User",
                "console.groups-header",
                "a:b"));

        ConsoleSettings.from(settings);

        assertThat(catchThrowable(settings::check))
                .hasMessageContaining("console.time-zone is Europe/Berlinn")
                .hasMessageContaining("console.user-header is X User")
                .hasMessageContaining("console.groups-header is a:b");
    }

    private static Settings settings(Map<String, String> values) {
        return new Settings(new HashMap<>(values)::get);
    }

    /** Both are from the npm package htmx.org 4.0.1, its folder dist; 0BSD. A newer one takes the place of these on purpose. */
    @ParameterizedTest
    @CsvSource({
        "htmx-4.0.1.min.js,   a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
        "hx-sse-4.0.1.min.js, 18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
    })
    void the_scripts_are_those_that_were_looked_at(String file, String sha256) throws Exception {
        try (InputStream script = Console.class.getResourceAsStream(file)) {
            byte[] content = script.readAllBytes();
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content)))
                    .isEqualTo(sha256);
        }
    }
}
