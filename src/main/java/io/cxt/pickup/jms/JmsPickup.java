package io.cxt.pickup.jms;

import io.cxt.db.LedgerException;
import io.cxt.intake.ByteBudget;
import io.cxt.intake.FailureCauses;
import io.cxt.intake.Intake;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Variables;
import io.cxt.intake.WaitingCounts;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.text.SafeName;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ErrorHandler;

/**
 * The queue: takes a message in, and says when it may be acknowledged. While a person must act first, or the ledger is
 * down, a message is held. What cannot be decided is a dead letter of ours before it is acknowledged: nothing of a message
 * depends on what the broker does with those that come back. Long because each way out of the door is here: taken, held,
 * given up, handed back.
 */
public final class JmsPickup implements Pickup {
    private static final Logger LOG = LoggerFactory.getLogger(JmsPickup.class);
    /** A message may be on its way to us for a while, seen by nobody: Java loads what it needs for the first. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long FIRST_GUESS = 1_024;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** How long a message that cannot be taken in is kept before it goes back to the queue, and comes again at once. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Intake intake;
    private final JmsSettings settings;
    private final JmsLetters letters;
    private final Reachability contact = new Reachability("jms");
    private final Reachability disk = new Reachability("jms");
    private final JmsBroker broker;
    private final ByteBudget budget;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicInteger inHand = new AtomicInteger();
    private final AtomicLong turnedAway = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong bytesTaken = new AtomicLong();
    private volatile long quietFrom = System.nanoTime();
    private volatile boolean lookedAt;

    /** @param budget for the bytes of all messages in hand */
    public JmsPickup(Intake intake, JmsSettings settings, JmsLetters letters, ByteBudget budget) {
        this.intake = intake;
        this.settings = settings;
        this.letters = letters;
        this.broker = new JmsBroker(settings, contact);
        this.budget = budget;
    }

    /**
     * Takes a message in hand, until its exchange is over. Waits until there is memory for it before its body comes.
     *
     * @return the message, or one of which nothing is left to be read: it is a dead letter
     * @throws SourceStaysException when it goes back to the queue
     */
    public JmsMessage take(@Body JmsDelivery delivery, Exchange exchange)
            throws SourceStaysException, JMSException, InterruptedException {
        JmsBody body = new JmsBody(delivery.getCoreMessage(), settings.maxMessageBytes(), letters::begin);
        budget.take(body.needs());
        inHand.incrementAndGet();
        taken.incrementAndGet();
        bytesTaken.addAndGet(body.needs());
        lifeSeen();
        AtomicReference<JmsMessage> opened = new AtomicReference<>();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                rest(opened.get() == null ? PAUSE : opened.get().untilReturn());
                onDone(failed);
            }

