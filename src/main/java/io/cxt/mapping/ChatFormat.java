package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;

/** A form that chats can have, set up as a mapping file says. For all threads. */
interface ChatFormat {

    /** Begins to read a source of this form. */
    EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) throws IOException;

    /** True when the first chat of the source is of this form, as far as the mapping file says how to tell. */
    default boolean fits(RereadableSource content) throws IOException {
        return false;
    }

    /** True when a dead letter holds a chat of this form as it came; false for a transcript, in our own form. */
    default boolean keeps(RereadableSource letter, ReadingOptions options) throws IOException {
        return false;
    }
}
