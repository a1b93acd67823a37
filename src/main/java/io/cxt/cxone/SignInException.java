package io.cxt.cxone;

import java.time.Duration;

/** No token could be had. The message says why, without the secret, and what to do next. */
public class SignInException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean refused;
    private final Duration retryAfter;

    public SignInException(boolean refused, Duration retryAfter, String message) {
        super(message);
        this.refused = refused;
        this.retryAfter = retryAfter;
    }

    /** @param answer to a sign-in, without a token */
    static SignInException of(Answer answer, String uri) {
        boolean refused =
                switch (answer.kind()) {
                    case REFUSED, UNAUTHORIZED, FORBIDDEN -> true;
                    default -> false;
                };
        boolean throttled = answer.kind() == Answer.Kind.THROTTLED;
        return new SignInException(
                refused,
                throttled && answer.retryAfter() == null ? Duration.ZERO : answer.retryAfter(),
                "Cannot sign in to CXone: HTTP %s%s from %s. %s"
                        .formatted(
                                answer.httpStatus(),
                                answer.httpStatus() / 100 == 2 ? " without an access_token" : "",
                                uri,
                                NoContact.atSignIn(answer)));
    }

    /** True when CXone said no, so that a person must act; false when another try may pass. */
    public boolean refused() {
        return refused;
    }

    /** How long CXone asks us to wait, as in {@link Answer#retryAfter}; null when it does not ask. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
