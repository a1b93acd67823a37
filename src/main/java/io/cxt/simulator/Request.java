package io.cxt.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** An HTTP request, as handlers read it. */
public final class Request {

    private static final String BEARER = "Bearer ";

    private final ClassicHttpRequest http;

    Request(ClassicHttpRequest http) {
        this.http = http;
    }

    public String method() {
        return http.getMethod();
    }

    /** As sent, without the query. */
    public String path() {
        int query = http.getPath().indexOf('?');
        return query < 0 ? http.getPath() : http.getPath().substring(0, query);
    }

    /** As sent, without the question mark; empty when there is none. */
    public String query() {
        int query = http.getPath().indexOf('?');
        return query < 0 ? "" : http.getPath().substring(query + 1);
    }

    /** Path and query as sent. */
    public String target() {
        return http.getPath();
    }

    /** Scheme, host and port that the caller used. */
    public String origin() {
        return "%s://%s".formatted(http.getScheme(), header("Host"));
    }

    /** The decoded fields of a form or a query: each name with its last value. */
    public static Map<String, String> form(String encoded) {
        Map<String, String> last = new HashMap<>();
        fields(encoded).forEach((name, values) -> last.put(name, values.get(values.size() - 1)));
        return last;
    }

    /** The decoded fields of a form or a query: each name with its values in order. */
    public static Map<String, List<String>> fields(String encoded) {
        Map<String, List<String>> fields = new TreeMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decoded(pair.substring(0, equals)), first -> new ArrayList<>())
                        .add(decoded(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    /** As in a form: a plus sign is a blank. */
    public static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return ""; // a broken %-escape cannot be the right value
        }
    }

    /** The first value of a header; null when it is missing. */
    public @Nullable String header(String name) {
        Header header = http.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** All headers by lower-case name. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new TreeMap<>();
        for (Header header : http.getHeaders()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), first -> new ArrayList<>())
                    .add(header.getValue());
        }
        return headers;
    }

    /** The bearer token; null when it is missing. */
    public @Nullable String token() {
        String value = header("Authorization");
        return value != null && value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? value.substring(BEARER.length()).strip()
                : null;
    }

    /** True if {@code Content-Type} names this media type, with any parameters. */
    public boolean isOf(String mediaType) {
        String value = header("Content-Type");
        if (value == null) {
            return false;
        }
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().equalsIgnoreCase(mediaType);
    }

    /** The body; null when it is larger than allowed. */
    public byte @Nullable [] body(int mostBytes) throws IOException {
        HttpEntity entity = http.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        long length = entity.getContentLength();
        if (length > mostBytes) {
            return null;
        }
        InputStream in = entity.getContent();
        byte[] body = in.readNBytes(length < 0 ? mostBytes + 1 : (int) length);
        return body.length > mostBytes ? null : body;
    }
}
