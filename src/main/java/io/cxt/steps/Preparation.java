package io.cxt.steps;

import io.cxt.cxone.Prepared;
import io.cxt.cxone.Target;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Transcript;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** Turns a valid transcript into the parts that are sent. */
public final class Preparation {
    private final Target target;
    private final Limits limits;

    Preparation(Target target, Limits limits) {
        this.target = target;
        this.limits = limits;
    }

    /**
     * Maps, measures and cuts; refuses what does not fit.
     *
     * @param body the transcript, the passage's own or what a mapping step made of it
     * @throws NoTranscriptException when a mapping step made something else
     */
    public Prepared prepare(@Variable(Variables.PASSAGE) Passage passage, @Body Object body)
            throws NoTranscriptException {
        if (!(body instanceof Transcript transcript)) {
            throw new NoTranscriptException(
                    ("The body before map-and-cut is %s and no transcript. End a mapping step with"
                                    + " cxtTranscripts.fromJson")
                            .formatted(
                                    body == null
                                            ? "empty"
                                            : "a " + body.getClass().getName()));
        }
        Entry entry = transcript == passage.transcript()
                ? passage.entry().arranged(transcript)
                : passage.entry().mapped(transcript);
        return target.prepare(entry, passage.origin(), limits);
    }
}
