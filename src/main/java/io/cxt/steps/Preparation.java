package io.cxt.steps;

import io.cxt.cxone.Prepared;
import io.cxt.cxone.Target;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import org.apache.camel.Variable;

/** Turns a valid transcript into the parts that are sent. */
public final class Preparation {
    private final Target target;
    private final Limits limits;

    Preparation(Target target, Limits limits) {
        this.target = target;
        this.limits = limits;
    }

    /** Maps, measures and cuts; refuses what does not fit. */
    public Prepared prepare(@Variable(Variables.PASSAGE) Passage passage) {
        Entry ordered = passage.entry().arranged(passage.transcript());
        return target.prepare(ordered, passage.origin(), limits);
    }
}
