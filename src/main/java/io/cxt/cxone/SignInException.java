package io.cxt.cxone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Signing in gave no token. The message says why, without the secret, and what to do next. */
public class SignInException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean refused;
    private final @Nullable Duration retryAfter;
    private final @Nullable String answered;

    private SignInException(boolean refused, @Nullable Duration retryAfter, String message, @Nullable String answered) {
        super(message);
        this.refused = refused;
        this.retryAfter = retryAfter;
        this.answered = answered;
    }

    /**
     * @param answer to a sign-in, without a token
     * @param body of the answer
     * @param form in which CXT tried
     */
    static SignInException of(Answer answer, String uri, byte[] body, SignInForm form) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        boolean json = text.isEmpty() || text.startsWith("{");
        boolean refused =
                switch (answer.kind()) {
                    case REFUSED, UNAUTHORIZED, FORBIDDEN -> true;
                    default -> false;
                };
        boolean unusable = answer.httpStatus() / 100 == 2 && Token.isIn(body);
        boolean throttled = answer.kind() == Answer.Kind.THROTTLED;
        return new SignInException(
                refused,
                throttled && answer.retryAfter() == null ? Duration.ZERO : answer.retryAfter(),
                "Cannot sign in to CXone: HTTP %s%s from %s. %s"
                        .formatted(
                                answer.httpStatus(),
                                unusable
                                        ? " with an access_token that no request can carry"
                                        : answer.httpStatus() / 100 == 2 ? " without an access_token" : "",
                                uri,
                                unusable
                                        ? "It is no text, or has a blank, a line break or a letter outside ASCII. Check the address"
                                                + " of the sign-in, and tell its owner."
                                        : json
                                                ? NextStep.atSignIn(answer, form)
                                                : NextStep.atSignIn(answer, text, form)),
                json ? null : text);
    }

    /**
     * @param answer what a lack of one means
     * @param fault what kept it away
     */
    static SignInException of(Answer answer, IOException fault, String baseUrl) {
        return new SignInException(
                answer.kind() == Answer.Kind.FORBIDDEN,
                null,
                "Cannot reach CXone to sign in: " + NoContact.inWords(fault, baseUrl),
                fault instanceof NotSentException notSent ? notSent.answered() : null);
    }

    static SignInException of(UnusableDocumentException fault) {
        return new SignInException(
                true,
                null,
                "Cannot find out where to sign in to CXone: %s. Check the address that was asked, or set cxone.sign-in-url and"
                                .formatted(fault.getMessage())
                        + " cxone.base-url.",
                null);
    }

    /** True when CXone said no, so that a person must act; false when another try may pass. */
    public boolean refused() {
        return refused;
    }

    /** What answered instead of CXone's sign-in, as it came, tags and all: for a person's eyes only. Null when it was JSON or nothing. */
    public @Nullable String answered() {
        return answered;
    }

    /** How long CXone asks us to wait, as in {@link Answer#retryAfter}; null when it does not ask. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
