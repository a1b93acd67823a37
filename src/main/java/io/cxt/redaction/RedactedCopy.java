package io.cxt.redaction;

import io.cxt.transcript.Entry;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;

/** Writes what is left of a source: of each transcript a line of JSON, and of what could not be read its text. */
public final class RedactedCopy {
    private final Redaction redaction;
    private final TranscriptSettings transcripts;

    public RedactedCopy(Redaction redaction, TranscriptSettings transcripts) {
        this.redaction = redaction;
        this.transcripts = transcripts;
    }

    /** Writes all that is left of some entries. */
    public void write(Iterator<Entry> entries, OutputStream into) throws IOException {
        while (entries.hasNext()) {
            Entry entry = redaction.withIdLeft(entries.next());
            Entry left = redaction.left(entry, entry.readable() ? transcripts.arrange(entry.transcript()) : null);
            byte[] raw = left.raw();
            if (raw != null) {
                into.write(raw);
                into.write('\n');
            }
        }
    }
}
