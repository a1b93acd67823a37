package io.cxt.pickup.jms;

import io.cxt.db.LedgerException;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.FailureCauses;
import io.cxt.intake.Intake;
import io.cxt.intake.Interruption;
import io.cxt.intake.Opening;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Variables;
import io.cxt.intake.Verdict;
import io.cxt.intake.WaitingCounts;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.pickup.WhenOver;
import io.cxt.text.SafeName;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ErrorHandler;

/**
 * The queue: takes a message off it and says when it may be acknowledged. While a person must act first, or the ledger is
 * down, a message is held. A message that cannot be decided becomes a dead letter before it is acknowledged, so nothing
 * depends on what the broker does with messages that come back.
 */
public final class JmsPickup implements Pickup {
    private static final Logger LOG = LoggerFactory.getLogger(JmsPickup.class);
    /** How long a message that cannot be read is held before it goes back to the queue, which delivers it again at once. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** How soon a message goes on after a person's hold. */
    private static final Duration WHILE_HELD = Duration.ofSeconds(1);

    private final Intake intake;
    private final JmsSettings settings;
    private final JmsLetters letters;
    private final Reachability contact = new Reachability("jms");
    private final Reachability disk = new Reachability("jms");
    private final JmsBroker broker;
    private final ByteBudget budget;
    private final MessagesInFlight inFlight;
    private final MessageWaiting waiting = new MessageWaiting();
    private final AtomicLong rejected = new AtomicLong();

    /** @param budget for the bytes of all messages in flight */
    public JmsPickup(Intake intake, JmsSettings settings, JmsLetters letters, ByteBudget budget) {
        this.intake = intake;
        this.settings = settings;
        this.letters = letters;
        this.broker = new JmsBroker(settings, contact);
        this.budget = budget;
        this.inFlight = new MessagesInFlight(budget);
    }

    /**
     * Takes a message until its exchange is over. Waits for memory before its body is fetched.
     *
     * @return the message; or one that is a dead letter already, with nothing left to read
     * @throws SourceStaysException when it goes back to the queue
     */
    public JmsMessage take(@Body JmsDelivery delivery, Exchange exchange)
            throws SourceStaysException, JMSException, InterruptedException {
        JmsBody body = new JmsBody(delivery.getCoreMessage(), settings.maxMessageBytes(), letters::begin);
        inFlight.begin(body.needs());
        AtomicReference<JmsMessage> opened = new AtomicReference<>();
        WhenOver.ofFailed(
                exchange,
                fault ->
                        waiting.rest(opened.get() == null ? PAUSE : opened.get().untilReturn()),
                () -> inFlight.end(body.needs()));
        try {
            byte @Nullable [] content = body.read();
            JmsMessage message = new JmsMessage(delivery, content);
            if (content == null) {
                letters.keep(delivery, body, settings.maxMessageBytes());
                rejected.incrementAndGet();
            } else if (intake.undecided().hopeless("jms", message.name())) {
                // it failed before the route reached its end
                letters.keep(message, "its reading fails each time");
                rejected.incrementAndGet();
                message = new JmsMessage(delivery, null);
            } else {
                opened.set(message);
                return message;
            }
            disk.made();
            return message;
        } catch (IOException e) {
            throw notKept(e);
        } catch (LedgerException e) {
            throw new SourceStaysException(String.valueOf(e.getMessage()));
        } catch (ActiveMQException e) {
            if (delivery.connected()) { // it is damaged, and will be next time
                LOG.warn(
                        "message held source={} reason=\"it cannot be unpacked\" next=\"remove it from the queue with a tool"
                                + " of the broker; it stays there until then\"",
                        SafeName.value(JmsMessage.name(delivery, new byte[0])));
                waiting.rest(MessageWaiting.LONGEST);
            }
            throw new SourceStaysException("the message was not delivered completely");
        } finally {
            body.discardUnkept();
        }
    }

    /** A dead letter cannot be written: its message goes back to the queue later. */
    private SourceStaysException notKept(IOException fault) {
        String why =
                "A message that cannot be sent cannot be kept either: %s. It stays in the queue until dead-letters/ can be written"
                        .formatted(FailureCauses.inWords(fault));
        disk.lost(why);
        return new SourceStaysException(why);
    }

    /** Opens a message; waits while the ledger cannot be written, and while a person holds the queue. */
    public SourceReading open(@Body JmsMessage message, Exchange exchange) throws SourceStaysException {
        while (true) {
            Opening opening = intake.open(message);
            if (opening instanceof Opening.Opened opened) {
                WhenOver.of(exchange, opened.end());
                return opened.reading();
            }
            String why = ((Opening.Stays) opening).why();
            if (intake.held().holds("jms")) {
                waiting.rest(WHILE_HELD, why); // the hold is logged already
            } else {
                waiting.hold(message, why);
            }
        }
    }

    /**
     * Waits until nothing of a message is in flight, and closes it in the ledger.
     *
     * @return true when it may be acknowledged, false when it has to be read again
     * @throws SourceStaysException when it goes back to the queue
     */
    public boolean close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        JmsMessage message = (JmsMessage) reading.source();
        String report = "jms-" + message.name().replaceFirst("^ID:", "");
        try {
            Verdict verdict = intake.finish(reading);
            if (verdict instanceof Verdict.Stays stays && !isHopeless(message, stays.cause())) {
                if (stays.cause() instanceof Interruption.Fault) {
                    waiting.rest(message.untilReturn(), stays.cause().why());
                } else {
                    waiting.hold(message, stays.cause().why());
                }
                return false;
            }
            if (verdict instanceof Verdict.Decided) {
                intake.close(reading, report, null);
            } else if (verdict instanceof Verdict.Abandoned abandoned
                    && abandoned.cause() instanceof Interruption.BoundExceeded) {
                intake.close(reading, report, "dead-letters"); // its letter holds the whole message
            } else {
                abandon(reading, message, report);
            }
            return true;
        } catch (LedgerException e) {
            waiting.hold(message, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private boolean isHopeless(JmsMessage message, Interruption cause) {
        return cause instanceof Interruption.Fault && intake.undecided().hopeless("jms", message.name());
    }

    private void abandon(SourceReading reading, JmsMessage message, String report) throws SourceStaysException {
        try {
            intake.close(reading, report, letters.keep(message, String.valueOf(reading.brokenOff())));
            disk.made();
        } catch (IOException e) {
            message.holdBack(PAUSE);
            throw notKept(e);
        }
    }

    @Override
    public Reachability contact() {
        return contact;
    }

    @Override
    public Map<String, Object> beans() {
        ErrorHandler quiet = fault -> {}; // its reason was logged
        return Map.ofEntries(
                Map.entry("cxtJmsPickup", this),
                Map.entry("cxtJmsBroker", broker),
                Map.entry("cxtJmsTaking", new JmsReceiver(settings.queue(), budget)),
                Map.entry("cxtJmsErrors", quiet));
    }

    @Override
    public boolean drained() {
        return inFlight.drained(broker::isEmpty);
    }

    @Override
    public Optional<String> trouble() {
        return contact.trouble().or(disk::trouble);
    }

    @Override
    public Duration troubledFor() {
        return contact.trouble().isPresent() ? contact.troubledFor() : disk.troubledFor();
    }

    @Override
    public WaitingCounts waiting() {
        return inFlight.waiting(broker.messages());
    }

    @Override
    public long rejected() {
        return rejected.get();
    }

    @Override
    public void stop() {
        waiting.stop();
        broker.stop();
    }

    @Override
    public void end() {
        broker.close();
    }
}
