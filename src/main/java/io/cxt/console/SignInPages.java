package io.cxt.console;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Optional;

/** Sign-in with the token of an address, and sign-out. */
public final class SignInPages {
    private final TokenSignIn sessions;
    private final SignInLog log;
    private final PageWriter pages;

    SignInPages(TokenSignIn sessions, SignInLog log, PageWriter pages) {
        this.sessions = sessions;
        this.log = log;
        this.pages = pages;
    }

    /** Asks a person to sign in with the token of an address. */
    void ask(RoutingContext request) {
        String token = request.request().getParam("token");
        Optional<String> name = sessions.nameIn(token);
        pages.answer(
                request,
                null,
                name.isPresent()
                        ? Page.of("Sign in", "signin", new Token(name.get(), Objects.requireNonNull(token)), null)
                        : Page.problem(
                                token == null ? 200 : 401,
                                "Sign in",
                                token == null ? "You are signed out." : "This address was used before, or is too old.",
                                sessions.howTo()));
    }

    /** A token that is still good, and whose it is. */
    public record Token(String name, String token) {}

    /** Begins a session. */
    void begin(RoutingContext request) {
        String token = request.request().getFormAttribute("token");
        Optional<Person> person = token == null ? Optional.empty() : sessions.begin(token, request.request());
        if (person.isPresent()) {
            log.signedIn(person.get());
            PageWriter.away(request.response(), "/");
        } else {
            log.refused(request.request().remoteAddress().hostAddress());
            pages.answer(
                    request,
                    null,
                    Page.problem(
                            401, "Not signed in", "This address was used before, or is too old.", sessions.howTo()));
        }
    }

    /** Ends the session. */
    void end(RoutingContext request) {
        sessions.end(request.request());
        PageWriter.away(request.response(), "/sign-in");
    }
}
