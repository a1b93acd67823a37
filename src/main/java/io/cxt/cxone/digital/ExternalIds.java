package io.cxt.cxone.digital;

import io.cxt.transcript.Part;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The ids that CXone gets for a chat and its messages: the same each time, different for any two messages, and fit for the
 * path of a URL.
 *
 * <p>An id of up to 128 of {@code A-Z a-z 0-9 . _ -} stays as it is. Any other becomes the first 40 of its characters, with
 * {@code _} for each that does not fit, {@code ~}, and 32 hex digits of its SHA-256. How long ids may be is not published.
 */
final class ExternalIds {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9._-]");
    private static final int SHOWN = 40;
    private static final int DIGITS = 32;

    private final String thread;
    private final Set<String> taken = new HashSet<>();

    ExternalIds(String interactionId) {
        thread = fitting(interactionId);
    }

    /** The id of the chat. */
    String thread() {
        return thread;
    }

    /**
     * The id of its next message: {@code chat:message}. One that an earlier message has gets its index behind {@code ~}.
     *
     * @param id the sender's; empty for none, which gives {@code msg_} and the index
     */
    String message(String id, int index) {
        String own = id.isEmpty() ? "msg_" + index : fitting(id);
        return thread + ":" + (taken.add(own) ? own : own + "~" + index);
    }

    private static String fitting(String id) {
        if (PLAIN.matcher(id).matches()) {
            return id;
        }
        String shown =
                ODD.matcher(id.substring(0, Math.min(id.length(), SHOWN))).replaceAll("_");
        String hash = Part.hashOf(id.getBytes(StandardCharsets.UTF_8));
        return shown + "~" + hash.substring(0, DIGITS);
    }
}
