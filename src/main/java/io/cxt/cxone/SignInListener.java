package io.cxt.cxone;

import java.time.Duration;

/** Told of each call to the token endpoint; none goes unaudited. */
public interface SignInListener {
    /** @param httpStatus the status, or 0 when there was no answer */
    void signedIn(boolean success, int httpStatus, Duration latency);

    /** @param call that asked where to sign in; with the status, or 0 when there was no answer */
    default void asked(String call, int httpStatus, Duration latency) {}

    /** One that tells each of the two what concerns it. */
    static SignInListener of(SignInListener signIns, CxoneCaller.Listener calls) {
        return new SignInListener() {
            @Override
            public void signedIn(boolean success, int httpStatus, Duration latency) {
                signIns.signedIn(success, httpStatus, latency);
            }

            @Override
            public void asked(String call, int httpStatus, Duration latency) {
                calls.called(call, httpStatus, latency);
            }
        };
    }
}
