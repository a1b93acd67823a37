package io.cxt.steps;

import io.cxt.cxone.PartMaker;
import io.cxt.cxone.Prepared;
import io.cxt.intake.SiteStepException;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.Deliveries;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Part;
import io.cxt.transcript.Transcript;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** Turns a valid transcript into the parts that are sent. */
public final class Preparation {
    private final PartMaker maker;
    private final Deliveries deliveries;

    public Preparation(PartMaker maker, Deliveries deliveries) {
        this.maker = maker;
        this.deliveries = deliveries;
    }

    /**
     * Maps, measures and cuts; refuses what does not fit, and times that cannot be.
     *
     * @param body the transcript, the passage's own or what a mapping step made of it
     * @return the parts in the order in which they go out
     * @throws OversizeException when it does not fit, however it is cut, or has such a time
     * @throws SiteStepException when a mapping step made something else
     */
    public List<Part> prepare(@Variable(Variables.PASSAGE) TranscriptInFlight passage, @Body @Nullable Object body)
            throws SiteStepException, OversizeException {
        if (!passage.open()) {
            return List.of(); // a step before has decided it, and did not end its way
        }
        if (!(body instanceof Transcript transcript)) {
            throw SiteStepException.notA(
                    "transcript", "map-and-cut", "End a mapping step with cxtTranscripts.fromJson", body);
        }
        Entry entry = transcript == passage.transcript()
                ? passage.entry().arranged(transcript)
                : passage.entry().mapped(transcript);
        passage.prepared(entry);
        Prepared prepared = maker.make(entry, passage.origin());
        if (prepared.refused()) {
            return goOn(passage, entry, prepared);
        }
        passage.cut(prepared.parts().size());
        return prepared.parts();
    }

    /** True when parts of it were sent, or may have been, that were cut by other limits than those of today. */
    public boolean begunOtherwise(@Variable(Variables.PASSAGE) TranscriptInFlight passage) {
        return passage.begunOtherwise();
    }

    /**
     * Cuts it once more: what CXone has or may have as it was cut then, and only the rest by the limits of today.
     *
     * @throws OversizeException when the rest does not fit, however it is cut
     */
    public List<Part> cutAsBegun(@Variable(Variables.PASSAGE) TranscriptInFlight passage) throws OversizeException {
        Entry entry = Objects.requireNonNull(passage.prepared(), "what is cut again was prepared");
        passage.cutAgain();
        return goOn(passage, entry, maker.make(entry, passage.origin(), List.of()));
    }

    private List<Part> goOn(TranscriptInFlight passage, Entry entry, Prepared prepared) throws OversizeException {
        List<Part.Begun> begun = prepared.transcriptHash() == null
                ? List.of()
                : deliveries.begun(
                        maker.target().name(), entry.transcript().interactionId(), prepared.transcriptHash());
        Prepared asBegun = begun.isEmpty() ? prepared : maker.make(entry, passage.origin(), begun);
        if (asBegun.refused()) {
            throw new OversizeException(asBegun.findings());
        }
        passage.cut(asBegun.parts().size());
        return asBegun.parts();
    }

    /** True until something was decided against a part: those behind it are not sent then. */
    public boolean goesOn(@Variable(Variables.PASSAGE) TranscriptInFlight passage) {
        return passage.open();
    }
}
