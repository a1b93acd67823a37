package io.cxt.console;

import io.cxt.console.Person.Role;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs people of this machine in with a token for one use, and keeps their sessions in memory. The browser has a random word;
 * only its hash is kept. Safe for several threads.
 */
final class TokenSignIn implements Authentication {
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofHours(12);
    private static final int MOST_SESSIONS = 100;
    /** Tokens live for minutes, and each takes somebody who can read {@code data.dir}. */
    private static final int MOST_USED = 10_000;

    private final SignInToken tokens;
    private final String cookie;
    private final boolean text;
    private final Clock clock;
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<String, Instant> used = new LinkedHashMap<>();

    private record Session(Person person, Instant begun, Instant seen) {
        boolean lasts(Instant now) {
            return now.isBefore(begun.plus(LONGEST)) && now.isBefore(seen.plus(IDLE));
        }
    }

    /** The port tells this console's cookie from those of others on this machine: cookies know no port */
    TokenSignIn(SignInToken tokens, ConsoleSettings settings, Clock clock) {
        this.tokens = tokens;
        this.cookie = "cxt-" + settings.port();
        this.text = settings.text();
        this.clock = clock;
    }

    /** The name in a token that is still good; empty for any other. Does not use it up. */
    Optional<String> nameIn(@Nullable String token) {
        return token == null ? Optional.empty() : valid(token).map(SignInToken.Valid::name);
    }

    private synchronized Optional<SignInToken.Valid> valid(String token) {
        return tokens.read(token, clock.instant()).filter(valid -> !used.containsKey(valid.word()));
    }

    /** Uses a token up and begins a session; empty when it is not good, or no longer. */
    synchronized Optional<Person> begin(String token, HttpServerRequest request) {
        Instant now = clock.instant();
        Optional<SignInToken.Valid> valid = valid(token);
        if (valid.isEmpty()) {
            return Optional.empty();
        }
        used.values().removeIf(end -> !now.isBefore(end));
        if (used.size() >= MOST_USED) {
            return Optional.empty();
        }
        used.put(valid.get().word(), valid.get().end());
        end(request);
        Person person = new Person(valid.get().name(), Role.operator, text);
        String word = SignInToken.text(SignInToken.random());
        sessions.values().removeIf(session -> !session.lasts(now));
        if (sessions.size() >= MOST_SESSIONS) {
            Iterator<String> oldest = sessions.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        sessions.put(hash(word), new Session(person, now, now));
        request.response()
                .addCookie(Cookie.cookie(cookie, word)
                        .setHttpOnly(true)
                        .setSameSite(CookieSameSite.STRICT)
                        .setPath("/"));
        return Optional.of(person);
    }

    /** Ends the session of a request, if it has one. */
    synchronized void end(HttpServerRequest request) {
        Cookie sent = request.getCookie(cookie);
        if (sent != null) {
            sessions.remove(hash(sent.getValue()));
            request.response().removeCookie(cookie);
        }
    }

    @Override
    public synchronized @Nullable Person who(HttpServerRequest request) {
        Cookie sent = request.getCookie(cookie);
        if (sent == null) {
            return null;
        }
        Instant now = clock.instant();
        boolean idle = RequestRules.asksForUpdates(request); // the browser does, not the person
        Session session = sessions.computeIfPresent(
                hash(sent.getValue()),
                (hash, known) -> known.lasts(now)
                        ? new Session(known.person(), known.begun(), idle ? known.seen() : now)
                        : null);
        return session == null ? null : session.person();
    }

    private static String hash(String word) {
        try {
            return SignInToken.text(MessageDigest.getInstance("SHA-256").digest(word.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String howTo() {
        return "Run `cxt console url` on the machine of CXT, as its user, and open the address that it prints: it is good for one"
                + " sign-in within %s minutes. A console that `cxt console` serves prints one when you press Enter there."
                        .formatted(SignInToken.LASTS.toMinutes());
    }
}
