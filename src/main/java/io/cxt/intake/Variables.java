package io.cxt.intake;

/** The exchange variables of the routes. Variables, not headers: headers would go out with the HTTP request. */
public final class Variables {
    /** {@link SourceReading}: the source that is being read. Set by the pickup routes. */
    public static final String READING = "reading";
    /** {@link TranscriptInFlight}: the transcript in flight. Set by read-transcripts. */
    public static final String TRANSCRIPT = "transcript";
    /** {@code PartInFlight}: the part in flight and the calls made for it. Set by deliver-part. */
    public static final String CALL = "call";
    /** True while call-cxone has to make another round. */
    public static final String AGAIN = "again";
    /** {@link java.io.IOException}: why a call has no answer. Set by call-cxone. */
    public static final String FAULT = "fault";
    /** {@code NextStage}: what follows for the part. Set by deliver-part. */
    public static final String NEXT = "next";
    /** Where a finished file goes, as an absolute path. Set by pickup-files. */
    /** Of a wire tap: becomes true when its copy is on record. */
    public static final String RECORDED = "recorded";

    public static final String MOVE_TO = "moveTo";

    /** True when a message may be acknowledged. Set by pickup-jms. */
    public static final String DECIDED = "decided";

    private Variables() {}
}
