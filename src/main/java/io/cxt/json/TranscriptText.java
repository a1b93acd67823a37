package io.cxt.json;

import io.cxt.transcript.Entry.Hint;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Transcript;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads transcripts from text in our own form that was made from another form, by the same grammar as those that come
 * as JSON. Not for several threads at once.
 */
public final class TranscriptText {

    private final RecordFindings found = new RecordFindings();
    private final TranscriptParser parser;

    public TranscriptText(ReadingOptions options) {
        this.parser = new TranscriptParser(options.dropUnknownFields(), found);
    }

    /**
     * Reads one transcript.
     *
     * @param text JSON on one line
     * @param line the line of the source that findings are about
     * @return null when there are {@link #findings}
     */
    public @Nullable Transcript read(String text, long line) {
        found.begin(line, 1);
        char[] chars = text.toCharArray();
        return parser.parse(chars, chars.length);
    }

    /** Whose the transcript read last is, also where it is refused. */
    public Hint hint() {
        return parser.hint();
    }

    /** What is wrong with the transcript read last. */
    public List<Finding> findings() {
        return found.findings();
    }

    /** What was changed or is odd in the transcript read last. */
    public List<String> notes() {
        return found.notes();
    }
}
