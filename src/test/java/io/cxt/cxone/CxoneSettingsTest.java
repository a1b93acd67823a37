package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
        assertThat(settings.scope()).isEqualTo("conversations:chat:write conversations:read");
        assertThat(settings.maxInFlight()).isEqualTo(16);
        assertThat(settings.requestsPerSecond()).isEqualTo(50);
        assertThat(settings.maxRetries()).isEqualTo(5);
        assertThat(settings.maxWait()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.resendInDoubt()).isTrue();
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
                .hasMessageContaining("cxone.in-doubt is maybe; allowed: resend, park");
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

    private CxoneSettings read() {
        Settings settings = new Settings(properties::get);
        CxoneSettings cxone = CxoneSettings.from(settings);
        settings.check();
        return cxone;
    }
}
