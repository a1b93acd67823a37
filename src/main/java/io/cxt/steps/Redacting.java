package io.cxt.steps;

import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.redaction.Redaction;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptSettings;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** The step that takes out of a transcript what the policy names: all steps after it see only what is left. */
public final class Redacting {
    private final Redaction redaction;
    private final TranscriptSettings transcripts;

    public Redacting(Redaction redaction, TranscriptSettings transcripts) {
        this.redaction = redaction;
        this.transcripts = transcripts;
    }

    /** @return what is left; the same body where no policy is set, null for what could not be read */
    public @Nullable Object redact(
            @Body @Nullable Object body, @Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight) {
        if (!redaction.on()) {
            return body;
        }
        Entry received = inFlight.entry();
        Entry left = redaction.left(received, inFlight.parsed());
        Transcript judged = left.readable() ? transcripts.arrange(left.transcript()) : null;
        inFlight.redacted(left, judged);
        inFlight.reading()
                .noted(left.notes()
                        .subList(received.notes().size(), left.notes().size()));
        return judged;
    }
}
