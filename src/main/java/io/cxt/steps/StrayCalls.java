package io.cxt.steps;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.cxone.ChangedCallException;
import io.cxt.cxone.ClaimedCall;
import io.cxt.intake.SiteStepException;
import io.cxt.ledger.Deliveries;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * Calls that did not leave as they were claimed: something outside the routes, such as an interceptor of a host, changed
 * or prevented them, or answered in place of CXone. A person must act, and no transcript is to blame.
 */
final class StrayCalls {
    private static final String NEXT =
            "look for an interceptSendToEndpoint, an intercept, a route policy, an EndpointStrategy or an HttpClientConfigurer of"
                    + " this application, and have it leave out the address of CXone and the routes of CXT";

    private final Deliveries deliveries;

    StrayCalls(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    /**
     * The request of a call is about to be written.
     *
     * @param call that this thread makes; null for none
     * @param word of the client for the call
     * @throws ChangedCallException when it is not what was claimed, or not the first one for the claim
     */
    static void leaves(@Nullable PartInFlight call, ClassicHttpRequest request, HttpHost server, String word)
            throws IOException {
        ClaimedCall claimed = call == null ? null : call.claimed();
        if (call == null || claimed == null) {
            throw ChangedCallException.ofThread();
        }
        claimed.require(request, server);
        if (call.leftAs() != null && !word.equals(call.leftAs())) {
            throw ChangedCallException.repeated();
        }
        call.leaves(word);
    }

    /**
     * Records a call that did not leave as it was claimed, and releases its claim.
     *
     * @param status of the answer that there is all the same; null for none
     * @param fault what kept the call from an answer; null for none
     * @throws SiteStepException when it is such a call: its source stays
     */
    void refuse(PartInFlight call, @Nullable Integer status, @Nullable IOException fault, Duration latency)
            throws SiteStepException {
        if (fault instanceof ChangedCallException changed) {
            record(call, call.leftAs() != null, String.valueOf(fault.getMessage()), latency);
            String what = "Not sent: something outside CXT's routes %s a call that is on record";
            throw SiteStepException.outside(what.formatted(changed.did()), NEXT);
        }
        if (fault == null && call.leftAs() == null) {
            record(call, status != null, "prevented after the claim", latency);
            throw SiteStepException.outside(
                    status == null
                            ? "Not sent: something outside CXT's routes prevented a call that is on record"
                            : "Something outside CXT's routes answered a call in place of CXone, or sent it another way",
                    NEXT);
        }
    }

    /**
     * An exchange is over that began a call. When nobody read what the call came to, it has landed now. Without an answer or a
     * fault it was prevented.
     */
    void over(PartInFlight call, Exchange exchange, CallGate gate) {
        if (!call.single().isBy(exchange)) {
            return; // it was read, or a copy makes another one
        }
        boolean answered =
                exchange.getException() != null || exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE) != null;
        if (gate.landed(call) && call.claimed() != null && call.leftAs() == null && !answered) {
            record(call, false, "prevented after the claim", Duration.ZERO);
        }
        call.single().over();
    }

    private void record(PartInFlight call, boolean doubted, String why, Duration latency) {
        if (doubted) {
            String reason = Reason.CXONE_ID_UNKNOWN.id();
            String detail = "not an answer to the call that was claimed";
            deliveries.attempted(call.delivery(), Type.IN_DOUBT, 0, reason, true, detail, latency);
        } else {
            deliveries.attempted(call.delivery(), Type.ATTEMPT, 0, null, false, "not sent: " + why, latency);
        }
        deliveries.release(call.delivery());
    }
}
