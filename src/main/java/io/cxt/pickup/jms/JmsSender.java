package io.cxt.pickup.jms;

import io.cxt.intake.Backlog;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.Intakes;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.redaction.RedactionNotes;
import io.cxt.text.SafeName;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.jms.connection.CachingConnectionFactory;

/** The queue as a way out: transcripts that other instances will send. */
public final class JmsSender implements Pickup {
    private final Intakes intakes;
    private final Backlog backlog;
    private final String queue;
    private final Reachability contact = new Reachability("jms");
    private final JmsBroker broker;
    private final CachingConnectionFactory connections;

    public JmsSender(Intakes intakes, JmsSettings settings, Backlog backlog) {
        this.intakes = intakes;
        this.backlog = backlog;
        this.queue = settings.queue();
        this.broker = new JmsBroker(settings, contact);
        this.connections = new CachingConnectionFactory(broker);
    }

    /** The broker has it: from here on another instance is responsible. */
    public void sent(
            @Variable(Variables.TRANSCRIPT) TranscriptInFlight transcript, @Header("JMSMessageID") String message) {
        intakes.queued(
                Objects.requireNonNull(transcript.parsed()).interactionId(),
                transcript.origin().position(),
                "queue=%s %smessage=%s"
                        .formatted(
                                queue,
                                RedactionNotes.inWords(transcript.entry().notes()),
                                SafeName.log(String.valueOf(message))));
        transcript.ended(Outcome.QUEUED);
        backlog.sentOne();
    }

    /** The broker did not accept it: the source stays and is read again. */
    public void unsent() throws SourceStaysException {
        throw new SourceStaysException(contact.trouble()
                .orElse(
                        "The broker did not accept a transcript for the queue %s. Nothing is lost; CXT continues by itself"
                                .formatted(queue)));
    }

    @Override
    public Reachability contact() {
        return contact;
    }

    @Override
    public String route() {
        return "enqueue-transcript";
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of("cxtJmsSender", this, "cxtJmsConnections", connections);
    }

    @Override
    public void stop() {
        broker.stop();
    }

    @Override
    public void end() {
        connections.destroy();
        broker.close();
    }
}
