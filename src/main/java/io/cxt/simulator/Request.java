package io.cxt.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** An HTTP request, as handlers read it. */
final class Request {

    private static final String BEARER = "Bearer ";

    private final ClassicHttpRequest http;

    Request(ClassicHttpRequest http) {
        this.http = http;
    }

    /** The first value of a header; null when it is missing. */
    @Nullable
    String header(String name) {
        Header header = http.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** All headers by lower-case name. */
    Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new TreeMap<>();
        for (Header header : http.getHeaders()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), first -> new ArrayList<>())
                    .add(header.getValue());
        }
        return headers;
    }

    /** The bearer token; null when it is missing. */
    @Nullable
    String token() {
        String value = header("Authorization");
        return value != null && value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? value.substring(BEARER.length()).strip()
                : null;
    }

    /** True if {@code Content-Type} names this media type, with any parameters. */
    boolean isOf(String mediaType) {
        String value = header("Content-Type");
        if (value == null) {
            return false;
        }
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().equalsIgnoreCase(mediaType);
    }

    /** The body; null when it is larger than allowed. */
    byte @Nullable [] body(int mostBytes) throws IOException {
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
