package io.cxt.steps;

import io.cxt.cxone.Answer;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.NextStep;
import io.cxt.pace.Lane;
import io.cxt.pace.LaneClosedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane and the number of calls in flight on it. Logs a pause or a stop once, however many calls meet it. Counts
 * equal answers to different chats in a row: what CXone says to each of them is not about a chat.
 *
 * <p>Long because all that lets a call go, or holds it, is asked for here.
 */
public final class CallGate implements CallLimits.Departure {
    private static final Logger LOG = LoggerFactory.getLogger(CallGate.class);

    /** So many different chats refused alike in a row, with none accepted in between, count as a rule of a gateway. */
    private static final int REFUSED_ALIKE = 10;

    /** So many different parts in a row without an answer of CXone stop the lane. */
    private static final int UNCLEAR_ALIKE = 3;

    /** A pause that ends this close to our own is our own. */
    private static final long SAME_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Lane lane;
    private final boolean looksUp;
    private final Semaphore mayFly;
    /** The call that a thread makes. */
    private final ThreadLocal<PartInFlight> leaving = new ThreadLocal<>();

    private final AtomicLong passes = new AtomicLong();
    private final AtomicLong throttles = new AtomicLong();
    private final AnswersAlike alike = new AnswersAlike();
    private final int most;
    /** The last pause that this instance began or extended; other instances begin pauses, too. */
    private volatile Pause own = Pause.none();

    /** @param begun after every call that it keeps others from has left; as {@code until} by {@link System#nanoTime} */
    private record Pause(long begun, long until, String why) {
        static Pause none() {
            long past = System.nanoTime() - Duration.ofDays(1).toNanos();
            return new Pause(past, past, "");
        }
    }

    /** @param looksUp true when CXone is asked about each part of which it says neither yes nor no */
    public CallGate(Lane lane, int maxInFlight, boolean looksUp) {
        this.lane = lane;
        this.looksUp = looksUp;
        most = maxInFlight;
        mayFly = new Semaphore(maxInFlight);
    }

    public int inFlight() {
        return most - mayFly.availablePermits();
    }

    long pass() throws LaneClosedException, InterruptedException {
        return lane.pass();
    }

    /** As {@link Lane#permit}, for a call that is no part's. */
    long permit() throws LaneClosedException, InterruptedException {
        return lane.permit();
    }

    /**
     * Waits until fewer calls than allowed are in flight and the permit is due. The call begins then, on this thread, and
     * leaves after {@link #await}.
     */
    void takeOff(PartInFlight call, long due) throws LaneClosedException, InterruptedException {
        mayFly.acquire();
        boolean off = false;
        try {
            call.takeOff(lane.awaitPermit(due));
            leaving.set(call);
            off = true;
        } finally {
            if (!off) {
                mayFly.release();
            }
        }
    }

    /**
     * Waits until the call that this thread makes may leave: its connection stands now, and how long that took is not the
     * same for all.
     *
     * @return false when it must not leave, because a pause began after its permit was due
     */
    @Override
    public boolean await() throws InterruptedException {
        PartInFlight call = leaving.get();
        if (call == null) {
            return true; // none of the lane's
        }
        OptionalLong at = lane.leave(call.permit());
        at.ifPresent(call::left);
        return at.isPresent();
    }

    @Override
    public void leaves(ClassicHttpRequest request, HttpHost server, String word) throws IOException {
        StrayCalls.leaves(leaving.get(), request, server, word);
    }

    /**
     * The call has ended, with an answer or without, and the gate knows what it was: the answer to the next call must not
     * be counted first. Recording its outcome holds up no other call.
     *
     * @return false when it had landed before, or never taken off
     */
    boolean landed(PartInFlight call) {
        leaving.remove();
        boolean flew = call.land();
        if (flew) {
            mayFly.release();
        }
        return flew;
    }

    /**
     * Counts an answer, before the next call may leave and before anything is recorded, which waits for the disk.
     *
     * @return true when the lane stopped, because so many answers in a row were like this one: then it counts against no
     *     chat
     */
    boolean heard(PartInFlight call, Answer answer) {
        return switch (answer.kind()) {
            case ACCEPTED -> {
                alike.clear();
                passes.incrementAndGet();
                yield false;
            }
            case THROTTLED -> {
                throttles.incrementAndGet();
                pause(answer.retryAfter(), call.startedAt(), "HTTP 429 from CXone");
                yield false;
            }
            case REFUSED ->
                !answer.hasItAlready(call.delivery().doubted())
                        && alike(answer.failureReason(), call.part().interactionId(), REFUSED_ALIKE, answer);
            case UNCLEAR ->
                (answer.page() || !looksUp) && alike("unclear", call.part().idempotencyKey(), UNCLEAR_ALIKE, answer);
            case DUPLICATE -> alike.reached(REFUSED_ALIKE, answer.failureReason());
            case MISSING, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, UNANSWERED -> false;
        };
    }

