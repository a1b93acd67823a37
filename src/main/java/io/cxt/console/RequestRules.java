package io.cxt.console;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each request must keep to, and what each answer says to browsers, for everybody. */
record RequestRules(ConsoleSettings settings) {
    /** Our own scripts only, no frame, nothing from elsewhere: a page that shows hostile text cannot run it. */
    static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store",
            "Vary",
            "Accept, Cookie");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Why a {@code Host} is not ours; null when it is. A page of somebody else's may have led a browser here. */
    @Nullable
    String host(@Nullable String header) {
        String name = header == null ? "" : header.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]*$", "");
        boolean ours = LOOPBACK.contains(name)
                || name.equals(settings.host())
                || name.equals("[" + settings.host() + "]")
                || settings.hosts().contains(name);
        return ours
                ? null
                : "The Host of this request is no name of this console. Use its address, or set console.hosts to the name.";
    }

    /** A request that is not served. */
    record Refused(int status, String words) {}

    /** Null when it may be served. */
    @Nullable
    Refused refusal(HttpServerRequest request) {
        if (reads(request)) {
            return null;
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return new Refused(405, "This console answers GET, HEAD and POST.");
        }
        return ownPage(request)
                ? null
                : new Refused(
                        403,
                        "Another page sent this. Open the console itself and do it there. Behind a proxy: it must pass Host"
                                + " and Origin on as the browser sent them.");
    }

    static boolean reads(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    /** True for a browser that stays on a page and wants what changes there. */
    static boolean asksForUpdates(HttpServerRequest request) {
        return String.valueOf(request.getHeader("Accept")).contains("text/event-stream");
    }

    /** True when a page of this console sent it. Browsers say so by Sec-Fetch-Site, old ones by Origin. */
    private static boolean ownPage(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin");
        }
        String origin = request.getHeader("Origin");
        String host = request.getHeader("Host");
        return origin != null
                && host != null
                && origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
    }
}
