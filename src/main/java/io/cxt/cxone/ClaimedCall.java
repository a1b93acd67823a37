package io.cxt.cxone;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** A call as its claim stands for it: what leaves is this, or nothing. Other headers than these are a site's own. */
public final class ClaimedCall {
    private final String method;
    private final URI address;
    private final String authorization;
    private final @Nullable String idempotencyKey;
    private final byte @Nullable [] body;

    /**
     * @param idempotencyKey null where the call brings nothing
     * @param body JSON, not to be changed; null for none
     */
    public ClaimedCall(
            String method, URI address, String authorization, @Nullable String idempotencyKey, byte @Nullable [] body) {
        this.method = method;
        this.address = address;
        this.authorization = authorization;
        this.idempotencyKey = idempotencyKey;
        this.body = body;
    }

    /**
     * Compares what is about to be written.
     *
     * @param server that the connection leads to
     * @throws ChangedCallException when it is another call, or has another content
     */
    public void require(ClassicHttpRequest request, HttpHost server) throws IOException {
        List<String> differences = new ArrayList<>();
        if (!method.equals(request.getMethod())) {
            differences.add("the method");
        }
        if (!isAddress(request, server)) {
            differences.add("the address");
        }
        compare(request, "Authorization", authorization, differences);
        compare(request, "Idempotency-Key", idempotencyKey, differences);
        HttpEntity entity = request.getEntity();
        if (body != null && !isJson(request.getHeaders("Content-Type"))) {
            differences.add("the header Content-Type");
        }
        if (request.containsHeader("Content-Encoding") || entity != null && entity.getContentEncoding() != null) {
            differences.add("the header Content-Encoding");
        }
        if (!isBody(entity)) {
            differences.add("the body");
        }
        if (!differences.isEmpty()) {
            throw ChangedCallException.in(differences);
        }
    }

    private boolean isAddress(ClassicHttpRequest request, HttpHost server) {
        URIAuthority named = request.getAuthority();
        Header[] hosts = request.getHeaders("Host");
        return address.getScheme().equalsIgnoreCase(server.getSchemeName())
                && isServer(server.getHostName(), server.getPort())
                && named != null
                && named.getUserInfo() == null
                && isServer(named.getHostName(), named.getPort())
                && hosts.length == 1
                && isServer(hosts[0].getValue())
                && isPath(String.valueOf(request.getPath()));
    }

    private boolean isServer(String authority) {
        try {
            URIAuthority host = URIAuthority.create(authority);
            return host != null && isServer(host.getHostName(), host.getPort());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private boolean isServer(String host, int port) {
        return bare(address.getHost()).equals(bare(host)) && port(address.getPort()) == port(port);
    }

    private static String bare(String host) {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return name.toLowerCase(Locale.ROOT);
    }

    private int port(int given) {
        return given >= 0 ? given : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    /** Camel may write a character as it is, or as its percent sign, and one slash for two: all are the same path. */
    private boolean isPath(String target) {
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        if ((address.getRawPath() + query).equals(target)) {
            return true;
        }
        try {
            URI ours = new URI(oneSlash(address.getRawPath()) + query);
            int question = target.indexOf('?');
            URI other = question < 0
                    ? new URI(oneSlash(target))
                    : new URI(oneSlash(target.substring(0, question)) + target.substring(question));
            return slashes(ours) == slashes(other)
                    && ours.getPath().equals(other.getPath())
                    && Objects.equals(ours.getQuery(), other.getQuery());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String oneSlash(String path) {
        return path.replaceAll("/{2,}", "/");
    }

    /** Of the path as it is written: a slash that is encoded separates nothing. */
    private static long slashes(URI uri) {
        return uri.getRawPath().chars().filter(each -> each == '/').count();
    }

    private static void compare(
            ClassicHttpRequest request, String name, @Nullable String value, List<String> differences) {
        Header[] found = request.getHeaders(name);
        boolean same = value == null ? found.length == 0 : found.length == 1 && value.equals(found[0].getValue());
        if (!same) {
            differences.add("the header " + name);
        }
    }

    private static boolean isJson(Header[] types) {
        ContentType type = types.length == 1 ? ContentType.parseLenient(types[0].getValue()) : null;
        return type != null
                && "application/json".equalsIgnoreCase(type.getMimeType())
                && (type.getCharset() == null || type.getCharset().equals(StandardCharsets.UTF_8));
    }

    /** What can be written only once was not made of our bytes. */
    private boolean isBody(@Nullable HttpEntity entity) throws IOException {
        byte[] ours = body;
        if (entity == null || ours == null) {
            return (entity == null || entity.getContentLength() == 0) && (ours == null || ours.length == 0);
        }
        if (!entity.isRepeatable()) {
            return false;
        }
        Comparison comparison = new Comparison(ours);
        entity.writeTo(comparison);
        return comparison.same();
    }

    private static final class Comparison extends OutputStream {
        private final byte[] expected;
        private int at;
        private boolean same = true;

        Comparison(byte[] expected) {
            this.expected = expected;
        }

        boolean same() {
            return same && at == expected.length;
        }

        @Override
        public void write(int each) {
            write(new byte[] {(byte) each}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            same = same
                    && length <= expected.length - at
                    && Arrays.equals(bytes, from, from + length, expected, at, at + length);
            at = same ? at + length : at;
        }
    }

    /** Leaves header and body out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "ClaimedCall[" + method + "]";
    }
}
