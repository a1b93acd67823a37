package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The chats of a source, one at a time, in whatever form they stand there. */
interface ForeignChats extends Closeable {

    /** Opens a source of one form. For all threads. */
    @FunctionalInterface
    interface Form {
        /** @param fileName as its sender wrote it; empty when it is not known */
        ForeignChats open(RereadableSource content, String fileName, ReadingOptions options) throws IOException;
    }

    /** What stands around the chats, or why that cannot be read. */
    record Around(JsonNode node, @Nullable Finding finding) {
        static final Around NOTHING = new Around(MissingNode.getInstance(), null);
    }

    /** The next chat; null at the end of the source. */
    @Nullable
    ForeignChat next() throws IOException;

    /** What stands around the chats, once the end is reached. */
    default Around around() {
        return Around.NOTHING;
    }
}
