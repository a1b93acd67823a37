package io.cxt.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The bodies that faults answer with. */
final class Spoilt {

    private static final int QUOTED_BYTES = 1000;

    private Spoilt() {}

    /** An error that quotes the beginning of the request, as careless servers do: logging it leaks chat text. */
    static Reply error(int status, byte[] request) {
        String quote = new String(request, 0, Math.min(request.length, QUOTED_BYTES), StandardCharsets.UTF_8);
        return Reply.error(status, "status_" + status, "this answer was scripted; the request began: " + quote);
    }

    static Reply page(int status) {
        return Reply.json(status, "<!DOCTYPE html><html><body>Sign in to this network</body></html>");
    }

    static Reply expiry(Reply signIn, @Nullable String rawJson) {
        String field = rawJson == null ? "" : "$1" + Matcher.quoteReplacement(rawJson) + ",";
        return signIn.withBody(signIn.body().replaceFirst("(\"expires_?[iI]n\":)\\d+,", field));
    }

    static Reply slow(Reply reply, long millisEach) {
        byte[] body = bytes(reply.body());
        return reply.withStream(out -> {
            for (byte next : body) {
                Pause.millis(millisEach);
                out.write(next);
                out.flush();
            }
        });
    }

    static Reply huge(Reply reply, long bytes) {
        return reply.withStream(out -> pad(reply.body(), bytes, out));
    }

    static Reply bomb(Reply reply, long bytes) {
        return reply.withHeader("Content-Encoding", "gzip").withStream(out -> {
            try (GZIPOutputStream packed = new GZIPOutputStream(out, 65_536)) {
                pad(reply.body(), bytes, packed);
            }
        });
    }

    /** The JSON object with a padding field of so many bytes. */
    private static void pad(String json, long bytes, OutputStream out) throws IOException {
        out.write(bytes(json.substring(0, Math.max(0, json.length() - 1))));
        out.write(bytes(",\"padding\":\""));
        byte[] block = new byte[65_536];
        Arrays.fill(block, (byte) 'x');
        for (long left = bytes; left > 0; left -= block.length) {
            out.write(block, 0, (int) Math.min(left, block.length));
        }
        out.write(bytes("\"}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
