package io.cxt.steps;

import io.cxt.archive.SafeName;
import io.cxt.transcript.TranscriptReader;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.UUID;

/** A message that was taken off the queue and is not let go yet. */
public final class JmsMessage implements Source {
    /** Property of a message: how often it has come, this time included. */
    private static final String DELIVERIES = "JMSXDeliveryCount";

    private static final int LONGEST_DOUBLING = 5;

    private final String name;
    private final String correlationId;
    private final byte[] content;
    private final int deliveries;
    private int holds;
    private volatile long returnAt = System.nanoTime();

    private JmsMessage(String name, String correlationId, byte[] content, int deliveries) {
        this.name = name;
        this.correlationId = correlationId;
        this.content = content;
        this.deliveries = deliveries;
    }

    /** Why a message is not taken in; null when it can be. Nothing in it is deserialised to find out. */
    static String refusal(Message message, int mostBytes) throws JMSException {
        long length;
        if (message instanceof TextMessage text) {
            length = text.getText() == null ? 0 : text.getText().length(); // at least so many bytes
        } else if (message instanceof BytesMessage bytes) {
            length = bytes.getBodyLength();
        } else {
            return "a message of another kind than TextMessage and BytesMessage; send JSON as one of these";
        }
        return length > mostBytes ? tooLong(mostBytes) : null;
    }

    static String tooLong(int mostBytes) {
        return "longer than pickup.jms.max-message-bytes = %s; send it in several, or raise that".formatted(mostBytes);
    }

    /** A text or bytes message with its content. */
    static JmsMessage of(Message message) throws JMSException {
        byte[] content;
        if (message instanceof BytesMessage bytes) {
            bytes.reset();
            content = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(content);
        } else {
            String text = ((TextMessage) message).getText();
            content = Utf8.bytes(text == null ? "" : text);
        }
        String id = message.getJMSMessageID();
        return new JmsMessage(
                SafeName.log(id == null ? "no-id:" + UUID.nameUUIDFromBytes(content) : id),
                message.getJMSCorrelationID(),
                content,
                deliveries(message));
    }

    static int deliveries(Message message) throws JMSException {
        return message.propertyExists(DELIVERIES) ? Math.max(1, message.getIntProperty(DELIVERIES)) : 1;
    }

    @Override
    public String door() {
        return "jms";
    }

    /** The message's id, the same when it is delivered again. */
    @Override
    public String name() {
        return name;
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
    public String detail() {
        return correlationId == null ? null : "correlation=" + SafeName.log(correlationId);
    }

    @Override
    public TranscriptReader open(TranscriptReader.Options options) {
        return TranscriptReader.open(new ByteArrayInputStream(content), MessageForm.of(content), options)
                .refusingNone();
    }

    /** The broker does, and puts it into its dead-letter queue. */
    @Override
    public boolean triesAreCounted() {
        return false;
    }

    @Override
    public boolean cameBefore() {
        return deliveries > 1;
    }

    /** There may be thousands a minute. */
    @Override
    public boolean alwaysReported() {
        return false;
    }

    /** It goes back to the broker later, and later each time: what is broken for a minute makes no dead letter. */
    @Override
    public void holdBack(Duration wait) {
        returnAt = System.nanoTime() + (wait.toNanos() << Math.min(deliveries - 1, LONGEST_DOUBLING));
    }

    /** It was kept in hand once more. */
    void noteHeld() {
        holds++;
    }

    /** How often it was kept in hand. */
    int holds() {
        return holds;
    }

    /** How long until it goes back. */
    Duration untilReturn() {
        return Duration.ofNanos(Math.max(0, returnAt - System.nanoTime()));
    }
}
