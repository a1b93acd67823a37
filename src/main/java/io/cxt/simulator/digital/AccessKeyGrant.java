package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.simulator.Json;
import io.cxt.simulator.Reply;
import io.cxt.simulator.Request;
import io.cxt.simulator.StandInState;
import io.cxt.simulator.TokenHandler;
import io.cxt.simulator.Tokens;
import io.cxt.simulator.digital.DigitalSwitches.TokenNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sign-in with an access key, as JSON or as the password grant in a form, and with a refresh token. */
final class AccessKeyGrant implements TokenHandler.Grant {

    static final String JSON_PATH = "/authentication/v1/token/access-key";
    static final String FORM_PATH = "/auth/token";
    static final String TENANT = "11eb0000-0000-4000-8000-000000000000";
    private static final int REFRESH_SECONDS = 86_400;

    private final StandInState state;
    private final Supplier<DigitalSwitches> switches;
    private final Tokens refreshTokens = new Tokens();

    AccessKeyGrant(StandInState state, Supplier<DigitalSwitches> switches) {
        this.state = state;
        this.switches = switches;
    }

    @Override
    public Reply signIn(Request request, byte[] body) {
        return request.path().equals(JSON_PATH) ? byJson(request, body) : byForm(request, body);
    }

    private Reply byJson(Request request, byte[] body) {
        JsonNode key = null;
        try {
            key = request.isOf("application/json") ? Json.MAPPER.readTree(body) : null;
        } catch (IOException e) {
            // refused below
        }
        if (key == null || !key.isObject()) {
            return refused(400, "invalid_request", "the body must be a JSON object");
        }
        return byKey(
                key.path("accessKeyId").textValue(), key.path("accessKeySecret").textValue());
    }

    private Reply byForm(Request request, byte[] body) {
        if (!request.isOf("application/x-www-form-urlencoded")) {
            return refused(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
        }
        Map<String, String> form = Request.form(new String(body, StandardCharsets.UTF_8));
        if (!client(request.header("Authorization"), form)) {
            return refused(401, "invalid_client", "the client is not known")
                    .withHeader("WWW-Authenticate", "Basic realm=\"auth\"");
        }
        return switch (form.getOrDefault("grant_type", "")) {
            case "password" -> byKey(form.get("username"), form.get("password"));
            case "refresh_token" ->
                refreshTokens.live(form.get("refresh_token"))
                        ? signedIn()
                        : refused(400, "invalid_grant", "refresh_token is expired or was never given");
            default -> refused(400, "unsupported_grant_type", "grant_type must be password or refresh_token");
        };
    }

    /** HTTP Basic, or the fields of the form; needed only when the settings name a client. */
    private boolean client(@Nullable String authorization, Map<String, String> form) {
        if (authorization == null) {
            return !state.settings.namesClient()
                    || state.settings.letsClient(form.get("client_id"), form.get("client_secret"));
        }
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return false;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(authorization.substring(6).strip());
            String[] pair = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
            return pair.length == 2
                    && (state.settings.letsClient(pair[0], pair[1])
                            || state.settings.letsClient(Request.decoded(pair[0]), Request.decoded(pair[1])));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Reply byKey(@Nullable String id, @Nullable String secret) {
        return state.settings.letsAccessKey(id, secret)
                ? signedIn()
                : refused(401, "invalid_grant", "the access key is not known");
    }

    private Reply signedIn() {
        boolean snake = switches.get().tokenNames() == TokenNames.SNAKE;
        int lifetime = state.settings.tokenLifetimeSeconds();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(snake ? "access_token" : "accessToken", state.tokens.issue(lifetime));
        answer.put(snake ? "expires_in" : "expiresIn", lifetime);
        answer.put(snake ? "token_type" : "tokenType", "Bearer");
        answer.put(snake ? "refresh_token" : "refreshToken", refreshTokens.issue(REFRESH_SECONDS));
        answer.put(snake ? "id_token" : "idToken", unsigned("{\"tenantId\":\"" + TENANT + "\"}"));
        return Reply.json(200, Json.of(answer));
    }

    /** A JSON Web Token whose signature nobody can check. */
    private static String unsigned(String claims) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c3RhbmRpbg";
    }

    private static Reply refused(int status, String error, String description) {
        return Reply.json(status, Json.of(Map.of("error", error, "errorDescription", description)));
    }
}
