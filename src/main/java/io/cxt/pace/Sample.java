package io.cxt.pace;

import java.util.concurrent.TimeUnit;

/**
 * What became of the calls that were on their way when CXone refused one: from then on it lets in just as many as it
 * allows, so that the share of those it lets in tells its limit, however many it had saved up before. Times are
 * nanoseconds on the clock of the {@link PaceStore}.
 *
 * @param rate at which they left, a second
 * @param least that CXone allows, as far as is known from before
 * @param from when the first that was refused left
 * @param to when calls were held
 * @param passed of those that left in between
 * @param refused of those that left in between
 */
record Sample(double rate, double least, long from, long to, int passed, int refused) {
    /** Nothing was refused yet. */
    static final Sample NONE = none(0);

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Where each of them is refused, that may be for any reason, and little is known. */
    private static final double NONE_PASSED = 0.8;
    /** No limit is taken for lower than this part of the rate, whatever a few calls seem to tell. */
    private static final double LEAST_PART = 0.1;

    /** Of no call; calls were held then. */
    static Sample none(long to) {
        return new Sample(0, 0, to + 1, to, 0, 0);
    }

    /** Of a call that CXone refused because it came a moment early; calls were held then. */
    static Sample early(long to) {
        return new Sample(0, 0, to + 1, to, 0, 1);
    }

    /** True when it tells nothing but that. */
    boolean early() {
        return rate == 0 && refused > 0;
    }

    /** @param least that CXone allows, 0 where that is not known */
    static Sample begun(double rate, double least, long from, long to) {
        return new Sample(rate, Math.min(rate, Math.max(least, LEAST_PART * rate)), from, to, 0, 1);
    }

    boolean covers(long passedAt) {
        return passedAt - from >= 0 && passedAt - to <= 0;
    }

    Sample with(boolean accepted) {
        return new Sample(rate, least, from, to, passed + (accepted ? 1 : 0), refused + (accepted ? 0 : 1));
    }

    /** Calls a second that CXone most likely allows. */
    double limit() {
        double all = passed + refused;
        double part = passed == 0 ? NONE_PASSED : (passed + 0.5 + 0.5 / all) / (all + 0.25);
        double left = (all - 1) / (Math.max(1, to - from) / SECOND); // more than the rate, where a stall held them up
        return Math.min(rate, Math.max(least, Math.max(rate, left) * part));
    }

    /**
     * Calls a second that it may allow just as well. Of few calls, each tells of a large share. And where each second one
     * passes, or each third, CXone may save nothing up, and refuse whatever comes a moment early.
     */
    double most() {
        if (passed == 0) {
            return rate;
        }
        double all = passed + refused;
        double each = Math.max(2, Math.ceil(all / (passed + 1)));
        boolean inTurn = Math.abs(passed - all / each) <= 1;
        return Math.min(rate, Math.max(limit() * (1 + 1 / all), inTurn ? rate / (each - 1) : 0));
    }
}
