package io.cxt.intake;

import io.cxt.steps.PartInFlight;

/** The exchange variables of the routes. Variables, not headers: headers would go out with the HTTP request. */
public final class Variables {
    /** {@link SourceReading}: the source that is being read. Set by the pickup routes. */
    public static final String READING = "reading";
    /** {@link TranscriptInFlight}: the transcript on its way. Set by read-transcripts. */
    public static final String PASSAGE = "passage";
    /** {@link PartInFlight}: the part in hand and the calls made for it. Set by deliver-part. */
    public static final String CALL = "call";
    /** True while call-cxone has to go round again. */
    public static final String AGAIN = "again";
    /** {@link java.io.IOException}: what kept a call from an answer. Set by call-cxone. */
    public static final String FAULT = "fault";
    /** Where a file goes when it is done with, as an absolute path. Set by pickup-files. */
    public static final String MOVE_TO = "moveTo";

    /** True when a message may be let go. Set by pickup-jms. */
    public static final String DECIDED = "decided";

    private Variables() {}
}
