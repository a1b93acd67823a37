package io.cxt.console;

import io.cxt.console.Person.Role;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
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
        Set<String> groups = new HashSet<>();
        request.headers().getAll(settings.groupsHeader()).forEach(list -> groups.addAll(ConsoleSettings.words(list)));
        Role role = holds(groups, settings.operators())
                ? Role.operator
                : holds(groups, settings.viewers()) ? Role.viewer : null;
        return role == null
                ? null
                : new Person(name.strip(), role, settings.text() && holds(groups, settings.textReaders()));
    }

    private static boolean holds(Set<String> groups, Set<String> any) {
        return any.stream().anyMatch(groups::contains);
    }

    /** Two values of one header could come from two senders. */
    private static boolean alone(HttpServerRequest request, String header) {
        return request.headers().getAll(header).size() == 1;
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
