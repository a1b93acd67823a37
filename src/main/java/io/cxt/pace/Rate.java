package io.cxt.pace;

import java.util.concurrent.TimeUnit;

/**
 * How many calls a second are let through. Grows a little while somebody waits for a turn, falls when CXone says that
 * there were too many: additive increase, multiplicative decrease, as TCP finds the width of a line. Times are
 * nanoseconds on the clock of the {@link Keeper}.
 *
 * @param set what the operator allows; 0 to find out
 * @param perSecond let through now
 * @param ceiling at which CXone last refused; 0 while it never has
 * @param grownAt until when growth is counted in
 * @param cutAt when CXone last refused
 * @param calls since then
 */
record Rate(double set, double perSecond, double ceiling, long grownAt, long cutAt, long calls) {
    /** From here on nothing is counted out: no tenant is known to allow more. */
    static final double UNLIMITED = 10_000;

    private static final double FIRST = 50;
    private static final double LEAST = 0.2;
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    /** While nothing is known of the tenant, doubles in this time. */
    private static final double DOUBLING_SECONDS = 0.75;
    /** Where it is refused then, the limit may lie anywhere in the last doubling. */
    private static final double SEARCH_CUT = 0.5;

    /** Near the ceiling growth is slow: each step over it costs a pause. */
    private static final double NEAR = 0.965;

    private static final double QUICK = 0.03;
    private static final double LEAST_QUICK = 0.5;
    private static final double SLOW = 0.0006;
    /** What CXone refused so long ago it may allow by now. */
    private static final double LONG_AGO_SECONDS = 60;
    /** A cut that follows soon after another one is a deep one. */
    private static final double SOON_SECONDS = 10;

    /** Calls of so long and no refusal: the rate is near the limit, or one of them came early by chance. */
    private static final double FAR_ABOVE_SECONDS = 1;

    private static final double FIRST_CUT = 0.85;
    private static final double CUT = 0.97;
    private static final double DEEP_CUT = 0.9;
    private static final double DEEPEST_CUT = 0.7;
    /** A little slower than asked, so that timers that fire unevenly never put one call too many into a second. */
    private static final double SAFETY = 1.005;

    static Rate from(double set, long now) {
        return new Rate(set, set == 0 ? FIRST : set, 0, now, now - (long) (SOON_SECONDS * SECOND), 0);
    }

    /** Between two calls; 0 for no limit. */
    long spacing() {
        return perSecond >= UNLIMITED ? 0 : (long) (SECOND / perSecond * SAFETY);
    }

    /** @param wanted true when somebody waits: a rate that nobody uses up does not grow */
    Rate grown(long now, boolean wanted) {
        double seconds = Math.min(1, Math.max(0, now - grownAt) / SECOND);
        double next = perSecond;
        if (wanted && searching()) {
            next = perSecond * Math.pow(2, seconds / DOUBLING_SECONDS);
        } else if (wanted && ceiling > 0) {
            boolean quick = perSecond < ceiling * NEAR || (now - cutAt) / SECOND > LONG_AGO_SECONDS;
            next = perSecond + seconds * (quick ? Math.max(ceiling * QUICK, LEAST_QUICK) : ceiling * SLOW);
        }
        double most = set == 0 ? UNLIMITED : set;
        return new Rate(set, Math.min(most, next), ceiling, now, cutAt, calls);
    }

    /** So many more calls have a turn. */
    Rate counted(int more) {
        return new Rate(set, perSecond, ceiling, grownAt, cutAt, calls + more);
    }

    /**
     * CXone refuses: what was let through when the refused call was is too much.
     *
     * @param passedAt when the refused call had its turn
     * @param again when calls go on
     */
    Rate cut(long now, long passedAt, long again) {
        double reached = searching()
                ? Math.max(FIRST, perSecond / Math.pow(2, (now - passedAt) / SECOND / DOUBLING_SECONDS))
                : perSecond;
        double sinceCut = (passedAt - cutAt) / SECOND;
        boolean soon = sinceCut < SOON_SECONDS;
        double cut = soon ? DEEP_CUT : CUT;
        if (ceiling == 0) {
            cut = searching() ? SEARCH_CUT : FIRST_CUT;
        }
        double to = reached * cut;
        boolean atOnce = calls < reached * FAR_ABOVE_SECONDS;
        if (soon && atOnce && ceiling > 0 && sinceCut > 1) { // perhaps far above what CXone sustains
            to = Math.min(to, Math.max(calls / sinceCut * 1.25, reached * DEEPEST_CUT));
        }
        return new Rate(set, Math.max(LEAST, to), reached, again, now, 0);
    }

    /** Nothing is known of the tenant yet. */
    private boolean searching() {
        return ceiling == 0 && set == 0;
    }
}
