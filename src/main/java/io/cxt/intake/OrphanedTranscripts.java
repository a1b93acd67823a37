package io.cxt.intake;

import io.cxt.db.LedgerException;
import io.cxt.ledger.Intakes;
import io.cxt.text.SafeName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports transcripts that were being sent when a process died and whose source is gone: nobody has them now. */
public record OrphanedTranscripts(Intakes intakes, UndecidedSources undecided) {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedTranscripts.class);
    private static final int MOST_NAMED = 10;

    /**
     * Looks for sources whose reading was cut off when a process ended and that were removed since. Call it before any
     * source is read.
     *
     * @param there names of the sources that are there, as the ledger keeps them
     */
    public void look(String pickup, Supplier<Set<String>> there) {
        try {
            List<Intakes.CutOff> cutOff = intakes.cutOff(pickup);
            Set<String> names = cutOff.isEmpty() ? Set.of() : there.get();
            for (Intakes.CutOff reading : cutOff) {
                if (!names.contains(reading.source()) && intakes.take(pickup, reading.source())) {
                    Optional<List<String>> left;
                    try {
                        left = intakes.gone(reading);
                    } finally {
                        intakes.release(pickup, reading.source());
                    }
                    left.ifPresent(
                            ids -> tell(pickup, reading.source(), "it was removed before all of it was sent", ids));
                }
            }
        } catch (LedgerException e) {
            LOG.warn("orphans not looked for reason=\"{}\" next=\"the next start looks\"", e.getMessage());
        }
    }

    /** A source will never be read to its end: its interrupted reading, if there is one, ends. */
    public void end(String pickup, String source) {
        intakes.cutOff(pickup, source)
                .flatMap(intakes::gone)
                .filter(ids -> !ids.isEmpty())
                .ifPresent(ids -> tell(pickup, source, "it was removed before all of it was sent", ids));
    }

    /** A source was read completely and no longer holds what an earlier reading was sending. */
    void of(SourceReading reading, List<String> interactionIds) {
        if (!interactionIds.isEmpty()) {
            tell(reading.pickup(), reading.name(), "it held other content when it was read again", interactionIds);
        }
    }

    private void tell(String pickup, String source, String what, List<String> interactionIds) {
        int more = interactionIds.size() - MOST_NAMED;
        String ids =
                interactionIds.stream().limit(MOST_NAMED).map(SafeName::log).collect(Collectors.joining(", "));
        String why = what + "; being sent then: "
                + (ids.isEmpty() ? "nothing" : ids + (more > 0 ? " and " + more + " more" : ""));
        undecided.forGood(pickup, source, why);
        LOG.error(
                "orphaned source={} pickup={} reason=\"{}\" next=\"nobody has them now: look them up with cxt find, and drop again"
                        + " what is not in CXone; what was sent makes no call\"",
                SafeName.value(source),
                pickup,
                why);
    }
}
