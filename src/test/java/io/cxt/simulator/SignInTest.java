package io.cxt.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {

    private StandIn standIn;
    private Caller caller;

    @BeforeEach
    void start() throws IOException {
        standIn = StandIn.start(StandInSettings.defaults().withClient("me", "s&cret"));
        caller = new Caller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    @Test
    void the_right_client_gets_a_token_that_opens_the_door() throws Exception {
        var response = caller.signIn();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Caller.json(response).path("expires_in").asInt()).isEqualTo(3600);
        assertThat(Caller.json(response).path("token_type").asText()).isEqualTo("Bearer");
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
        assertThat(standIn.counts().signIns()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "client_id=me, client_id=you, 401, invalid_client",
        "s%26cret, wrong, 401, invalid_client",
        "client_secret, secret, 401, invalid_client",
        "client_credentials, password, 400, unsupported_grant_type",
        "scope=, other=, 400, invalid_scope",
    })
    void a_form_that_is_not_right_gets_no_token(String part, String instead, int status, String error)
            throws Exception {
        var response = caller.signIn(Caller.GOOD_FORM.replace(part, instead));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(Caller.json(response).path("error").asText()).isEqualTo(error);
        assertThat(standIn.counts().signInsRefused()).isEqualTo(1);
    }

    @Test
    void a_token_ends_with_its_lifetime() throws Exception {
        try (StandIn brief = StandIn.start(StandInSettings.defaults().withTokenLifetime(0))) {
            var response = new Caller(brief).post(Caller.chat("ext-1"));

            assertThat(response.statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"3600\"", "-5", "0", "1e18", "null", "\"soon\""})
    void expires_in_can_be_any_json_and_the_token_is_live(String raw) throws Exception {
        standIn.nextSignIn(Fault.expiresIn(raw));

        var response = caller.signIn();

        assertThat(response.body()).contains("\"expires_in\":" + raw + ",");
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
    }

    @Test
    void expires_in_can_be_missing() throws Exception {
        standIn.nextSignIn(Fault.expiresIn(null));

        var response = caller.signIn();

        assertThat(Caller.json(response).has("expires_in")).isFalse();
        assertThat(Caller.json(response).has("access_token")).isTrue();
    }

    @Test
    void faults_for_sign_in_come_in_order_and_leave_chats_alone() throws Exception {
        standIn.nextSignIn(Fault.status(503), Fault.badJson(), Fault.hang(Duration.ofMillis(50)));

        assertThat(caller.signIn(Caller.GOOD_FORM).statusCode()).isEqualTo(503);
        assertThat(caller.signIn(Caller.GOOD_FORM).body()).doesNotContain("access_token");
        assertThatThrownBy(() -> caller.signIn(Caller.GOOD_FORM)).isInstanceOf(IOException.class);
        assertThat(caller.post(Caller.chat("ext-1")).statusCode()).isEqualTo(201);
    }
}
