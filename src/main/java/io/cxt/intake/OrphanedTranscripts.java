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

/** Reports transcripts that were being sent when the reading of their source was cut off, and that nobody has now. */
public final class OrphanedTranscripts {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanedTranscripts.class);
    private static final int MOST_NAMED = 10;

    private final Intakes intakes;
    private final UndecidedSources undecided;

    OrphanedTranscripts(Intakes intakes, UndecidedSources undecided) {
        this.intakes = intakes;
        this.undecided = undecided;
    }

    /**
     * Looks for sources whose reading was cut off when a process ended, and that were taken away since. Call before any is
     * read.
     *
     * @param there names of those that are there, as the ledger has them
     */
    public void look(String door, Supplier<Set<String>> there) {
        try {
            List<Intakes.CutOff> cutOff = intakes.cutOff(door);
            Set<String> names = cutOff.isEmpty() ? Set.of() : there.get();
            for (Intakes.CutOff reading : cutOff) {
                if (!names.contains(reading.source()) && intakes.take(door, reading.source())) {
                    Optional<List<String>> left = intakes.gone(reading);
                    intakes.release(door, reading.source());
                    left.ifPresent(ids ->
                            tell(door, reading.source(), "it was removed before all of it was sent", ids));
                }
            }
        } catch (LedgerException e) {
            LOG.warn("not looked for what was taken away reason=\"{}\" next=\"the next start looks\"", e.getMessage());
        }
    }

    /** A source was read to its end, and does not hold any more what an earlier reading had in hand. */
    void of(SourceReading reading, List<String> interactionIds) {
        if (!interactionIds.isEmpty()) {
            tell(reading.door(), reading.name(), "it held other content when it was read again", interactionIds);
        }
    }

    private void tell(String door, String source, String what, List<String> interactionIds) {
        int more = interactionIds.size() - MOST_NAMED;
        String ids =
                interactionIds.stream().limit(MOST_NAMED).map(SafeName::log).collect(Collectors.joining(", "));
        String why = what + "; being sent then: "
                + (ids.isEmpty() ? "nothing" : ids + (more > 0 ? " and " + more + " more" : ""));
        undecided.forGood(door, source, why);
        LOG.error(
                "left behind source={} door={} reason=\"{}\" next=\"nobody has them now: look them up with cxt find, and drop again"
                        + " what is not in CXone; what was sent makes no call\"",
                SafeName.value(source),
                door,
                why);
    }
}
