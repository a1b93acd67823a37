package io.cxt.cxone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.jspecify.annotations.Nullable;

/** A call that ended before any of it left: CXone cannot have it. */
final class NotSentException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Pattern SCHEME = Pattern.compile("\\b(?i:basic|digest|negotiate|ntlm|kerberos)\\b");

    private final @Nullable String proxy;
    private final int status;
    private final String challenge;
    private final @Nullable String answered;

    /** A fault on the way. */
    NotSentException(Exception cause, HttpRoute route) {
        super(cause);
        this.proxy = proxy(route);
        this.status = 0;
        this.challenge = "";
        this.answered = null;
    }

    /** The proxy said no to CONNECT. Its answer is in memory. */
    NotSentException(ClassicHttpResponse no, HttpRoute route) throws IOException {
        super("CONNECT was answered with HTTP " + no.getCode());
        this.proxy = proxy(route);
        this.status = no.getCode();
        this.challenge = Arrays.stream(no.getHeaders("Proxy-Authenticate"))
                .flatMap(header ->
                        SCHEME.matcher(String.valueOf(header.getValue())).results())
                .map(MatchResult::group)
                .distinct()
                .collect(Collectors.joining(" "));
        byte[] body = no.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(no.getEntity());
        this.answered = new String(body, StandardCharsets.UTF_8).strip();
    }

    private static @Nullable String proxy(HttpRoute route) {
        return route.getProxyHost() == null ? null : route.getProxyHost().toHostString();
    }

    /** {@code host:port} of the proxy that is in the way; null when there is none. */
    @Nullable
    String proxy() {
        return proxy;
    }

    /** True when the proxy is at fault; TLS is spoken with what is behind it. */
    boolean ofProxy() {
        return proxy != null && !(getCause() instanceof SSLException);
    }

    /** What the proxy answered to CONNECT; 0 when it did not. */
    int status() {
        return status;
    }

    /** The schemes of sign-in that the proxy offers, with a blank between; empty when it says none. */
    String challenge() {
        return challenge;
    }

    /** The text of the proxy's answer; null when there is none. */
    @Nullable
    String answered() {
        return answered;
    }
}
