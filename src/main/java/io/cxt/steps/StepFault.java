package io.cxt.steps;

import io.cxt.intake.SiteStepException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** A fault of the network in a step, in words: the messages of others may hold an address with a secret in it. */
final class StepFault {
    private static final Set<Class<? extends Exception>> BROKEN_OFF = Set.of(
            ConnectionClosedException.class,
            MalformedChunkCodingException.class,
            NoHttpResponseException.class,
            SocketException.class);

    private StepFault() {}

    /** @return the fault itself when it is another one */
    static Throwable inWords(Throwable thrown) {
        Throwable fault = thrown;
        while (fault.getCause() != null && fault.getClass().getName().startsWith("org.apache.camel.")) {
            fault = fault.getCause();
        }
        if (fault instanceof HttpOperationFailedException answer) {
            return new SiteStepException("HTTP " + answer.getStatusCode());
        }
        String words = ofNetwork(fault);
        if (words == null) {
            return thrown;
        }
        SiteStepException worded = new SiteStepException(
                "%s (%s)".formatted(words, fault.getClass().getSimpleName()));
        worded.initCause(fault);
        return worded;
    }

    private static @Nullable String ofNetwork(Throwable fault) {
        if (fault instanceof UnknownHostException) {
            return "The host name is not known here. Check the address of this step and the name service";
        }
        if (fault instanceof ConnectException
                || fault instanceof NoRouteToHostException
                || fault instanceof ConnectTimeoutException) {
            return "No connection. Check the address of this step, the network, and whether the server is up";
        }
        if (fault instanceof SocketTimeoutException) {
            return "No answer in time. Look at the server that this step calls";
        }
        if (fault instanceof SSLException) {
            return "No connection with TLS. Check the address of this step, and whether the certificate of its server is trusted";
        }
        return BROKEN_OFF.stream().anyMatch(each -> each.isInstance(fault))
                ? "The connection broke off before the answer was complete. Look at the server that this step calls, and the network"
                : null;
    }
}
