package io.cxt.steps;

import io.cxt.archive.SafeName;
import io.cxt.ledger.LedgerException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ErrorHandler;

/**
 * The queue: takes a message in, and says when it may be let go. While a person must act first, or the ledger is down,
 * a message is held, so that the broker's redeliveries are not used up. After a fault of ours it goes back.
 */
public final class JmsDoor implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(JmsDoor.class);
    /** The first message may be on its way to us for a while, seen by nobody: Java loads what it needs for it. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** A message that went back may be kept by the broker for a while before it comes again. */
    private static final long QUIET_AFTER_RETURN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Intake intake;
    private final JmsSettings settings;
    private final Contact contact = new Contact("jms");
    private final JmsBroker broker;
    private final ByteBudget budget;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicInteger inHand = new AtomicInteger();
    private final AtomicLong turnedAway = new AtomicLong();
    private volatile long quietFrom = System.nanoTime();
    private volatile boolean lookedAt;

    /** @param budget for the bytes of all messages in hand */
    JmsDoor(Intake intake, JmsSettings settings, ByteBudget budget) {
        this.intake = intake;
        this.settings = settings;
        this.broker = new JmsBroker(settings, contact);
        this.budget = budget;
    }

    /**
     * Takes a message in hand, until its exchange is over.
     *
     * @throws SourceStaysException when it is none that can be read: the broker puts it into its dead-letter queue
     */
    public JmsMessage take(@Body Message message, Exchange exchange)
            throws SourceStaysException, JMSException, InterruptedException {
        String refusal = JmsMessage.refusal(message, settings.maxMessageBytes());
        if (refusal != null) {
            turnAway(message, refusal);
        }
        JmsMessage taken = JmsMessage.of(message);
        if (taken.bytes() > settings.maxMessageBytes()) {
            turnAway(message, JmsMessage.tooLong(settings.maxMessageBytes()));
        }
        budget.take(taken.bytes());
        inHand.incrementAndGet();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                rest(taken.untilReturn());
                quietFrom = System.nanoTime() + QUIET_AFTER_RETURN_NANOS;
                onDone(failed);
            }

            @Override
            public void onDone(Exchange done) {
                super.onDone(done);
                budget.giveBack(taken.bytes());
                inHand.decrementAndGet();
            }
        });
        return taken;
    }

    private void turnAway(Message message, String why) throws SourceStaysException, JMSException {
        quietFrom = System.nanoTime() + QUIET_AFTER_RETURN_NANOS;
        if (JmsMessage.deliveries(message) == 1) {
            turnedAway.incrementAndGet();
            LOG.warn(
                    "turned away message={} reason=\"{}\" next=\"it goes back to the broker, which puts it into its"
                            + " dead-letter queue\"",
                    SafeName.log(String.valueOf(message.getJMSMessageID())),
                    why);
        }
        throw new SourceStaysException(why);
    }

    /** Begins to read a message; waits while the ledger cannot be written. */
    public Reading open(@Body JmsMessage message, Exchange exchange) throws SourceStaysException {
        for (int tries = 0; ; tries++) {
            try {
                return intake.open(message, exchange);
            } catch (SourceStaysException e) {
                if (!hold(message, e.getMessage(), tries)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Waits for everything on its way, and closes the message in the ledger.
     *
     * @return true when it may be let go, false when it has to be read again
     * @throws SourceStaysException when it goes back to the broker
     */
    public boolean close(@Variable(Variables.READING) Reading reading)
            throws SourceStaysException, IOException, InterruptedException {
        JmsMessage message = (JmsMessage) reading.source();
        try {
            intake.finish(reading);
            intake.close(reading, "jms-" + message.name().replaceFirst("^ID:", ""), null);
            return true;
        } catch (SourceStaysException e) {
            if (reading.heldUp() && hold(message, e.getMessage(), message.holds())) {
                return false;
            }
            throw e;
        } catch (LedgerException e) {
            if (hold(message, e.getMessage(), message.holds())) {
                return false;
            }
            throw e;
        }
    }

    /** Keeps the message in hand for a while; false when CXT stops. */
    private boolean hold(JmsMessage message, String why, int before) {
        message.noteHeld();
        message.holdBack(Duration.ZERO);
        if (before == 0 && stopping.getCount() > 0) {
            LOG.warn("message held source={} reason=\"{}\"", message.name(), why);
        }
        return rest(Duration.ofSeconds(Math.min(1L << Math.min(before, 5), LONGEST_PAUSE.toSeconds())));
    }

    /** True when the time has passed, false when CXT stops. */
    private boolean rest(Duration time) {
        try {
            return !stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String name() {
        return "jms";
    }

    @Override
    public Map<String, Object> beans() {
        ErrorHandler quiet = fault -> {}; // its reason has been told
        return Map.of("cxtJmsDoor", this, "cxtJmsBroker", broker, "cxtJmsErrors", quiet);
    }

    /** True when the queue has been empty for a moment: a message on its way to us is seen by nobody. */
    @Override
    public boolean drained() {
        if (!lookedAt || inHand.get() > 0 || !broker.isEmpty()) {
            quietFrom = Math.max(quietFrom, System.nanoTime() + QUIET_NANOS);
            lookedAt = true;
        }
        return System.nanoTime() - quietFrom > 0;
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
    public long turnedAway() {
        return turnedAway.get();
    }

    @Override
    public void stop() {
        stopping.countDown();
    }

    @Override
    public void end() {
        broker.close();
    }
}
