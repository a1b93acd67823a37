package io.cxt.console;

import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A file that pages use. It is in memory: no request reaches the disk. */
record PageFile(String type, String content) {
    /** All of them, by address. */
    static final Map<String, PageFile> ALL = Map.of(
            "/console.css", of("text/css", "console.css"),
            "/htmx.js", of("text/javascript", "htmx-4.0.1.min.js"),
            "/hx-sse.js", of("text/javascript", "hx-sse-4.0.1.min.js"));

    private static PageFile of(String type, String name) {
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            return new PageFile(type + "; charset=utf-8", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read %s in the jar of cxt".formatted(name), e);
        }
    }

    void send(HttpServerResponse response) {
        response.putHeader("Content-Type", type)
                .putHeader("Cache-Control", "private, max-age=300")
                .end(content);
    }
}
