package io.cxt.steps;

import io.cxt.intake.Intake;
import io.cxt.intake.SourceReading;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.WhenOver;
import io.cxt.transcript.Transcript;
import java.util.Iterator;
import java.util.Objects;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/** Reads a source transcript by transcript: the steps of read-transcripts and the handling of unforeseen faults. */
public final class TranscriptReading {
    /** For a consumer whose route has {@code failures}, which has logged the fault; Camel would print its message. */
    public static final ExceptionHandler LOGGED = new ExceptionHandler() {
        @Override
        public void handleException(Throwable fault) {}

        @Override
        public void handleException(@Nullable String message, Throwable fault) {}

        @Override
        public void handleException(@Nullable String message, @Nullable Exchange exchange, Throwable fault) {}
    };

    private final Intake intake;

    public TranscriptReading(Intake intake) {
        this.intake = intake;
    }

    /** The transcripts of a source, one at a time; ends early when the source has to stay. */
    public Iterator<TranscriptInFlight> entries(@Variable(Variables.READING) SourceReading reading) {
        return intake.transcripts(reading);
    }

    /**
     * Ties a transcript to its exchange: it is final once the exchange has ended and every tap has released it. Called
     * for each part of the split as it is made, before any thread takes it.
     */
    public void tie(Exchange exchange) {
        TranscriptInFlight transcript = Objects.requireNonNull(
                exchange.getMessage().getBody(TranscriptInFlight.class), "the split is into transcripts");
        tie(exchange, transcript);
    }

    private void tie(Exchange exchange, TranscriptInFlight transcript) {
        exchange.setVariable(Variables.TRANSCRIPT, transcript);
        WhenOver.ofFailed(exchange, fault -> intake.transcriptFailed(transcript, fault), transcript::routeEnded);
    }

    /** Makes the exchange of a transcript that has waited for its contact. */
    public void resume(TranscriptInFlight transcript, Exchange exchange) {
        exchange.setVariable(Variables.READING, transcript.reading());
        exchange.getMessage().setBody(transcript.parsed());
        tie(exchange, transcript);
    }

    /** Waits for an earlier transcript of the same interaction. @return the transcript; null when it is unreadable */
    public @Nullable Transcript begin(@Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript) {
        transcript.awaitTurn();
        return transcript.parsed();
    }

    /** The step after the split: where a transcript waits for its contact, no thread waits with the source. */
    public AsyncProcessor afterWaiting() {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                SourceReading reading = Objects.requireNonNull(
                        exchange.getVariable(Variables.READING, SourceReading.class), "what is read has a reading");
                boolean waits = intake.afterWaiting(reading, () -> callback.done(false));
                if (!waits) {
                    callback.done(true);
                }
                return !waits;
            }
        };
    }

    /** A step failed for a reason that no rule knows: the source stays and is read again. */
    public void unforeseen(Exchange exchange) {
        Throwable fault = Objects.requireNonNull(
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), "a step fails for a reason");
        if (ExchangeReading.isAnswer(exchange, fault)) {
            return; // of inject-source or inject-transcript, which has logged it
        }
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        String file = exchange.getMessage().getHeader(Exchange.FILE_NAME, String.class);
        if (file == null) { // an answer that broke off has no headers yet
            file = exchange.getIn().getHeader(Exchange.FILE_NAME, String.class);
        }
        intake.stepFailed(
                exchange.getVariable(Variables.READING, SourceReading.class),
                exchange.getVariable(Variables.TRANSCRIPT, TranscriptInFlight.class),
                file == null ? exchange.getExchangeId() : file,
                StepFault.inWords(fault),
                " route=%s step=%s"
                        .formatted(exchange.getProperty(Exchange.FAILURE_ROUTE_ID), step == null ? "unknown" : step));
    }
}
