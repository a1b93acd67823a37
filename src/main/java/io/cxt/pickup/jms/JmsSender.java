package io.cxt.pickup.jms;

import io.cxt.intake.Backlog;
import io.cxt.intake.SourceReading.Outcome;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.TranscriptInFlight;
import io.cxt.intake.Variables;
import io.cxt.ledger.Intakes;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.text.SafeName;
import io.cxt.transcript.Transcript;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.jms.connection.CachingConnectionFactory;

/** The queue as a way out: transcripts that other instances are to send. */
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

    /** The broker has it: from here on another instance answers for it. */
    public void sent(@Variable(Variables.PASSAGE) TranscriptInFlight passage, @Header("JMSMessageID") String message) {
        Transcript transcript = passage.transcript();
        intakes.queued(
                transcript.interactionId(),
                passage.origin().position(),
                "queue=%s message=%s".formatted(queue, SafeName.log(String.valueOf(message))));
        passage.ended(Outcome.QUEUED);
        backlog.sentOne();
    }

    /** The broker did not take it: the source stays, and is read again. */
    public void unsent() throws SourceStaysException {
        throw new SourceStaysException(contact.trouble()
                .orElse("The broker did not take a transcript for the queue %s. Nothing is lost; CXT goes on by itself"
                        .formatted(queue)));
    }

    @Override
    public String name() {
        return "jms";
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
    public boolean drained() {
        return true; // what is on the queue is another instance's
    }

    @Override
    public Optional<String> trouble() {
        return contact.trouble();
    }

    @Override
    public Duration troubledFor() {
        return contact.troubledFor();
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
