package io.cxt.pickup.jms;

import io.cxt.intake.Source;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.json.TranscriptReader;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.text.SafeName;
import io.cxt.transcript.ReadingOptions;
import jakarta.jms.JMSException;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message that was taken off the queue and is not acknowledged yet. */
public final class JmsMessage implements Source {
    private static final Set<Outcome> PERHAPS_THERE =
            EnumSet.of(Outcome.SENT, Outcome.DUPLICATE, Outcome.IN_DOUBT, Outcome.CONFLICT);

    private final JmsDelivery delivery;
    private final String name;
    private final @Nullable String correlationId;
    private final byte[] content;
    private final boolean deadLetter;
    private int holds;
    private volatile long returnAt = System.nanoTime();

    /** @param content null when it is a dead letter already */
    JmsMessage(JmsDelivery delivery, byte @Nullable [] content) throws JMSException {
        this.delivery = delivery;
        this.deadLetter = content == null;
        this.content = content == null ? new byte[0] : content;
        this.name = name(delivery, this.content);
        this.correlationId = delivery.getJMSCorrelationID();
    }

    /**
     * The message's id, the same when it is delivered again.
     *
     * @param content identifies a message without an id
     */
    static String name(JmsDelivery delivery, byte[] content) {
        String id = delivery.getJMSMessageID();
        return SafeName.kept(id == null ? "no-id:" + UUID.nameUUIDFromBytes(content) : id);
    }

    @Override
    public String pickup() {
        return "jms";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String wholeEnding() {
        return MessageForm.ending(content);
    }

    @Override
    public byte[] whole() {
        return content;
    }

    @Override
    public long bytes() {
        return content.length;
    }

    @Override
    public @Nullable String detail() {
        return correlationId == null ? null : "correlation=" + SafeName.log(correlationId);
    }

    @Override
    public TranscriptReader open(@Nullable ReplayedLetter none, ReadingOptions options) {
        return TranscriptReader.open(new ByteArrayInputStream(content), MessageForm.of(content), options)
                .refusingNone();
    }

    /** The broker keeps it, and it is on record when it is abandoned. */
    @Override
    public boolean triesAreCounted() {
        return false;
    }

    @Override
    public boolean cameBefore() {
        return delivery.deliveries() > 1;
    }

    /** There may be thousands a minute. */
    @Override
    public boolean alwaysReported() {
        return false;
    }

    @Override
    public void over(TranscriptInFlight transcript) {
        Outcome outcome = transcript.outcome();
        if (transcript.begunToGoOut() || outcome != null && PERHAPS_THERE.contains(outcome)) {
            delivery.perhapsSent();
        }
    }

    @Override
    public void holdBack(Duration wait) {
        returnAt = System.nanoTime() + wait.toNanos();
    }

    /** How much longer it is left alone. */
    Duration untilReturn() {
        return Duration.ofNanos(Math.max(0, returnAt - System.nanoTime()));
    }

    /** True when it is kept already, and may be acknowledged. */
    public boolean isDeadLetter() {
        return deadLetter;
    }

    byte[] content() {
        return content;
    }

    /** Notes that it is held for a while. @return how often it was held before */
    int held() {
        return holds++;
    }
}
