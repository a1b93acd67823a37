package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Keystore;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CxoneSettingsTest {

    private final Map<String, String> properties = new HashMap<>(Map.of(
            "cxone.base-url", "https://api.example.com/",
            "cxone.client-id", "me",
            "cxone.client-secret", "hush"));

    @Test
    void three_properties_are_enough() {
        CxoneSettings settings = read();

        assertThat(settings.baseUrl()).isEqualTo("https://api.example.com");
        assertThat(settings.credentials().scope()).isEqualTo("conversations:chat:write conversations:read");
        assertThat(settings.maxInFlight()).isEqualTo(16);
        assertThat(settings.requestsPerSecond()).isEqualTo(50);
        assertThat(settings.maxRetries()).isEqualTo(5);
        assertThat(settings.maxWait()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.inDoubt()).isEqualTo(InDoubt.RESEND);
        assertThat(settings.toString()).doesNotContain("hush");
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        properties.clear();
        properties.put("cxone.target", "conversation");
        properties.put("cxone.max-in-flight", "0");
        properties.put("cxone.in-doubt", "maybe");

        assertThatThrownBy(this::read)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("cxone.target is conversation; allowed: conversations")
                .hasMessageContaining("cxone.base-url is not set")
                .hasMessageContaining("cxone.client-id is not set")
                .hasMessageContaining("cxone.client-secret is not set")
                .hasMessageContaining("cxone.max-in-flight is 0; allowed: whole numbers from 1 to 512")
                .hasMessageContaining("cxone.in-doubt is maybe; allowed: resend, park, lookup");
    }

    @Test
    void a_secret_that_is_refused_is_not_called_missing() {
        properties.put("cxone.client-secret", "one\ntwo");

        assertThatThrownBy(this::read)
                .hasMessageContaining("cxone.client-secret has more than one line")
                .hasMessageNotContaining("is not set");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            trust-store | none.p12  |          | is no file. Correct the name, or put the file there
            trust-store | folder    |          | is a folder. Name the file in it
            trust-store | empty     |          | is empty. Get it again from where it was made
            trust-store | noise     |          | is neither PKCS#12 nor JKS nor PEM, or is damaged. Get it again from where it was made
            trust-store | good.der  |          | is a certificate in DER form. Make a PEM file of it: openssl x509 -inform DER -in FILE -out FILE.pem
            trust-store | key.pem   |          | is a PEM file without a certificate. Name a file that holds the authority's, from BEGIN CERTIFICATE on
            key-store   | good.der  |          | is a certificate without its key. Make a PKCS#12 file of both: openssl pkcs12 -export
            key-store   | good.p12  |          | has a password. Set cxone.key-store-password-file, which names the file that holds it
            keyStore    | good.p12  |          | has a password. Set javax.net.ssl.keyStorePassword in JAVA_OPTS
            trust-store | good.p12  | wrong    | cannot be opened with the password of cxone.trust-store-password-file
            trust-store | good.p12  |          | holds no certificate that Java trusts, or needs a password to show it
            key-store   | good.p12  | wrong    | cannot be opened with the password of cxone.key-store-password-file
            key-store   | good.pem  |          | is a PEM file. Make a PKCS#12 file of it: openssl pkcs12 -export
            trustStore  | good.pem  |          | is a PEM file. Java takes none there; name it in cxone.trust-store instead
            trustStore  | good.p12  | wrong    | cannot be opened with the password of javax.net.ssl.trustStorePassword
            keyStore    | good.p12  | wrong    | cannot be opened with the password of javax.net.ssl.keyStorePassword
            """)
    @Tag("fault-106")
    void what_is_wrong_with_a_store_is_said_at_the_start(
            String store, String file, String password, String words, @TempDir Path folder) throws Exception {
        Keystore.make(folder.resolve("good.p12")).certificate(folder.resolve("good.pem"));
        Files.writeString(folder.resolve("noise"), "noise");
        Files.createFile(folder.resolve("empty"));
        Files.createDirectory(folder.resolve("folder"));
        String pem = Files.readString(folder.resolve("good.pem"));
        Files.write(folder.resolve("good.der"), Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", "")));
        Files.writeString(
                folder.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nbm9pc2U=\n-----END PRIVATE KEY-----\n");
        String named = folder.resolve(file).toString();
        boolean javas = store.endsWith("Store");
        String property = (javas ? "javax.net.ssl." : "cxone.") + store;
        try {
            if (javas) {
                System.setProperty(property, named);
                System.setProperty(property + "Password", password == null ? "" : password);
            } else {
                properties.put(property, named);
                if (password != null) {
                    Path secret = Files.writeString(folder.resolve("secret"), password);
                    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
                    properties.put(property + "-password-file", secret.toString());
                }
            }

            assertThatThrownBy(this::read).hasMessageContaining(property + " is " + named + ", which " + words);
        } finally {
            System.clearProperty(property);
            System.clearProperty(property + "Password");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "http://127.0.0.1", "http://[::1]:80", "https://host:8443/base"})
    void an_address_is_taken(String url) {
        properties.put("cxone.base-url", url);

        assertThat(read().baseUrl()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"api.example.com", "ftp://host", "https://", "https://host?x=1", "https://host#x", "ht tp:"})
    void what_is_no_address_is_refused(String url) {
        properties.put("cxone.base-url", url);

        assertThatThrownBy(this::read).hasMessageContaining("must look like https://api.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://api.example.com", "http://127.0.0.1.example.com", "http://localhost.example.com"})
    void clear_text_leaves_the_machine_never(String url) {
        properties.put("cxone.base-url", url);

        assertThatThrownBy(this::read).hasMessageContaining("use https");
    }

    @ParameterizedTest
    @CsvSource({"https://me:hush2@host", "https://me:hush2@ho st/", "https://host/?key=hush2"})
    void a_password_in_the_address_is_not_repeated(String url) {
        properties.put("cxone.base-url", url);

        assertThatThrownBy(this::read).satisfies(fault -> assertThat(fault.getMessage())
                .contains("cxone.base-url")
                .doesNotContain("hush"));
    }

    @ParameterizedTest
    @CsvSource({
        "proxy.example.com:3128, proxy.example.com:3128",
        "http://proxy.example.com:3128, proxy.example.com:3128",
        "10.1.2.3:8080, 10.1.2.3:8080",
        "[::1]:3128, [::1]:3128"
    })
    @Tag("fault-114")
    void a_proxy_is_taken(String value, String address) {
        properties.put("cxone.proxy", value);

        assertThat(read().way()).isEqualTo("https://api.example.com through the proxy " + address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example.com",
                "proxy.example.com:0",
                "proxy.example.com:70000",
                "proxy.example.com:port",
                "https://proxy.example.com:3128",
                "socks5://proxy.example.com:1080",
                "http://proxy.example.com:3128/pac",
                "http://me:s3cret@proxy.example.com:3128",
                "me:s3cret@proxy.example.com:3128",
                "proxy.example.com:3128?password=s3cret",
                "pro xy:3128",
                ":3128"
            })
    @Tag("fault-114")
    void what_is_no_proxy_is_refused_and_no_password_in_it_repeated(String value) {
        properties.put("cxone.proxy", value);

        assertThatThrownBy(this::read)
                .hasMessageContaining("it must look like proxy.example.com:3128")
                .hasMessageContaining("cxone.proxy-password-file")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    @Tag("fault-114")
    void what_goes_with_a_proxy_goes_together(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hush-hush");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        properties.put("cxone.proxy-password-file", secret.toString());
        assertThatThrownBy(this::read).hasMessageContaining("cxone.proxy is not set, and");
        properties.put("cxone.proxy", "proxy.example.com:3128");
        assertThatThrownBy(this::read).hasMessageContaining("set both, or neither");
        properties.put("cxone.proxy-username", "me");

        assertThat(read().toString() + read().proxy()).doesNotContain("hush-hush", "me:");
        assertThat(read().secrets()).contains("hush-hush");
        properties.put("cxone.proxy-username", "me:you");
        assertThatThrownBy(this::read).hasMessageContaining("holds a colon");
    }

    @Test
    @Tag("fault-114")
    void what_java_and_the_environment_say_of_a_proxy_is_named_without_its_value() {
        Properties java = new Properties();
        Map<String, String> environment = new HashMap<>(Map.of("NO_PROXY", "x", "HTTP_PROXY", " "));
        assertThat(ForwardProxy.ofOthers(environment, java)).isEmpty();
        environment.put("https_proxy", "http://me:s3cret@proxy:3128");
        environment.put("ALL_PROXY", "socks5://proxy:1080");
        java.setProperty("https.proxyHost", "proxy");
        java.setProperty("java.net.useSystemProxies", "true");
        java.setProperty("socksProxyHost", "proxy");

        assertThat(ForwardProxy.ofOthers(environment, java).orElseThrow())
                .startsWith("ALL_PROXY, https.proxyHost, https_proxy, java.net.useSystemProxies: set, and not used")
                .contains("set cxone.proxy", "socksProxyHost: Java uses it for calls, sign-in")
                .doesNotContain("s3cret");
    }

    private CxoneSettings read() {
        Settings settings = new Settings(properties::get);
        CxoneSettings cxone = CxoneSettings.from(settings);
        settings.check();
        return cxone;
    }
}
