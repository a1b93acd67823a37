package io.cxt.steps;

import io.cxt.intake.SiteStepException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Lets one exchange at a time make a call for a part, whatever copies of it the routes make. */
final class SingleCall {
    private final AtomicReference<@Nullable Exchange> caller = new AtomicReference<>();
    private @Nullable Exchange last;

    /**
     * An exchange makes a call, until {@link #over}.
     *
     * @return false when it made the one before as well
     * @throws SiteStepException while one is made, by this exchange or by a copy of it
     */
    boolean begin(Exchange exchange) throws SiteStepException {
        Exchange before = caller.compareAndExchange(null, exchange);
        if (before != null) {
            throw SiteStepException.forPerson(
                    before == exchange
                            ? "a call for a part begins before read-answer has read what the one before came to"
                            : "a part is sent twice at the same time: the steps in routes/ lead to direct:send-part once more than needed");
        }
        boolean other = last != exchange;
        last = exchange;
        return other;
    }

    /** True while this exchange makes a call, and none of its copies. */
    boolean isBy(Exchange exchange) {
        return caller.get() == exchange;
    }

    /** What the call came to is on record. Said by the one who makes it. */
    void over() {
        caller.set(null);
    }
}
