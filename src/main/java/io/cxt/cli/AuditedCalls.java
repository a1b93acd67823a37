package io.cxt.cli;

import io.cxt.audit.OperatorLog;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.SignInListener;
import java.time.Duration;

/** Records the calls of a command to CXone, its sign-ins included: that each is about to leave, and its answer. */
record AuditedCalls(OperatorLog log) implements CxoneCaller.Listener, SignInListener {
    @Override
    public void leaves(String call) {
        log.leaves(call);
    }

    @Override
    public void asks(String call) {
        log.asks(call);
    }

    @Override
    public void called(String call, int httpStatus, Duration latency) {
        log.called(call, httpStatus, latency);
    }

    @Override
    public void asked(String call, int httpStatus, Duration latency) {
        log.called(call, httpStatus, latency);
    }

    @Override
    public void signedIn(boolean success, int httpStatus, Duration latency) {
        log.signedIn(success, httpStatus, latency);
    }
}
