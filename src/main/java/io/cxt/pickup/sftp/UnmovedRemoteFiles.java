package io.cxt.pickup.sftp;

import io.cxt.intake.UndecidedSources;
import io.cxt.pickup.StabilityCheck;
import io.cxt.text.SafeName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on the server that are finished and still there. They are not fetched again. The move is retried at growing
 * intervals. One that changes is another file and is fetched.
 */
final class UnmovedRemoteFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UnmovedRemoteFiles.class);

    /** After so many tries another one would not help now. */
    private static final int TRIES = 3;

    /** Moves a file to where it belongs; throws when it cannot be moved. */
    interface Move {
        /** @return false when it is not there any more, or another file has its name */
        boolean run() throws Exception;
    }

    /** @param move null for a file that is to stay */
    private record Left(Object look, String done, @Nullable Move move, int tries, long sinceNanos) {}

    private final Map<String, Left> left = new ConcurrentHashMap<>();

    /** @param done what it is once it is moved, in a word for the log */
    void add(String name, Object look, String done, Move again) {
        left.put(name, new Left(look, done, again, 1, System.nanoTime()));
    }

    /** A file that stays, undecided or with what is kept nowhere else: no other reading helps as long as it looks like that. */
    void addForGood(String name, Object look) {
        left.put(name, new Left(look, "", null, TRIES, System.nanoTime()));
    }

    /** True for a file that is not to be fetched, as it looked when it was. */
    boolean holds(String name, Object look) {
        Left known = left.get(name);
        return known != null && known.look.equals(look);
    }

    /** The same for a file as it looks now; forgets one that has changed. */
    boolean keeps(String name, Object look) {
        boolean holds = holds(name, look);
        if (!holds) {
            left.remove(name);
        }
        return holds;
    }

    boolean isHopeless(String name) {
        Left known = left.get(name);
        return known != null && known.tries >= TRIES;
    }

    /** Retries the moves that are due. @return true when a file was moved */
    boolean moveAll() {
        long now = System.nanoTime();
        boolean[] moved = new boolean[1];
        left.forEach((name, each) -> {
            Move move = each.move;
            if (move == null
                    || now - each.sinceNanos < UndecidedSources.wait(each.tries).toNanos()) {
                return;
            }
            try {
                boolean done = move.run();
                left.remove(name, each);
                if (done) {
                    moved[0] = true;
                    LOG.info("{} at last name={} pickup=sftp", each.done, SafeName.value(name));
                }
            } catch (Exception e) {
                left.replace(name, each, new Left(each.look, each.done, move, each.tries + 1, now));
                LOG.debug("It still cannot be moved", e);
            }
        });
        return moved[0];
    }

    /** Forgets files that somebody else removed. @param lookBegan on {@link System#nanoTime()} */
    void forgetGone(StabilityCheck<String> seen, long lookBegan) {
        left.entrySet()
                .removeIf(each -> each.getValue().sinceNanos - lookBegan < 0
                        && seen.differs(each.getKey(), each.getValue().look));
    }

    int size() {
        return left.size();
    }
}
