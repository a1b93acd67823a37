package io.cxt.simulator;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v2/oauth/token}: client credentials in a form. */
record TokenHandler(StandInState state) {
    private static final int MOST_BYTES = 65_536;

    /** @throws IOException when the caller gets a TCP reset in place of an answer */
    Reply handle(Request request) throws IOException {
        Fault fault = state.signInScript.poll();
        if (fault != null && fault.beforeBody()) {
            state.signInsRefused.increment();
            throw new IOException("no answer, as scripted");
        }
        byte[] body = request.body(MOST_BYTES);
        if (body == null) {
            body = new byte[0];
        }
        Reply reply = null;
        if (fault == null || fault.accepts()) {
            reply = signIn(request, body);
            boolean signedIn = reply.status() == 200;
            (signedIn ? state.signIns : state.signInsRefused).increment();
            if (fault == null || !signedIn) {
                return reply;
            }
        } else {
            state.signInsRefused.increment();
        }
        Pause.millis(fault.delayMillis());
        if (fault.silent()) {
            throw new IOException("no answer, as scripted");
        }
        return fault.reply(reply, new byte[0]); // the form holds the secret: it is not quoted
    }

    private Reply signIn(Request request, byte[] body) {
        if (!request.isOf("application/x-www-form-urlencoded")) {
            return refused(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
        }
        Map<String, String> form = form(new String(body, StandardCharsets.UTF_8));
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused(400, "unsupported_grant_type", "grant_type must be client_credentials");
        }
        if (!lets(state.settings.clientId, form.get("client_id"))
                || !lets(state.settings.clientSecret, form.get("client_secret"))) {
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

    /** @param wanted null for any value but a blank one */
    private static boolean lets(@Nullable String wanted, @Nullable String given) {
        return given != null && !given.isBlank() && (wanted == null || wanted.equals(given));
    }

    private static Reply refused(int status, String error, String description) {
        return Reply.json(status, Json.of(Map.of("error", error, "error_description", description)));
    }

    private static Map<String, String> form(String body) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return ""; // a broken %-escape cannot be the right value
        }
    }
}
