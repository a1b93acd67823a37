package io.cxt.pace;

import io.cxt.pace.Pace.Turns;

/** Turns that were taken from the keeper and not used yet: those that come next, and some more behind them. */
final class UnusedPermits {
    private static final Turns NONE = new Turns(0, 0, 0);

    private Turns next = NONE;
    private int fetched;
    private Turns after = NONE;

    boolean none() {
        return next.count() == 0;
    }

    /** True when half of them are gone, and there are none behind them. */
    boolean few() {
        return next.count() <= fetched / 2 && after.count() == 0;
    }

    /** When the next one is; there is one. */
    long due() {
        return next.first();
    }

    void add(Turns more) {
        fetched = more.count();
        if (none()) {
            next = more;
        } else {
            after = more;
        }
    }

    void take() {
        next = new Turns(next.first() + next.spacing(), next.spacing(), next.count() - 1);
        if (none()) {
            next = after;
            after = NONE;
        }
    }

    /** Turns that came while nobody wanted them are gone, else they would all be taken at once. */
    void dropMissed(long now) {
        while (!none() && next.spacing() > 0 && next.first() + next.spacing() / 2 - now < 0) {
            take();
        }
    }

    void dropAll() {
        next = NONE;
        after = NONE;
    }
}
