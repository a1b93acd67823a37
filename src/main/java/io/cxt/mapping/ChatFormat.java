package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;

/** A form that chats can have, set up as a mapping file says. For all threads. */
@FunctionalInterface
interface ChatFormat {

    /** Begins to read a source of this form. */
    EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) throws IOException;
}
