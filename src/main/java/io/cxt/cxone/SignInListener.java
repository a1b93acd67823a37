package io.cxt.cxone;

import java.time.Duration;
import java.util.function.Consumer;

/** Told of each call to the token endpoint, and of each that asks where that is; none goes unaudited. */
public interface SignInListener {
    /** @param call method and address of one that is about to leave */
    default void leaves(String call) {}

    /** @param httpStatus the status, or 0 when there was no answer */
    void signedIn(boolean success, int httpStatus, Duration latency);

    /** @param call that asked where to sign in; with the status, or 0 when there was no answer */
    default void asked(String call, int httpStatus, Duration latency) {}

    /** Told of the answer to a call. */
    interface Answered {
        /** @param httpStatus the status, or 0 when there was no answer */
        void called(String call, int httpStatus, Duration latency);
    }

    /** One that tells each of the three what concerns it. */
    static SignInListener of(Consumer<String> leaving, SignInListener signIns, Answered calls) {
        return new SignInListener() {
            @Override
            public void leaves(String call) {
                leaving.accept(call);
            }

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