    /**
     * CXone does not have a part, by its own word. Where the answer to its call was neither yes nor no, something on the way
     * may swallow calls; where it was refused as one that is there, that is no word about it. So many in a row stop the
     * lane.
     *
     * @return true when it stopped
     */
    boolean lostWithoutFault(PartInFlight call) {
        Answer unclear = call.unclear();
        Answer duplicate = call.duplicate();
        return unclear != null && alike("unclear", call.part().idempotencyKey(), UNCLEAR_ALIKE, unclear)
                || duplicate != null
                        && alike(duplicate.failureReason(), call.part().interactionId(), REFUSED_ALIKE, duplicate);
    }

    /** How many calls CXone has accepted. */
    long passes() {
        return passes.get();
    }

    /** How many calls CXone has refused as too many for all. */
    long throttles() {
        return throttles.get();
    }

    /** @param chat what the answer is about; each counts once */
    private boolean alike(String verdict, String chat, int most, Answer answer) {
        if (!alike.reach(most, verdict, chat)) {
            return false;
        }
        stop(NextStep.inWords(answer), false);
        return true;
    }

    /** CXone took it, or answered about this chat: the lane works. */
    void answered(PartInFlight call) {
        lane.passed(call.startedAt());
    }

    /** True while the lane is stopped, and what passes is a probe. */
    boolean stopped() {
        return lane.stopReason().isPresent();
    }

    /** Too many calls: all wait, and the rate is lower afterwards. */
    void pause(@Nullable Duration asked, long passedAt, String why) {
        boolean open = lane.pausedFor().isZero();
        logPause(open, passedAt, lane.pause(asked, passedAt), why);
    }

    /** CXone cannot be reached or asks for a wait: all calls wait. */
    void rest(@Nullable Duration asked, long passedAt, String why) {
        boolean open = lane.pausedFor().isZero();
        logPause(open, passedAt, lane.rest(asked, passedAt), why);
    }

    /**
     * @param open whether calls could leave before; several may have seen that before the first of them paused the lane
     * @param passedAt when the call left that tells of it: one that left before the pause tells nothing new
     */
    private synchronized void logPause(boolean open, long passedAt, Duration pause, String why) {
        if (pause.isZero()) {
            return;
        }
        long now = System.nanoTime();
        boolean news = open && passedAt - own.begun >= 0;
        own = new Pause(now, now + pause.toNanos(), why);
        if (news) {
            LOG.warn(
                    "lane paused seconds={} reason=\"{}\" next=\"nothing to do: calls go on by themselves after it\"",
                    String.format(Locale.ROOT, "%.1f", pause.toMillis() / 1000.0),
                    why);
        }
    }

    /** How long calls are paused, and why where this instance knows: {@code 5 s, HTTP 429 from CXone}. */
    public Optional<String> paused() {
        Duration left = lane.pausedFor();
        long seconds = Math.round(left.toMillis() / 1000.0);
        if (seconds == 0) {
            return Optional.empty();
        }
        Pause ours = own;
        boolean known = System.nanoTime() + left.toNanos() - ours.until <= SAME_PAUSE_NANOS;
        return Optional.of(seconds + " s" + (known ? ", " + ours.why : ""));
    }

    /**
     * A call failed for a reason other than its content.
     *
     * @param answered true when CXone answered it nevertheless
     */
    void failed(long passedAt, boolean answered, String why) {
        boolean open = lane.pausedFor().isZero();
        Duration pause = lane.failed(passedAt);
        logPause(open, passedAt, pause, "half of the last calls failed, the last of them with " + why);
        if (pause.isZero() && answered) {
            lane.answered();
        }
    }

    /**
     * A person must act first: all calls wait except a probe now and then.
     *
     * @param mayPass as in {@link Lane#stop}
     */
    synchronized void stop(String why, boolean mayPass) {
        boolean news = !why.equals(lane.stopReason().orElse(null));
        lane.stop(why, mayPass);
        if (news) {
            LOG.error(
                    "lane stopped reason=\"{}\" next=\"nothing is lost; a probe goes out now and then, and calls go on by themselves once it passes\"",
                    why);
        }
    }
}