            @Override
            public void onDone(Exchange done) {
                budget.giveBack(body.needs());
                lifeSeen();
                inHand.decrementAndGet();
            }
        });
        try {
            byte[] content = body.read();
            JmsMessage message = new JmsMessage(delivery, content);
            if (content == null) {
                letters.keep(delivery, body, settings.maxMessageBytes());
                turnedAway.incrementAndGet();
            } else if (intake.undecided().hopeless("jms", message.name())) {
                // it failed where the route does not come to its end
                letters.keep(message, "its reading fails each time");
                turnedAway.incrementAndGet();
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
            throw new SourceStaysException(e.getMessage());
        } catch (ActiveMQException e) {
            if (delivery.connected()) { // it is damaged, and so it is each time
                LOG.warn(
                        "message held source={} reason=\"it cannot be unpacked\" next=\"take it off the queue with a tool"
                                + " of the broker; it stays there until then\"",
                        SafeName.value(JmsMessage.name(delivery, new byte[0])));
                rest(LONGEST_PAUSE);
            }
            throw new SourceStaysException("the message did not come whole");
        } finally {
            body.discardUnkept();
        }
    }

    /** The disk does not take a dead letter: its message goes back to the queue, later. */
    private SourceStaysException notKept(IOException fault) {
        String why =
                "What cannot be sent cannot be kept either: %s. Its message stays in the queue until %s can be written"
                        .formatted(FailureCauses.inWords(fault), "dead-letters/");
        disk.lost(why);
        return new SourceStaysException(why);
    }

    /** Begins to read a message; waits while the ledger cannot be written. */
    public SourceReading open(@Body JmsMessage message, Exchange exchange) throws SourceStaysException {
        while (true) {
            try {
                return intake.open(message, exchange);
            } catch (SourceStaysException e) {
                if (!hold(message, e.getMessage())) {
                    throw e;
                }
            }
        }
    }

    /**
     * Waits for everything on its way, and closes the message in the ledger.
     *
     * @return true when it may be acknowledged, false when it has to be read again
     * @throws SourceStaysException when it goes back to the queue
     */
    public boolean close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        JmsMessage message = (JmsMessage) reading.source();
        String report = "jms-" + message.name().replaceFirst("^ID:", "");
        try {
            if (intake.finish(reading)) {
                intake.close(reading, report, null);
            } else if (reading.unread() != null) { // the letter about that holds the whole message
                intake.close(reading, report, "dead-letters");
            } else {
                giveUp(reading, message, report);
            }
            return true;
        } catch (SourceStaysException e) {
            if (reading.heldUp()) {
                return orThrow(hold(message, e.getMessage()), e);
            }
            if (!intake.undecided().hopeless("jms", message.name())) {
                return orThrow(rest(message.untilReturn()), e);
            }
            giveUp(reading, message, report);
            return true;
        } catch (LedgerException e) {
            return orThrow(hold(message, e.getMessage()), new SourceStaysException(e.getMessage()));
        }
    }

    private void giveUp(SourceReading reading, JmsMessage message, String report) throws SourceStaysException {
        try {
            intake.close(reading, report, letters.keep(message, reading.brokenOff()));
            disk.made();
        } catch (IOException e) {
            message.holdBack(PAUSE);
            throw notKept(e);
        }
    }

    /** False, to read it again, unless CXT stops. */
    private static boolean orThrow(boolean goesOn, SourceStaysException stays) throws SourceStaysException {
        if (!goesOn) {
            throw stays;
        }
        return false;
    }

    /** Keeps the message in hand for a while; false when CXT stops. */
    private boolean hold(JmsMessage message, String why) {
        int before = message.held();
        message.holdBack(Duration.ZERO);
        if (before == 0 && stopping.getCount() > 0) {
            LOG.warn("message held source={} reason=\"{}\"", SafeName.value(message.name()), why);
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
        return Map.of(
                "cxtJmsPickup",
                this,
                "cxtJmsBroker",
                broker,
                "cxtJmsTaking",
                new JmsReceiver(settings.queue(), budget),
                "cxtJmsErrors",
                quiet);
    }

    private void lifeSeen() {
        quietFrom = System.nanoTime() + QUIET_NANOS;
    }

    /** True when the queue has been empty for a moment: a message on its way to us is seen by nobody. */
    @Override
    public boolean drained() {
        if (!lookedAt || inHand.get() > 0 || !broker.isEmpty()) {
            lifeSeen();
            lookedAt = true;
        }
        return System.nanoTime() - quietFrom > 0;
    }

    @Override
    public Optional<String> trouble() {
        return contact.trouble().or(disk::trouble);
    }

    @Override
    public Duration troubledFor() {
        return contact.trouble().isPresent() ? contact.troubledFor() : disk.troubledFor();
    }

    /** The bytes are a guess: as if each message that waits were as long as the ones before it. */
    @Override
    public WaitingCounts waiting() {
        long messages = Math.max(inHand.get(), broker.messages());
        return new WaitingCounts(
                messages, messages * (taken.get() == 0 ? FIRST_GUESS : bytesTaken.get() / taken.get()));
    }

    @Override
    public long turnedAway() {
        return turnedAway.get();
    }

    @Override
    public void stop() {
        stopping.countDown();
        broker.stop();
    }

    @Override
    public void end() {
        broker.close();
    }
}
