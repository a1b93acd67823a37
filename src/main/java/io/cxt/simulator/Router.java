package io.cxt.simulator;

import io.cxt.ops.HostHeader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.HttpRequestHandler;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Sends each request to the handler of its path. */
final class Router implements HttpRequestHandler {

    private static final int MOST_CONTROL_BYTES = 1_048_576;

    private final StandInState state;
    private final ChatHandler chat;
    private final TokenHandler token;
    private final Control control;

    Router(StandInState state) {
        this.state = state;
        this.chat = new ChatHandler(state);
        this.token = new TokenHandler(state);
        this.control = new Control(state);
    }

    @Override
    public void handle(ClassicHttpRequest http, ClassicHttpResponse response, HttpContext context) throws IOException {
        Request request = new Request(http);
        String path = http.getPath();
        int query = path.indexOf('?');
        Optional<String> barred =
                path.startsWith("/stats") || path.startsWith("/control") ? barred(request) : Optional.empty();
        Reply reply = barred.isPresent()
                ? Reply.error(403, "forbidden", barred.get())
                : switch (http.getMethod() + " " + (query < 0 ? path : path.substring(0, query))) {
                    case "POST " + StandIn.CHAT_PATH -> chat.handle(request);
                    case "POST " + StandIn.TOKEN_PATH -> token.handle(request);
                    case "GET /stats" -> Reply.json(200, Json.of(state.counts()));
                    case "GET /stats/accepted" -> accepted();
                    case "POST /control" -> control(request);
                    default -> Reply.error(404, "not_found", "no such method and path");
                };
        reply.writeTo(response);
    }

    /** Why the request of a page in a browser is refused; empty for programs. */
    private static Optional<String> barred(Request request) {
        if (request.header("Origin") != null) {
            return Optional.of("a page in a browser may not ask here; use a program, for example curl");
        }
        return HostHeader.isOurs(request.header("Host"), null)
                ? Optional.empty()
                : Optional.of("the Host is a name that others can register; use an address or localhost");
    }

    private Reply control(Request request) throws IOException {
        byte[] body = request.body(MOST_CONTROL_BYTES);
        return control.handle(body == null ? new byte[0] : body);
    }

    private Reply accepted() {
        return Reply.json(200, "")
                .withHeader("Content-Type", "text/tab-separated-values; charset=utf-8")
                .withStream(out -> {
                    BufferedWriter lines = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                    state.deliveries.writeLines(lines);
                    lines.flush();
                });
    }
}
