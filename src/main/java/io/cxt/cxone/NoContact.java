package io.cxt.cxone;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;

/** Why nothing gets to CXone, and what to do, by the kind of the fault or the answer: its own words may be anything. */
public final class NoContact {
    /** Alerts about the certificate that this side has shown, or has not. */
    private static final Pattern OUR_CERTIFICATE = Pattern.compile(
            "fatal alert: (certificate_required|bad_certificate|certificate_unknown|certificate_expired|unknown_ca|access_denied)");

    private NoContact() {}

    /** Why an answer stops all calls. */
    public static String inWords(Answer answer) {
        int status = answer.httpStatus();
        String reason = answer.reason();
        return switch (answer.kind()) {
            case UNAUTHORIZED ->
                "CXone refuses a new token: HTTP %s. Check that the client may use the chat API, and cxone.scope."
                        .formatted(status);
            case REFUSED ->
                ("CXone refused one transcript after another with HTTP %s and took none in between. Ten transcripts in a row"
                                + " are hardly wrong alike: look for a rule of a gateway, proxy or firewall. Once it is"
                                + " changed, calls go on by themselves, and those refused before come back with: cxt"
                                + " dead-letters replay --all --reason %s. If the transcripts are wrong all the same, take"
                                + " them out of their source and start CXT again.")
                        .formatted(status, reason);
            case UNCLEAR ->
                answer.page()
                        ? ("The answer is a page, not CXone's (HTTP %s): check proxy and firewall, and cxone.base-url. What"
                                        + " is in dead-letters/%s may have arrived: look it up in CXone; if it is missing,"
                                        + " run: cxt dead-letters replay --all --reason %s.")
                                .formatted(status, reason, reason)
                        : ("CXone answers HTTP %s, and no conversation id as it should be, so that nobody knows whether it has"
                                        + " the chat: check proxy and firewall, and cxone.base-url. Look what is in"
                                        + " dead-letters/%s up in CXone; replay what is missing.")
                                .formatted(status, reason);
            default -> "CXone answers HTTP %s. %s".formatted(status, next(status));
        };
    }

    /** What to do about an answer to a sign-in that holds no token. */
    static String atSignIn(Answer answer) {
        return switch (answer.kind()) {
            case UNAUTHORIZED, REFUSED -> SECRET;
            case FORBIDDEN -> answer.httpStatus() == 403 ? SECRET : next(answer.httpStatus());
            case THROTTLED ->
                "Too many ask for a token at the moment. Nothing is wrong with the client and its secret; it is asked again"
                        + " after a pause. If this goes on, see who else signs in as this client.";
            case ACCEPTED, UNCLEAR ->
                "Something else than CXone's sign-in answers there: check proxy and firewall, and cxone.base-url.";
            default ->
                "CXone's sign-in is not well, or a gateway before it. It is asked again; if this goes on, ask who runs it.";
        };
    }

    /** The same where the answer is none of an OAuth server's: it says nothing of client and secret. */
    static String atSignIn(Answer answer, String text) {
        if (answer.httpStatus() / 100 == 4 && text.toLowerCase(Locale.ROOT).contains("certificate")) {
            return "It seems to ask for a client certificate. Name one in cxone.key-store, or have the one there accepted;"
                    + " see its words with: cxt check --connect.";
        }
        return switch (answer.kind()) {
            case REFUSED, UNAUTHORIZED, FORBIDDEN ->
                "The answer is a page or a text, as a proxy or gateway gives it. See its words with: cxt check --connect. Check"
                        + " proxy and firewall, and cxone.base-url; if it is CXone's after all, cxone.client-id and"
                        + " CXONE_CLIENT_SECRET.";
            default -> atSignIn(answer);
        };
    }

    private static final String SECRET =
            "Check cxone.client-id and CXONE_CLIENT_SECRET, and that the client has the" + " scopes in cxone.scope.";

