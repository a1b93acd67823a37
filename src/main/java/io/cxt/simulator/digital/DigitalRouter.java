package io.cxt.simulator.digital;

import io.cxt.simulator.Control;
import io.cxt.simulator.Json;
import io.cxt.simulator.Reply;
import io.cxt.simulator.Request;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.TokenHandler;
import java.io.IOException;
import java.util.Map;

/** Sends each request of the {@code cxone-digital} contract to the handler of its path; answers discovery itself. */
final class DigitalRouter implements RunningStandIn.Handler {

    private static final String OPENID = """
            {"issuer": "ORIGIN", "authorization_endpoint": "ORIGIN/auth/authorize",
             "token_endpoint": "ORIGIN/auth/token", "token_endpoint_auth_methods_supported": ["client_secret_basic"],
             "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
             "end_session_endpoint": "ORIGIN/auth/authorize/logout", "scopes_supported": ["openid"],
             "response_types_supported": ["code"], "subject_types_supported": ["public"],
             "id_token_signing_alg_values_supported": ["RS256"]}""";

    private static final String CONFIGURATION = """
            {"private": false, "ui_endpoint": "ORIGIN", "auth_endpoint": "ORIGIN/auth", "api_endpoint": "ORIGIN",
             "area": "AREA", "cluster": "c1", "domain": "DOMAIN", "acdDomain": "DOMAIN", "uhDomain": "DOMAIN",
             "tenantId": "TENANT", "globaldomain": "DOMAIN"}""";

    private final DigitalState digital;
    private final DfoHandler dfo;
    private final TokenHandler token;
    private final Control control;

    DigitalRouter(DigitalState digital) {
        this.digital = digital;
        dfo = new DfoHandler(digital);
        token = new TokenHandler(digital.shared, new AccessKeyGrant(digital.shared, digital::switches));
        control = new Control(digital.shared, digital::change);
    }

    @Override
    public Reply handle(Request request) throws IOException {
        if (request.path().startsWith(DfoHandler.BASE)) {
            return dfo.handle(request);
        }
        return switch (request.method() + " " + request.path()) {
            case "POST " + AccessKeyGrant.JSON_PATH, "POST " + AccessKeyGrant.FORM_PATH -> token.handle(request);
            case "GET /.well-known/openid-configuration" -> Reply.json(200, OPENID.replace("ORIGIN", request.origin()));
            case "GET /.well-known/cxone-configuration" -> configuration(request);
            case "GET /stats" -> Reply.json(200, Json.of(digital.counts()));
            case "GET /stats/accepted" -> Reply.lines(digital.store::writeLines);
            case "POST /control" -> control.handle(request);
            default -> Reply.error(404, "not_found", "no such method and path");
        };
    }

    private Reply configuration(Request request) {
        String tenant = Request.form(request.query()).getOrDefault("tenantId", "");
        if (tenant.isBlank()) {
            return Reply.json(400, Json.of(Map.of("error", "tenantId is missing")));
        }
        DigitalSwitches switches = digital.switches();
        String local = request.origin().replaceFirst("^.*?(:[0-9]+)?$", "localhost$1");
        String domain = switches.domain().isBlank() ? local : switches.domain();
        return Reply.json(
                200,
                CONFIGURATION
                        .replace("ORIGIN", request.origin())
                        .replace("\"AREA\"", Json.of(switches.area()))
                        .replace("\"DOMAIN\"", Json.of(domain))
                        .replace("\"TENANT\"", Json.of(tenant)));
    }
}
