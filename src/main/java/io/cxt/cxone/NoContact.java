package io.cxt.cxone;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Why CXone cannot be reached and what to do, by the kind of the fault: its own words are never shown. */
public final class NoContact {
    /** Alerts about the certificate that this side has shown, or has not. */
    private static final Pattern OUR_CERTIFICATE = Pattern.compile(
            "fatal alert: (certificate_required|bad_certificate|certificate_unknown|certificate_expired|unknown_ca|access_denied)");

    private NoContact() {}

    /** @param baseUrl where it was tried */
    public static String inWords(IOException fault, String baseUrl) {
        if (fault instanceof NotSentException notSent) {
            Throwable cause = notSent.getCause();
            return cause == null || notSent.ofProxy()
                    ? "The proxy %s %s".formatted(notSent.proxy(), ofProxy(notSent, baseUrl))
                    : inWords(cause, baseUrl, notSent.proxy());
        }
        return inWords(fault, baseUrl, null);
    }

    private static String inWords(Throwable fault, String baseUrl, @Nullable String proxy) {
        // With TLS 1.3 a server learns only after the handshake that it gets no certificate, and may close without a
        // word.
        String perhaps = baseUrl.startsWith("https:") && fault instanceof SocketException
                ? " A server that asks for a client certificate may close the connection like this, too: cxone.key-store."
                : "";
        return inWords(
                        fault,
                        proxy == null ? baseUrl : "%s through the proxy %s".formatted(baseUrl, proxy),
                        "cxone.base-url",
                        "behind a proxy that opens TLS, have its authority trusted: name it in cxone.trust-store.",
                        "cxone.key-store")
                + perhaps;
    }

    /** What a proxy did in place of a connection to CXone: a part of a sentence, and the next step. */
    private static String ofProxy(NotSentException fault, String baseUrl) {
        Throwable cause = fault.getCause();
        String check = "Check cxone.proxy, and whether the proxy is up.";
        if (cause instanceof UnknownHostException) {
            return "is not known here by its host name. Check cxone.proxy and the name service.";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "does not accept the connection within cxone.connect-timeout-ms. " + check;
        }
        if (cause instanceof SocketTimeoutException || cause instanceof DeadlineExceededException) {
            return "accepts the connection and does not answer. " + check;
        }
        if (cause instanceof NoHttpResponseException || cause instanceof HttpException) {
            return "closes the connection, or answers as no HTTP proxy does. %s Check that the port is the proxy's."
                    .formatted(check);
        }
        if (cause != null) {
            return "%s (%s). %s"
                    .formatted(
                            cause instanceof ConnectException || cause instanceof NoRouteToHostException
                                    ? "cannot be reached"
                                    : "breaks off the connection",
                            cause.getClass().getSimpleName(),
                            check);
        }
        String says =
                "answers HTTP %s to CONNECT %s. ".formatted(fault.status(), baseUrl.replaceFirst("^https?://", ""));
        return says
                + switch (fault.status()) {
                    case 407 ->
                        fault.challenge().isEmpty() || fault.challenge().matches("(?i).*(basic|digest).*")
                                ? "It requires a sign-in, or does not accept the one it got. Check cxone.proxy-username and"
                                        + " cxone.proxy-password-file."
                                : ("It accepts %s only, and CXT signs in by Basic or Digest. Have it offer one of these, or let this"
                                                + " machine through; then check cxone.proxy-username and cxone.proxy-password-file.")
                                        .formatted(fault.challenge().replace(" ", " and "));
                    case 403 ->
                        "Its rules do not let this machine through to CXone. Ask the owner of the proxy to allow it.";
                    case 502 ->
                        "It cannot resolve or reach CXone. Check the host in cxone.base-url, and ask the owner of the proxy.";
                    case 504 -> "It got no answer from CXone. Check cxone.base-url, and ask the owner of the proxy.";
                    default ->
                        fault.status() >= 500 && fault.status() != 501 && fault.status() != 505
                                ? "It has a fault. Calls go on once it works again; if this lasts, ask the owner of the proxy."
                                : "It does not lead to CXone. Check that cxone.proxy is a forward proxy, and ask its owner.";
                };
    }

    /**
     * The same of another server.
     *
     * @param property that names it
     * @param trust how to have its authority trusted
     * @param keyStore where this side's own certificate is set
     */
    public static String inWords(Throwable fault, String address, String property, String trust, String keyStore) {
        String kind = fault.getClass().getSimpleName();
        return "%s at %s. %s".formatted(kind, address, next(fault, property, trust, keyStore));
    }

    private static String next(Throwable fault, String property, String trust, String keyStore) {
        if (is(fault, UnknownHostException.class)) {
            return "The host name is not known here. Check %s and the name service.".formatted(property);
        }
        if (is(fault, CertificateExpiredException.class) || is(fault, CertificateNotYetValidException.class)) {
            return "Its certificate is out of date. Check the clock of this machine. If it is right, the owner of the"
                    + " server, or of the proxy before it, must renew the certificate.";
        }
        if (is(fault, SSLPeerUnverifiedException.class) || otherName(fault)) {
            return "Its certificate is for another host name. Check %s.".formatted(property);
        }
        if (is(fault, CertPathBuilderException.class)) {
            return "This machine does not trust the authority of its certificate. Check %s; %s"
                    .formatted(property, trust);
        }
        String words = String.valueOf(fault.getMessage()); // Java's own, looked at and never shown
        if (is(fault, SSLException.class) && OUR_CERTIFICATE.matcher(words).find()) {
            return "It asks for a client certificate, or does not accept the one it got. Check %s, and with the server's owner"
                            .formatted(keyStore)
                    + " which authority it trusts.";
        }
        if (is(fault, SSLException.class)) {
            return words.contains("unrecognized SSL message")
                    ? "What answers there speaks no TLS. Check the port in %s, and the proxy.".formatted(property)
                    : "The two sides found no way to speak TLS. Check %s and the proxy; TLS 1.2 or newer is needed, and %s where the"
                                    .formatted(property, keyStore)
                            + " server asks for a client certificate.";
        }
        if (fault instanceof MessageConstraintException) {
            return "Its answer has more than 100 headers, or one of more than 8 KB: not CXone's. Check cxone.base-url and the"
                    + " proxy.";
        }
        if (fault instanceof NoHttpResponseException) {
            return "It closed the connection without an answer. Where that comes again, what answers there may speak HTTP/2 only,"
                    + " or another protocol: check the port in cxone.base-url, and the proxy or gateway before it.";
        }
        if (is(fault, ProtocolException.class)) {
            return "What answers there speaks no HTTP/1.1: HTTP/2 only, or another protocol. Check the port in"
                    + " cxone.base-url, and the proxy or gateway before it.";
        }
        return "Check %s, the network and the proxy.".formatted(property);
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
