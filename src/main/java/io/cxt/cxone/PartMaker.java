package io.cxt.cxone;

import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Rules;
import io.cxt.transcript.TranscriptSettings;
import java.time.Clock;
import java.util.List;

/** Makes of a transcript the parts that are sent, within the limits of the configuration. */
public record PartMaker(CxoneTarget target, TranscriptSettings settings, Clock clock) {
    private static final Rules RULES = new Rules();

    /**
     * Measures and cuts a transcript that broke no rule. One with a time out of bounds has no parts and no hash.
     *
     * @param entry with its messages in the order in which they are sent
     */
    public Prepared make(Entry entry, Origin origin) {
        List<Finding> outside = settings.times().check(entry.transcript(), origin.line(), clock.instant());
        return outside.isEmpty() ? make(entry, origin, List.of()) : new Prepared(List.of(), outside, null);
    }

    /**
     * The same for a transcript of which CXone has, or may have, parts that were cut by other limits. Asks for no times.
     *
     * @param begun those parts, from the first on; they stay as they were cut, and the rest is cut by the limits of today
     */
    public Prepared make(Entry entry, Origin origin, List<Part.Begun> begun) {
        return target.prepare(entry, origin, settings.limits(), begun);
    }

    /**
     * The parts as they were when CXone got them: in order also where transcript.order is reject by now, and whatever
     * the bounds of times are.
     *
     * @return none when they cannot be made; the rules then tell why
     */
    public List<Part> asSentBefore(Entry entry, Origin origin) {
        try {
            return make(entry.arranged(Rules.sorted(entry.transcript())), origin, List.of())
                    .parts();
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    /** Everything that keeps a readable transcript from being sent, each finding where a person finds it in the source. */
    public List<Finding> check(Entry entry) {
        Entry arranged = entry.arranged(settings.arrange(entry.transcript()));
        List<Finding> broken = RULES.check(arranged.transcript(), entry.line());
        if (broken.isEmpty()) {
            broken = make(arranged, new Origin("", "", entry.index(), entry.line()))
                    .findings();
        }
        return broken.stream().map(arranged::locate).toList();
    }
}
