package io.cxt.pace;

import java.util.concurrent.TimeUnit;

/**
 * How many calls a second are let through. Grows a little while a call waits for a permit; when CXone says that there
 * were too many, falls to what it lets in of the calls that are on their way. Times are nanoseconds on the clock of the
 * {@link PaceStore}.
 *
 * @param set what the operator allows; 0 to find out; below 0 before the first call
 * @param perSecond let through now
 * @param ceiling which CXone may allow, as far as is known; 0 while it has never refused
 * @param grownAt until when growth is counted in
 * @param cutAt when calls went on after CXone last refused, else when it all began; later by the time in which nobody
 *     wanted a permit
 * @param calls since then
 * @param sample of the last refusal
 */
record Rate(double set, double perSecond, double ceiling, long grownAt, long cutAt, long calls, Sample sample) {
    /** From here on nothing is counted out: no tenant is known to allow more. */
    static final double UNLIMITED = 10_000;

    private static final double FIRST = 50;
    private static final double LEAST = 0.2;
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    /** While nothing is known of the tenant, doubles in this time. */
    private static final double DOUBLING_SECONDS = 0.5;

    /** Near the ceiling growth is slow: each step over it costs a pause. */
    private static final double NEAR = 0.99;

    private static final double QUICK = 0.02;
    private static final double LEAST_QUICK = 0.5;
    /** Far from the ceiling growth is as fast as if it were to be reached in this time. */
    private static final double QUICK_SECONDS = 4;

    private static final double SLOW = 0.00012;
    /** What CXone refused long ago it may allow by now: after this time growth is twice as fast, then ever faster. */
    private static final double LONG_AGO_SECONDS = 40;

    /** Up to here a refusal that comes alone says nothing: one in hundreds of calls may be for any reason. */
    private static final double FEW = 50;
    /** It comes alone after so many calls, and a time that is so many times as long as the pause that it costs. */
    private static final int ALONE_CALLS = 50;

    private static final int ALONE_PAUSES = 20;

    /** A tenant that refuses sooner after a pause saves nothing up. */
    private static final int LEAST_BURST = 10;
    /** By how much the spacing of its calls widens at a refusal, at most, and where fewer were let in than that shows. */
    private static final double WIDER = 0.04;

    private static final double WIDEST = 0.1;
    /** Where no refusal comes, the spacing narrows: in the first second by this part, then ever faster, and at most so fast. */
    private static final double NARROWER = 0.000005;

    private static final double FASTER_SECONDS = 6;
    private static final double NARROWEST = 0.03;
    /** Of what the pause costs: a wider spacing is worth less than the pauses that it saves. */
    private static final double OF_COST = 1 / 3.0;

    /** The rate after a refusal, of what CXone most likely allows. */
    private static final double CUT = 0.97;
    /** A little slower than asked, so that timers that fire unevenly never put one call too many into a second. */
    private static final double SAFETY = 1.005;

    static Rate from(double set, long now) {
        return new Rate(set, set == 0 ? FIRST : set, 0, now, now, 0, Sample.NONE);
    }

