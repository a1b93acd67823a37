package io.cxt.pickup.jms;

import io.cxt.intake.SourceStaysException;
import io.cxt.text.SafeName;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets messages wait that cannot be decided now; a stop of CXT ends all waits. */
final class MessageWaiting {
    private static final Logger LOG = LoggerFactory.getLogger(MessageWaiting.class);
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final CountDownLatch stopping = new CountDownLatch(1);

    /**
     * Holds a message: longer each time, at most {@link #LONGEST}.
     *
     * @throws SourceStaysException when CXT stops
     */
    void hold(JmsMessage message, String why) throws SourceStaysException {
        int before = message.held();
        message.holdBack(Duration.ZERO);
        if (before == 0 && stopping.getCount() > 0) {
            LOG.warn("message held source={} reason=\"{}\"", SafeName.value(message.name()), why);
        }
        rest(Duration.ofSeconds(Math.min(1L << Math.min(before, 5), LONGEST.toSeconds())), why);
    }

    /** Waits. @throws SourceStaysException when CXT stops */
    void rest(Duration time, String why) throws SourceStaysException {
        if (!rest(time)) {
            throw new SourceStaysException(why);
        }
    }

    /** Waits. @return false when CXT stops */
    boolean rest(Duration time) {
        try {
            return !stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void stop() {
        stopping.countDown();
    }
}
