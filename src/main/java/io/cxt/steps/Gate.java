package io.cxt.steps;

import io.cxt.pace.Lane;
import io.cxt.pace.LaneClosedException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane, and how many calls are in flight on it; with a word in the log when it is held, one word, however many calls
 * ran into it.
 */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private final Lane lane;
    private final Semaphore mayFly;

    Gate(Lane lane, int maxInFlight) {
        this.lane = lane;
        mayFly = new Semaphore(maxInFlight);
    }

    long pass() throws LaneClosedException, InterruptedException {
        return lane.pass();
    }

    /** Waits until fewer calls than allowed are in flight, and for the moment of a call's turn. It leaves now. */
    void takeOff(Call call, long due) throws LaneClosedException, InterruptedException {
        mayFly.acquire();
        boolean off = false;
        try {
            lane.awaitTurn(due);
            call.takeOff();
            off = true;
        } finally {
            if (!off) {
                mayFly.release();
            }
        }
    }

    /** The call is over, with an answer or without. What is written down about it keeps no other on the ground. */
    void landed(Call call) {
        if (call.land()) {
            mayFly.release();
        }
    }

    void passed(Call call) {
        lane.passed(call.startedAt());
    }

    /** Too many calls, or nobody there: all wait. */
    void pause(Duration asked, long passedAt, String why) {
        boolean open = lane.pausedFor().isZero();
        Duration pause = lane.pause(asked, passedAt);
        if (open) {
            LOG.warn("lane paused seconds={} reason=\"{}\"", "%.1f".formatted(pause.toMillis() / 1000.0), why);
        }
    }

    /**
     * A call failed, and not by its content.
     *
     * @param answered true when CXone answered it all the same
     */
    void failed(long passedAt, boolean answered, String why) {
        boolean open = lane.pausedFor().isZero();
        Duration pause = lane.failed(passedAt);
        if (!pause.isZero() && open) {
            LOG.warn(
                    "lane paused seconds={} reason=\"half of the last calls failed, the last of them with {}\"",
                    "%.1f".formatted(pause.toMillis() / 1000.0),
                    why);
        } else if (pause.isZero() && answered) {
            lane.answered();
        }
    }

    /** A person must act first: all wait but a probe now and then. */
    void stop(String why) {
        boolean open = lane.stopReason().isEmpty();
        lane.stop(why);
        if (open) {
            LOG.error(
                    "lane stopped reason=\"{}\" next=\"nothing is lost; calls go on by themselves once it is mended\"",
                    why);
        }
    }
}
