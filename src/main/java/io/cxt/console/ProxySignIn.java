package io.cxt.console;

import io.cxt.console.Person.Role;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Believes a reverse proxy who somebody is: only from its addresses, and only with the secret that it shares with us. */
record ProxySignIn(ConsoleSettings settings) implements Authentication {
    static final String SECRET = "X-CXT-Proxy-Secret";
    private static final int LONGEST_NAME = 100;

    @Override
    public @Nullable Person who(HttpServerRequest request) {
        String name = request.getHeader(settings.userHeader());
        boolean believed = settings.proxies().contains(request.remoteAddress().hostAddress())
                && alone(request, SECRET)
                && alone(request, settings.userHeader())
                && MessageDigest.isEqual(bytes(request.getHeader(SECRET)), bytes(settings.proxySecret()));
        if (!believed || name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            return null;
        }
        Role role = role(String.join(",", request.headers().getAll(settings.groupsHeader())));
        return role == null ? null : new Person(name.strip(), role);
    }

    /** Two values of one header could come from two senders. */
    private static boolean alone(HttpServerRequest request, String header) {
        return request.headers().getAll(header).size() == 1;
    }

    private @Nullable Role role(String groups) {
        Role role = null;
        for (String group : Arrays.stream(groups.split(",")).map(String::strip).toList()) {
            if (settings.operators().contains(group)) {
                return Role.operator;
            }
            if (settings.viewers().contains(group)) {
                role = Role.viewer;
            }
        }
        return role;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String howTo() {
        return "Open the console through the reverse proxy that signs you in. If you came through it: it must send %s, %s and %s, from an"
                        .formatted(SECRET, settings.userHeader(), settings.groupsHeader())
                + " address in console.proxies, and one of your groups must be in console.viewers or console.operators.";
    }
}
