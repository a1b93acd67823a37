package io.cxt.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The sign-in of the {@code conversations} contract: client credentials in a form. */
record ClientCredentials(StandInState state) implements TokenHandler.Grant {

    @Override
    public Reply signIn(Request request, byte[] body) {
        if (!request.isOf("application/x-www-form-urlencoded")) {
            return refused(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
        }
        Map<String, String> form = Request.form(new String(body, StandardCharsets.UTF_8));
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused(400, "unsupported_grant_type", "grant_type must be client_credentials");
        }
        if (!state.settings.letsClient(form.get("client_id"), form.get("client_secret"))) {
            return refused(401, "invalid_client", "client_id or client_secret is wrong");
        }
        if (form.getOrDefault("scope", "").isBlank()) {
            return refused(400, "invalid_scope", "scope is missing");
        }
        int lifetime = state.settings.tokenLifetimeSeconds;
        String token = state.tokens.issue(lifetime);
        return Reply.json(
                200,
                "{\"access_token\":\"%s\",\"expires_in\":%s,\"token_type\":\"Bearer\"}".formatted(token, lifetime));
    }

    private static Reply refused(int status, String error, String description) {
        return Reply.json(status, Json.of(Map.of("error", error, "error_description", description)));
    }
}
