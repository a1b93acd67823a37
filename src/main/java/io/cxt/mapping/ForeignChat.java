package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.transcript.Finding;
import org.jspecify.annotations.Nullable;

/**
 * A chat as another system wrote it, before a template makes a transcript of it.
 *
 * @param line the line it begins on, from 1
 * @param raw its bytes as received; null when they are too many to hold, or are the unread rest of a source
 * @param node what a template sees; null when there is a finding
 * @param key the name before it in the document; null when it has none
 * @param finding why it cannot be read, or null
 * @param ends true when nothing behind it can be read
 * @param offset bytes of the source consumed up to its end
 */
record ForeignChat(
        long line,
        byte @Nullable [] raw,
        @Nullable JsonNode node,
        @Nullable String key,
        @Nullable Finding finding,
        boolean ends,
        long offset) {

    static ForeignChat refused(Finding finding, byte @Nullable [] raw, boolean ends, long offset) {
        return new ForeignChat(finding.line(), raw, null, null, finding, ends, offset);
    }

    /** @throws IllegalStateException when there is a finding */
    @Override
    public JsonNode node() {
        if (node == null) {
            throw new IllegalStateException("the chat could not be read");
        }
        return node;
    }

    /** Leaves the content out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "ForeignChat[line=%s]".formatted(line);
    }
}
