package io.cxt.steps;

import io.cxt.cxone.SignIn;
import io.cxt.cxone.SignInException;
import io.cxt.pace.LaneClosedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The token for a call. While CXone gives none, all calls wait. */
final class CallSignIn {
    private final SignIn signIn;
    private final CallGate gate;
    private final int maxRetries;
    private final AtomicInteger signInFaults = new AtomicInteger();
    private final AtomicReference<SignInException> lastSignInFault = new AtomicReference<>();

    CallSignIn(SignIn signIn, CallGate gate, int maxRetries) {
        this.signIn = signIn;
        this.gate = gate;
        this.maxRetries = maxRetries;
    }

    /** As {@link SignIn#renew}. */
    void renew() {
        signIn.renew();
    }

    /** Waits for a token; holds up all calls while there is none. */
    String authorization() throws LaneClosedException, InterruptedException {
        long passedAt = System.nanoTime();
        while (true) {
            try {
                String authorization = signIn.authorization();
                signInFaults.set(0);
                return authorization;
            } catch (SignInException e) {
                hold(e, passedAt);
                passedAt = gate.permit();
            }
        }
    }

    private void hold(SignInException fault, long passedAt) {
        String why = String.valueOf(fault.getMessage());
        if (fault.retryAfter() != null) {
            gate.rest(fault.retryAfter(), passedAt, why);
        } else if (fault.refused() || faults(fault) > maxRetries) {
            gate.stop(why, false);
        } else {
            gate.rest(null, passedAt, why);
        }
    }

    /** Sign-ins that failed in a row. One that failed for many who waited for it counts once. */
    private int faults(SignInException fault) {
        return lastSignInFault.getAndSet(fault) == fault ? signInFaults.get() : signInFaults.incrementAndGet();
    }
}