    /** What a status says of address, proxy or client. */
    private static String next(int httpStatus) {
        return switch (httpStatus) {
            case 402 -> "The account may not use this API. Ask who administers CXone for a licence.";
            case 403 -> "Check that the client has the scopes in cxone.scope and may create chats.";
            case 404, 405, 410 ->
                "Nothing takes chats at this address. Check cxone.base-url, and the path that a gateway or proxy puts before"
                        + " or takes off it.";
            case 407 ->
                "A proxy wants a sign-in of its own. Have it let this machine through to cxone.base-url without one.";
            case 421 -> "The server is not the one for this host name. Check cxone.base-url, and where its name leads.";
            case 431 ->
                "The headers are too large for something on the way, most likely the token. Name fewer scopes in cxone.scope,"
                        + " or have the gateway or proxy take larger headers.";
            case 451 -> "Something on the way may not let this through by law. Ask who runs the network, and CXone.";
            case 511 -> "This network wants a sign-in before it lets anything through. Sign this machine in.";
            default ->
                httpStatus / 100 == 3
                        ? "It is a redirect, which is not followed: the token would go to an address that nobody set. Check"
                                + " cxone.base-url."
                        : "That speaks of the address, a proxy or the client, and not of a transcript. Check cxone.base-url,"
                                + " proxy and firewall.";
        };
    }

    /** @param baseUrl where it was tried */
    static String inWords(IOException fault, String baseUrl) {
        // With TLS 1.3 a server learns only after the handshake that it gets no certificate, and may close without a
        // word.
        String perhaps = baseUrl.startsWith("https:") && fault instanceof SocketException
                ? " A server that asks for a client certificate may close the connection like this, too: cxone.key-store."
                : "";
        return inWords(
                        fault,
                        baseUrl,
                        "cxone.base-url",
                        "behind a proxy that opens TLS, have its authority trusted: name it in cxone.trust-store.",
                        "cxone.key-store")
                + perhaps;
    }

    /**
     * The same of another server.
     *
     * @param property that names it
     * @param trust how to have its authority trusted
     * @param keyStore where this side's own certificate is set
     */
    public static String inWords(IOException fault, String address, String property, String trust, String keyStore) {
        String kind = fault.getClass().getSimpleName();
        return "%s at %s. %s".formatted(kind, address, next(fault, property, trust, keyStore));
    }

    private static String next(IOException fault, String property, String trust, String keyStore) {
        if (is(fault, UnknownHostException.class)) {
            return "The host name is not known here. Check %s and the name service.".formatted(property);
        }
        if (is(fault, CertificateExpiredException.class) || is(fault, CertificateNotYetValidException.class)) {
            return "Its certificate is out of date. Check the clock of this machine; else whoever runs the server, or"
                    + " the proxy before it, has to renew it.";
        }
        if (is(fault, SSLPeerUnverifiedException.class) || otherName(fault)) {
            return "Its certificate is for another host name. Check %s.".formatted(property);
        }
        if (is(fault, CertPathBuilderException.class)) {
            return "Nobody whom this machine trusts vouches for its certificate. Check %s; %s"
                    .formatted(property, trust);
        }
        String words = String.valueOf(fault.getMessage()); // Java's own, looked at and never shown
        if (is(fault, SSLException.class) && OUR_CERTIFICATE.matcher(words).find()) {
            return "It asks for a client certificate, or does not take the one it got. Check %s, and with the server's owner"
                            .formatted(keyStore)
                    + " which authority it trusts.";
        }
        if (is(fault, SSLException.class)) {
            return words.contains("unrecognized SSL message")
                    ? "What answers there speaks no TLS. Check the port in %s, and the proxy.".formatted(property)
                    : "The two found no way to speak TLS. Check %s and the proxy; TLS 1.2 or newer is needed, and %s where the"
                                    .formatted(property, keyStore)
                            + " server asks for a client certificate.";
        }
        if (fault instanceof MessageConstraintException) {
            return "Its answer has more than 100 headers, or one of more than 8 KB: not CXone's. Check cxone.base-url and the"
                    + " proxy.";
        }
        if (fault instanceof NoHttpResponseException || is(fault, ProtocolException.class)) {
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
