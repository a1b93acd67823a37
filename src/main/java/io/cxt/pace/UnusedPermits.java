package io.cxt.pace;

import io.cxt.pace.Pace.Permits;

/** Permits taken from the store and not used yet: those that are due next, and more behind them. */
final class UnusedPermits {
    private static final Permits NONE = new Permits(0, 0, 0);

    private Permits next = NONE;
    private int fetched;
    private Permits after = NONE;

    boolean none() {
        return next.count() == 0;
    }

    /** True when half of them are used and there are none behind them. */
    boolean few() {
        return next.count() <= fetched / 2 && after.count() == 0;
    }

    /** When the next one is; there is one. */
    long due() {
        return next.first();
    }

    void add(Permits more) {
        fetched = more.count();
        if (none()) {
            next = more;
        } else {
            after = more;
        }
    }

    void take() {
        next = new Permits(next.first() + next.spacing(), next.spacing(), next.count() - 1);
        if (none()) {
            next = after;
            after = NONE;
        }
    }

    /** Drops permits that were due while nobody wanted them; else they would all be taken at once. */
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
