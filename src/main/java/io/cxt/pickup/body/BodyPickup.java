package io.cxt.pickup.body;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.db.Staged;
import io.cxt.intake.Intake;
import io.cxt.intake.RefusedSourceException;
import io.cxt.intake.Source;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.json.TranscriptReader;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.pace.LaneClosedException;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.HandedOver;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** A transcript, or a job's letter or file, that is handed over as a body, and waits for its outcome. */
public final class BodyPickup {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Intake intake;
    private final int mostBytes;

    /** @param mostBytes of one body */
    public BodyPickup(Intake intake, int mostBytes) {
        this.intake = intake;
        this.mostBytes = mostBytes;
    }

    /**
     * Takes the body in: a Map, which is turned into JSON, or JSON as text, bytes, or whatever Camel turns into a stream.
     *
     * @throws RefusedSourceException when it is none of these, or longer than {@code transcript.max-input-bytes};
     *     nothing of it has been read then
     */
    public SourceReading open(Exchange exchange) throws SourceStaysException, IOException {
        if (exchange.getMessage().getBody() instanceof BackfillFile file) {
            return ExchangeReading.open(intake, file, exchange);
        }
        if (exchange.getMessage().getBody() instanceof RedrivenLetter letter) {
            return ExchangeReading.open(
                    intake, new Body(letter.name(), new byte[0], new BodyOutcomes(), letter), exchange);
        }
        byte[] bytes = bytes(exchange);
        if (bytes.length > mostBytes) {
            throw new RefusedSourceException(("The body is longer than transcript.max-input-bytes = %s. Hand it over in"
                            + " several bodies, or as a file in the inbox, or raise that. Nothing of it was sent")
                    .formatted(mostBytes));
        }
        return ExchangeReading.open(
                intake, new Body(exchange.getExchangeId(), bytes, new BodyOutcomes(), null), exchange);
    }

    private byte[] bytes(Exchange exchange) throws IOException {
        Object body = exchange.getMessage().getBody();
        if (body instanceof byte[] bytes) {
            return bytes;
        }
        if (body instanceof Map<?, ?>
                || body instanceof Collection<?>
                || body instanceof com.fasterxml.jackson.databind.JsonNode) {
            try {
                return JSON.writeValueAsBytes(body);
            } catch (JsonProcessingException e) {
                throw new RefusedSourceException(
                        "The body cannot be written as JSON. Hand over a transcript as JSON text, or as a Map of text,"
                                + " numbers, lists and maps");
            }
        }
        HandedOver handedOver = HandedOver.of(exchange);
        if (handedOver == null) {
            throw new RefusedSourceException(
                    "The body is %s; a transcript is JSON as text, bytes, stream, buffer or file, or a Map"
                            .formatted(
                                    body == null
                                            ? "empty"
                                            : "a " + body.getClass().getName()));
        }
        try (InputStream stream = handedOver.stream()) {
            return stream.readNBytes(mostBytes + 1);
        }
    }

    /**
     * Waits for everything on its way and tells what became of it.
     *
     * @throws SourceStaysException when it could not be decided now: nothing is lost, the sender still has it
     */
    public Map<String, Object> close(@Variable(Variables.READING) SourceReading reading, Exchange exchange)
            throws SourceStaysException, IOException, InterruptedException {
        boolean decided = ExchangeReading.finish(intake, reading);
        if (reading.source() instanceof BackfillFile file) {
            intake.close(reading, file.reportName(), file.file.toString());
            return Map.of();
        }
        if (!decided && !(reading.source() instanceof Body body && body.redriven != null)) {
            throw new SourceStaysException(String.valueOf(reading.brokenOff()));
        }
        intake.close(reading, reading.name(), null);
        ExchangeReading.answered(exchange);
        return ((Body) reading.source()).outcomes.outcome();
    }

    /** @param redriven the letter that it is; null for a body of another route */
    private record Body(
            String name,
            byte[] content,
            BodyOutcomes outcomes,
            @Nullable RedrivenLetter redriven) implements Source {
        @Override
        public String pickup() {
            return redriven == null ? "body" : "job";
        }

        @Override
        public @Nullable ReplayedLetter letter() {
            return redriven == null ? null : redriven.letter();
        }

        @Override
        public void awaitTurn() throws LaneClosedException, InterruptedException {
            if (redriven != null) {
                redriven.turns().await();
            }
        }

        @Override
        public @Nullable Staged<Void> ending(Map<String, Long> counts) {
            return redriven == null ? null : redriven.ending().apply(outcomes.worst());
        }

        @Override
        public boolean reported() {
            return redriven == null;
        }

        @Override
        public byte @Nullable [] whole() {
            return redriven == null ? content : null; // a letter that cannot be read to its end stays
        }

        @Override
        public long bytes() {
            return redriven == null ? content.length : redriven.content().bytes();
        }

        @Override
        public boolean stays() {
            return redriven != null;
        }

        @Override
        public String whenAbandoned() {
            return "correct the dead letter";
        }

        @Override
        public EntryReader open(@Nullable ReplayedLetter letter, ReadingOptions options) throws IOException {
            if (redriven != null) {
                return redriven.open(options);
            }
            return TranscriptReader.open(new ByteArrayInputStream(content), TranscriptReader.Form.DOCUMENT, options)
                    .refusingNone();
        }

        @Override
        public boolean triesAreCounted() {
            return false;
        }

        @Override
        public boolean comesAgain() {
            return false;
        }

        @Override
        public boolean alwaysReported() {
            return false;
        }

        @Override
        public void over(TranscriptInFlight transcript) {
            outcomes.add(transcript);
        }
    }
}
