package io.cxt.simulator.digital;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.simulator.Fault;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessKeyGrantTest {

    private static final String PASSWORD = "grant_type=password&username=KEY%3D%3D%3D%3D&password=s%26cret";

    private DigitalStandIn standIn;
    private DigitalCaller caller;

    @BeforeEach
    void start() throws IOException {
        standIn = DigitalStandIn.start(
                StandInSettings.defaults().withAccessKey("KEY====", "s&cret").withClient("me", "my:secret"),
                DigitalSwitches.defaults());
        caller = new DigitalCaller(standIn);
    }

    @AfterEach
    void stop() {
        standIn.close();
    }

    @Test
    void an_access_key_as_json_gets_a_token_that_is_good_for_calls() throws Exception {
        var response = caller.signIn();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(DigitalCaller.json(response).fieldNames())
                .toIterable()
                .containsExactly("access_token", "expires_in", "id_token", "refresh_token", "token_type");
        assertThat(DigitalCaller.json(response).path("expires_in").asInt()).isEqualTo(3600);
        assertThat(claims(DigitalCaller.json(response).path("id_token").asText()))
                .contains("\"tenantId\"");
        assertThat(caller.get("tags").statusCode()).isEqualTo(200);
        assertThat(standIn.counts().signIns()).isEqualTo(1);
    }

    private static String claims(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "KEY====, OTHER, application/json, 401",
        "s&cret, wrong, application/json, 401",
        "accessKeyId, access_key_id, application/json, 401",
        "{, [, application/json, 400",
        "{, {, text/plain, 400",
    })
    void a_wrong_key_gets_no_token(String part, String instead, String type, int status) throws Exception {
        var response = DigitalCaller.send(caller.request(AccessKeyGrant.JSON_PATH)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(DigitalCaller.KEY.replace(part, instead))));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(DigitalCaller.json(response).path("errorDescription").asText())
                .isNotEmpty();
        assertThat(standIn.counts().signInsRefused()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "me:my:secret, '', 200",
        "me:my%3Asecret, '', 200",
        "'', &client_id=me&client_secret=my%3Asecret, 200",
        "'', '', 401",
        "me:wrong, '', 401",
        "me, '', 401",
    })
    void the_password_grant_names_its_client_by_http_basic_or_in_the_form(String basic, String more, int status)
            throws Exception {
        var response = basic.isEmpty()
                ? caller.form(PASSWORD + more)
                : caller.form(PASSWORD + more, "Authorization", basic(basic));

        assertThat(response.statusCode()).isEqualTo(status);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "password, client_credentials, 400, unsupported_grant_type",
        "username, user, 401, invalid_grant",
        "s%26cret, s&cret, 401, invalid_grant",
    })
    void a_form_that_is_not_right_gets_no_token(String part, String instead, int status, String error)
            throws Exception {
        var response = caller.form(PASSWORD.replaceFirst(part, instead), "Authorization", basic("me:my:secret"));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(DigitalCaller.json(response).path("error").asText()).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({
        "grant_type=refresh_token&scope=openid&refresh_token=",
        "grant_type=refresh_token&client_id=me&refresh_token="
    })
    void a_refresh_token_gets_another_token_in_either_spelling(String form) throws Exception {
        String refresh =
                DigitalCaller.json(caller.signIn()).path("refresh_token").asText();
        standIn.revokeTokens();

        var good = caller.form(form + refresh, "Authorization", basic("me:my:secret"));
        var bad = caller.form(form + "made-up", "Authorization", basic("me:my:secret"));

        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(caller.get("tags").statusCode()).isEqualTo(401);
    }

    @Test
    void no_client_is_asked_for_until_the_settings_name_one() throws Exception {
        try (DigitalStandIn any = DigitalStandIn.start(StandInSettings.defaults(), DigitalSwitches.defaults())) {
            assertThat(new DigitalCaller(any).form(PASSWORD).statusCode()).isEqualTo(200);
            assertThat(new DigitalCaller(any)
                            .form(PASSWORD, "Authorization", "Bearer x")
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void the_answer_can_have_the_older_spelling_and_a_fault_can_spoil_it() throws Exception {
        standIn.set("tokenNames", "camel");
        standIn.nextSignIn(Fault.none(), Fault.expiresIn("\"soon\""), Fault.status(503));

        assertThat(DigitalCaller.json(caller.signIn()).fieldNames())
                .toIterable()
                .containsExactly("accessToken", "expiresIn", "idToken", "refreshToken", "tokenType");
        assertThat(caller.signIn().body()).contains("\"expiresIn\":\"soon\"");
        assertThat(caller.signIn().statusCode()).isEqualTo(503);
    }

    @Test
    void discovery_leads_back_to_the_stand_in() throws Exception {
        String origin = standIn.baseUri().toString();

        var openId = DigitalCaller.send(caller.request("/.well-known/openid-configuration"));
        var missing = DigitalCaller.send(caller.request("/.well-known/cxone-configuration"));
        standIn.set("domain", "example.com");
        var found = DigitalCaller.send(caller.request("/.well-known/cxone-configuration?tenantId=t%22-1"));

        assertThat(DigitalCaller.json(openId).path("token_endpoint").asText())
                .isEqualTo(origin + AccessKeyGrant.FORM_PATH);
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(DigitalCaller.json(found).path("api_endpoint").asText()).isEqualTo(origin);
        assertThat(DigitalCaller.json(found).path("area").asText()).isEqualTo("standin");
        assertThat(DigitalCaller.json(found).path("domain").asText()).isEqualTo("example.com");
        assertThat(DigitalCaller.json(found).path("tenantId").asText()).isEqualTo("t\"-1");
    }
}
