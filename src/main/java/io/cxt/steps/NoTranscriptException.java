package io.cxt.steps;

/** A step of a site's own made something of a transcript that is none. Not the transcript's fault: its source stays. */
public final class NoTranscriptException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message holds nothing of the transcript */
    NoTranscriptException(String message) {
        super(message);
    }
}
