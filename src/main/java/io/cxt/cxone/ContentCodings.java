package io.cxt.cxone;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.entity.DeflateInputStream;
import org.apache.hc.core5.http.HttpMessage;

/**
 * How the body of an answer is packed (RFC 9110, section 8.4). CXT asks for one that is not, and unpacks what it knows.
 *
 * @param codings in the order in which they were applied
 */
record ContentCodings(List<String> codings) {
    /** What a request carries in {@code Accept-Encoding}. */
    static final String ASKED_FOR = "identity";

    private static final Set<String> KNOWN = Set.of("gzip", "x-gzip", "deflate");
    /** More than this is no answer but an attack. */
    private static final int MOST = 5;

    static ContentCodings of(HttpMessage answer) {
        List<String> codings = new ArrayList<>();
        Arrays.stream(answer.getHeaders("Content-Encoding"))
                .flatMap(header ->
                        Arrays.stream(String.valueOf(header.getValue()).split(",")))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .filter(coding -> !coding.isEmpty() && !coding.equals(ASKED_FOR))
                .forEach(codings::add);
        return new ContentCodings(codings);
    }

    boolean none() {
        return codings.isEmpty();
    }

    /** False when the body cannot be read. */
    boolean known() {
        return KNOWN.containsAll(codings) && codings.size() <= MOST;
    }

    InputStream unpacked(InputStream packed) throws IOException {
        InputStream in = packed;
        for (int i = codings.size() - 1; i >= 0; i--) {
            in = codings.get(i).equals("deflate") ? new DeflateInputStream(in) : new GZIPInputStream(in);
        }
        return in;
    }
}