    /**
     * The same with another limit: what CXone has shown of its own still holds. Where only the limit before kept the rate low,
     * it is at once what it may be: work with a share of it would never make it grow.
     */
    Rate within(double newSet) {
        double shown = ceiling > 0 ? ceiling * NEAR : newSet == 0 ? FIRST : newSet;
        double wanted = perSecond >= most(set) ? Math.max(perSecond, shown) : perSecond;
        return new Rate(newSet, Math.min(wanted, most(newSet)), ceiling, grownAt, cutAt, calls, sample);
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
        } else if (wanted && savesNothingUp()) {
            double ago = (now - cutAt) / SECOND / FASTER_SECONDS;
            next = perSecond * (1 + seconds * Math.min(NARROWEST, NARROWER * Math.exp(ago)));
        } else if (wanted && perSecond < ceiling * NEAR) {
            double quick = Math.max(Math.max(ceiling * QUICK, LEAST_QUICK), (ceiling - perSecond) / QUICK_SECONDS);
            next = Math.min(ceiling * NEAR, perSecond + seconds * quick);
        } else if (wanted && ceiling > 0) {
            double ago = (now - cutAt) / SECOND / LONG_AGO_SECONDS;
            next = perSecond + seconds * ceiling * SLOW * (1 + ago * ago);
        }
        long idle =
                wanted ? 0 : Math.max(0, now - grownAt); // counts as part of the pause: it tells nothing of the limit
        return new Rate(set, Math.min(most(set), next), ceiling, now, cutAt + idle, calls, sample);
    }

    /** Counts calls that have a permit now. */
    Rate counted(int more) {
        return new Rate(set, perSecond, ceiling, grownAt, cutAt, calls + more, sample);
    }

    /**
     * CXone refuses: what was let through when the refused call was is too much.
     *
     * @param passedAt when the refused call was let through
     * @param again when calls go on
     */
    Rate cut(long now, long passedAt, long again) {
        double onTheirWay = (now - passedAt) / SECOND;
        double rate = searching() ? searched(onTheirWay) : perSecond;
        double least = 0;
        if (ceiling > 0) {
            // What CXone let in since the last pause: all that it allows in this time, and what it saved up in the
            // pause.
            double time = Math.max(1 / SECOND, (passedAt - cutAt) / SECOND);
            double pause = Math.max(0, (cutAt - sample.to()) / SECOND);
            double sent = Math.max(1, calls - perSecond * onTheirWay);
            double next = (again - now) / SECOND;
            if (perSecond <= FEW && calls >= ALONE_CALLS && time >= ALONE_PAUSES * next) {
                return spaced(1, CUT, Sample.none(now), again);
            }
            boolean couldSave = pause * perSecond >= 2 * LEAST_BURST;
            boolean nothingUp = savesNothingUp() || sent < LEAST_BURST;
            if (couldSave && (nothingUp || perSecond <= ceiling && time >= pause)) {
                double rarer = Math.min(WIDER, OF_COST * next / (time + next));
                double part = Math.max(1 - WIDEST, Math.min(1 - rarer, sent / time / perSecond));
                return spaced(part, NEAR, nothingUp ? Sample.early(now) : Sample.none(now), again);
            }
            least = sent / (time + pause);
            rate = time >= pause ? Math.min(rate, sent / time) : rate;
        }
        return sampled(Sample.begun(rate, least, passedAt, now), again, again, 0);
    }

    /** Where the calls on their way tell nothing: CXone refused one by chance, or because it came a moment early. */
    private Rate spaced(double part, double ofCeiling, Sample newSample, long again) {
        double allowed = Math.max(LEAST, perSecond * part);
        return new Rate(set, allowed, allowed / ofCeiling, again, again, 0, newSample);
    }

    /** At which calls left since one that is refused did, while the rate doubled on. */
    private double searched(double seconds) {
        double doublings = Math.max(1e-6, seconds / DOUBLING_SECONDS);
        return Math.max(FIRST, perSecond * (1 - Math.pow(2, -doublings)) / doublings / Math.log(2));
    }

    /** CXone answers a call. */
    Rate answered(long passedAt, boolean accepted) {
        return sample.covers(passedAt) ? sampled(sample.with(accepted), grownAt, cutAt, calls) : this;
    }

    private Rate sampled(Sample now, long newGrownAt, long newCutAt, long newCalls) {
        double allowed = Math.min(most(set), Math.max(LEAST, now.limit() * CUT)); // the limit may be new since then
        return new Rate(set, allowed, now.most(), newGrownAt, newCutAt, newCalls, now);
    }

    /** Nothing is known of the tenant yet, and more is allowed. */
    private boolean searching() {
        return ceiling == 0 && perSecond < most(set);
    }

    /** True when CXone has refused one of the first calls after a pause: it refuses whatever comes a moment early. */
    boolean savesNothingUp() {
        return sample.early();
    }

    private static double most(double set) {
        return set == 0 ? UNLIMITED : set;
    }
}
