package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NoContactWordsTest {
    private static final String HTTPS = "https://api.example:443";
    private static final String PERHAPS = "A server that asks for a client certificate may close";
    private static final HttpHost TARGET = new HttpHost("https", "api.example", 443);
    private static final HttpRoute DIRECT = new HttpRoute(TARGET, null, true);
    private static final HttpRoute PROXIED = new HttpRoute(TARGET, null, new HttpHost("proxy.example", 3128), true);

    @ParameterizedTest
    @MethodSource
    void each_kind_of_fault_has_its_next_step(IOException fault, String words) {
        String said = NoContact.inWords(fault, HTTPS);

        assertThat(said)
                .startsWith(fault.getClass().getSimpleName() + " at https://api.example:443. " + words)
                .doesNotContain("secret words");
        assertThat(NoContact.inWords(new NotSentException(fault, DIRECT), HTTPS))
                .isEqualTo(said);
    }

    static Stream<Arguments> each_kind_of_fault_has_its_next_step() {
        return Stream.of(
                Arguments.of(
                        new UnknownHostException("secret words"),
                        "The host name is not known here. Check cxone.base-url"),
                Arguments.of(tls(new CertificateExpiredException()), "Its certificate is out of date."),
                Arguments.of(tls(new CertificateNotYetValidException()), "Its certificate is out of date."),
                Arguments.of(
                        new SSLPeerUnverifiedException("secret words"), "Its certificate is for another host name."),
                Arguments.of(
                        tls(new CertificateException("secret words")), "Its certificate is for another host name."),
                Arguments.of(
                        tls(new CertificateException(new CertPathBuilderException())),
                        "Its certificate is for another host name."),
                Arguments.of(
                        tls(new RuntimeException(new CertPathBuilderException())),
                        "This machine does not trust the authority of its certificate. Check cxone.base-url; behind"),
                Arguments.of(
                        new SSLException("Received fatal alert: bad_certificate"),
                        "It asks for a client certificate, or does not accept the one it got. Check cxone.key-store"),
                Arguments.of(
                        new SSLException("Unsupported or unrecognized SSL message"),
                        "What answers there speaks no TLS. Check the port in cxone.base-url"),
                Arguments.of(new SSLException("secret words"), "The two sides found no way to speak TLS."),
                Arguments.of(
                        new IOException("Received fatal alert: bad_certificate"), "Check cxone.base-url, the network"),
                Arguments.of(new MessageConstraintException("secret words"), "Its answer has more than 100 headers"),
                Arguments.of(new NoHttpResponseException("secret words"), "It closed the connection without an answer"),
                Arguments.of(
                        new IOException(new ProtocolException("secret words")),
                        "What answers there speaks no HTTP/1.1"),
                Arguments.of(new SocketTimeoutException(), "Check cxone.base-url, the network and the proxy."));
    }

    private static IOException tls(Exception cause) {
        return (IOException) new SSLHandshakeException("secret words").initCause(cause);
    }

    @Test
    void only_a_tls_connection_that_breaks_may_ask_for_a_certificate() {
        assertThat(NoContact.inWords(new SocketException(), HTTPS)).contains(PERHAPS);
        assertThat(NoContact.inWords(new SocketException(), "http://api.example"))
                .doesNotContain(PERHAPS);
        assertThat(NoContact.inWords(new IOException(), HTTPS)).doesNotContain(PERHAPS);
    }

    @ParameterizedTest
    @MethodSource
    void a_fault_of_the_proxy_names_the_proxy(Exception fault, String words) {
        assertThat(NoContact.inWords(new NotSentException(fault, PROXIED), HTTPS))
                .isEqualTo("The proxy proxy.example:3128 " + words);
    }

    static Stream<Arguments> a_fault_of_the_proxy_names_the_proxy() {
        String check = "Check cxone.proxy, and whether the proxy is up.";
        String noProxy =
                "closes the connection, or answers as no HTTP proxy does. %s Check that the port is the proxy's."
                        .formatted(check);
        return Stream.of(
                Arguments.of(
                        new UnknownHostException("proxy.example"),
                        "is not known here by its host name. Check cxone.proxy and the name service."),
                Arguments.of(
                        new ConnectTimeoutException("late"),
                        "does not accept the connection within cxone.connect-timeout-ms. " + check),
                Arguments.of(new SocketTimeoutException(), "accepts the connection and does not answer. " + check),
                Arguments.of(
                        new DeadlineExceededException(100), "accepts the connection and does not answer. " + check),
                Arguments.of(new NoHttpResponseException("gone"), noProxy),
                Arguments.of(new HttpException("odd"), noProxy),
                Arguments.of(new ConnectException(), "cannot be reached (ConnectException). " + check),
                Arguments.of(new NoRouteToHostException(), "cannot be reached (NoRouteToHostException). " + check),
                Arguments.of(new SocketException(), "breaks off the connection (SocketException). " + check));
    }

    @Test
    void a_fault_of_tls_behind_the_proxy_is_one_of_the_server() {
        assertThat(NoContact.inWords(new NotSentException(new SSLException("odd"), PROXIED), HTTPS))
                .startsWith(
                        "SSLException at https://api.example:443 through the proxy proxy.example:3128. The two sides");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            407 |                | It requires a sign-in, or does not accept the one it got.
            407 | Basic realm=x  | It requires a sign-in, or does not accept the one it got.
            407 | NTLM           | It accepts NTLM only, and CXT signs in by Basic or Digest.
            407 | Negotiate,NTLM | It accepts Negotiate and NTLM only, and CXT signs in by Basic or Digest.
            403 |                | Its rules do not let this machine through to CXone.
            502 |                | It cannot resolve or reach CXone.
            504 |                | It got no answer from CXone.
            500 |                | It has a fault. Calls go on once it works again
            503 |                | It has a fault. Calls go on once it works again
            501 |                | It does not lead to CXone.
            505 |                | It does not lead to CXone.
            499 |                | It does not lead to CXone.
            """)
    void what_the_proxy_answers_says_what_to_do(int status, String challenge, String words) throws IOException {
        var no = new BasicClassicHttpResponse(status);
        for (String one : challenge == null ? new String[0] : challenge.split(",")) {
            no.addHeader("Proxy-Authenticate", one);
        }

        assertThat(NoContact.inWords(new NotSentException(no, PROXIED), HTTPS))
                .startsWith("The proxy proxy.example:3128 answers HTTP %s to CONNECT api.example:443. %s"
                        .formatted(status, words));
    }
}
