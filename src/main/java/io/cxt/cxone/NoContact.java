package io.cxt.cxone;

import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Why CXone could not be reached, and what to do, by the kind of the fault: its own words may be anything. */
final class NoContact {
    private NoContact() {}

    /** @param baseUrl where it was tried */
    static String inWords(IOException fault, String baseUrl) {
        String kind = fault.getClass().getSimpleName();
        return "%s at %s. %s".formatted(kind, baseUrl, next(fault));
    }

    private static String next(IOException fault) {
        if (is(fault, UnknownHostException.class)) {
            return "The host name is not known here. Check cxone.base-url and the name service.";
        }
        if (is(fault, CertificateExpiredException.class) || is(fault, CertificateNotYetValidException.class)) {
            return "Its certificate is out of date. Check the clock of this machine; else whoever runs the server, or"
                    + " the proxy before it, has to renew it.";
        }
        if (is(fault, SSLPeerUnverifiedException.class) || otherName(fault)) {
            return "Its certificate is for another host name. Check cxone.base-url.";
        }
        if (is(fault, CertPathBuilderException.class)) {
            return "Nobody whom this machine trusts vouches for its certificate. Check cxone.base-url; behind a proxy"
                    + " that opens TLS, have its authority trusted: JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE.";
        }
        if (is(fault, SSLException.class)) {
            return "The two found no way to speak TLS. Check cxone.base-url and the proxy; TLS 1.2 or newer is needed.";
        }
        return "Check cxone.base-url, the network and the proxy.";
    }

    /** Java has no class of its own for a certificate that is good, and not for this host. */
    private static boolean otherName(Throwable fault) {
        return fault.getCause() != null && fault.getCause().getClass() == CertificateException.class;
    }

    private static boolean is(Throwable fault, Class<? extends Throwable> kind) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
