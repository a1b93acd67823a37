package io.cxt.mapping;

import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.TranscriptReader;
import java.io.IOException;

/** A form that chats can have, set up as a mapping file says. For all threads. */
@FunctionalInterface
interface Format {

    /** Begins to read a source of this form. */
    EntryReader open(Content content, ReadingOptions options) throws IOException;
}
