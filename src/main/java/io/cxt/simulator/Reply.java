package io.cxt.simulator;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.io.IOCallback;
import org.jspecify.annotations.Nullable;

/**
 * An answer to be written.
 *
 * @param body the whole body, with its length in a header; used when there is no stream
 * @param stream writes a body of no declared length, in chunks; or null
 */
public record Reply(
        int status,
        List<Header> headers,
        String body,
        @Nullable IOCallback<OutputStream> stream) {

    private static final ContentType JSON = ContentType.create("application/json");

    public static Reply json(int status, String body) {
        return new Reply(status, List.of(), body, null);
    }

    public static Reply error(int status, String error, @Nullable String message) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("error", error);
        fields.put("message", String.valueOf(message));
        return json(status, Json.of(fields));
    }

    /** Lines of columns with tabs between them, written while they are sent. */
    public static Reply lines(IOCallback<Appendable> writer) {
        return json(200, "")
                .withHeader("Content-Type", "text/tab-separated-values; charset=utf-8")
                .withStream(out -> {
                    BufferedWriter lines = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                    writer.execute(lines);
                    lines.flush();
                });
    }

    /** A text as a column of such lines: backslash, tab and line breaks are escaped. */
    public static String column(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    public Reply withStatus(int other) {
        return new Reply(other, headers, body, stream);
    }

    public Reply withBody(String other) {
        return new Reply(status, headers, other, null);
    }

    Reply withStream(IOCallback<OutputStream> other) {
        return new Reply(status, headers, body, other);
    }

    public Reply withHeader(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new BasicHeader(name, value));
        return new Reply(status, more, body, stream);
    }

    /** The values of one header, in order. */
    List<String> header(String name) {
        return headers.stream()
                .filter(header -> header.getName().equalsIgnoreCase(name))
                .map(Header::getValue)
                .toList();
    }

    void writeTo(ClassicHttpResponse response) throws IOException {
        response.setCode(status);
        for (Header header : headers) {
            response.addHeader(header);
        }
        if (status == 204 || status == 304) {
            return;
        }
        if (stream != null) {
            response.setEntity(new EntityTemplate(-1, JSON, null, stream));
        } else {
            response.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), JSON));
        }
    }
}
