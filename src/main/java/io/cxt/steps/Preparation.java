package io.cxt.steps;

import io.cxt.cxone.Prepared;
import io.cxt.cxone.Target;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import java.util.ArrayList;
import java.util.List;
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
        Entry entry = passage.entry();
        Entry ordered = entry;
        if (entry.transcript() != passage.transcript()) {
            List<String> notes = new ArrayList<>(entry.notes());
            notes.add("sorted");
            ordered = new Entry(
                    entry.index(), entry.line(), entry.raw(), passage.transcript(), List.of(), notes, entry.offset());
        }
        return target.prepare(ordered, passage.origin(), limits);
    }
}
