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
     * Maps, measures and cuts; rejects what does not fit and impossible times.
     *
     * @param body the transcript as it was read or as a mapping step made it
     * @return the parts in the order in which they go out
     * @throws OversizeException when it does not fit, however it is cut, or has an impossible time
     * @throws SiteStepException when a mapping step made something else
     */
    public List<Part> prepare(@Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight, @Body @Nullable Object body)
            throws SiteStepException, OversizeException {
        if (!inFlight.open()) {
            return List.of(); // an earlier step has decided it and did not end the route
        }
        if (!(body instanceof Transcript transcript)) {
            throw SiteStepException.notA(
                    "transcript", "map-and-cut", "End a mapping step with cxtTranscripts.fromJson", body);
        }
        Entry entry = transcript == inFlight.parsed()
                ? inFlight.entry().arranged(transcript)
                : inFlight.entry().mapped(transcript);
        inFlight.prepared(entry);
        Prepared prepared = maker.make(entry, inFlight.origin());
        if (prepared.refused()) {
            return cutAlike(inFlight, entry, prepared);
        }
        if (inFlight.hasWaited()) { // and was cut before
            return prepared.parts()
                    .subList(inFlight.partsHandedOn(), prepared.parts().size());
        }
        inFlight.cut(prepared.parts().size());
        return prepared.parts();
    }

    /** True when parts were sent, or may have been, that were cut by limits other than today's. */
    public boolean begunOtherwise(@Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight) {
        return inFlight.begunOtherwise();
    }

    /**
     * Cuts it again: what CXone has or may have as it was cut then, and only the rest by today's limits.
     *
     * @throws OversizeException when the rest does not fit, however it is cut
     */
    public List<Part> cutAsBegun(@Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight) throws OversizeException {
        Entry entry = Objects.requireNonNull(inFlight.prepared(), "what is cut again was prepared");
        inFlight.cutAgain();
        return cutAlike(inFlight, entry, maker.make(entry, inFlight.origin(), List.of()));
    }

    private List<Part> cutAlike(TranscriptInFlight inFlight, Entry entry, Prepared prepared) throws OversizeException {
        List<Part.Begun> begun = prepared.transcriptHash() == null
                ? List.of()
                : deliveries.begun(
                        maker.target().name(), entry.transcript().interactionId(), prepared.transcriptHash());
        Prepared asBegun = begun.isEmpty() ? prepared : maker.make(entry, inFlight.origin(), begun);
        if (asBegun.refused()) {
            throw new OversizeException(asBegun.findings());
        }
        inFlight.cut(asBegun.parts().size());
        return asBegun.parts();
    }

    /** True until something stops the transcript: its further parts are not sent then. */
    public boolean goesOn(@Variable(Variables.TRANSCRIPT) TranscriptInFlight inFlight) {
        return inFlight.open();
    }
}
