package io.cxt.intake;

import io.cxt.cxone.CxoneTarget;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.FinishedDeliveries;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Rules;
import io.cxt.transcript.TranscriptSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds transcripts that CXone has already, word for word, and whose copies are made: their way through the routes
 * would end in no call and no copy. A file that comes again, or is read again after a crash, is through in no time.
 */
public final class AlreadyDelivered {
    private final FinishedDeliveries settled;
    private final CxoneTarget target;
    private final TranscriptSettings transcripts;
    private final boolean archiving;
    private volatile boolean on;

    public AlreadyDelivered(
            FinishedDeliveries settled, CxoneTarget target, TranscriptSettings transcripts, boolean archiving) {
        this.settled = settled;
        this.target = target;
        this.transcripts = transcripts;
        this.archiving = archiving;
    }

    /**
     * Begins to look. Only where the routes between the reading and the look-up are as they ship: what a person put
     * between them would not be called.
     */
    public void begin() {
        on = true;
    }

    boolean begun() {
        return on;
    }

    /**
     * Such transcripts.
     *
     * @param deliveries of each of them
     * @param onDisk waits until it is on the disk that some are duplicates
     */
    record Found(Map<Entry, List<Delivery>> deliveries, Runnable onDisk) {
        static final Found NONE = new Found(Map.of(), () -> {});
    }

    /**
     * Finds them among these.
     *
     * @param before what was found before; only that may be on its way to the disk meanwhile
     */
    Found among(Collection<Entry> entries, SourceReading reading, Found before) {
        Set<String> ids = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.readable() && entry.transcript().interactionId() != null) {
                ids.add(entry.transcript().interactionId());
            }
        }
        if (ids.isEmpty()) {
            before.onDisk().run(); // the end of the source, too
            return Found.NONE;
        }
        FinishedDeliveries.Rows rows = settled.among(target.name(), ids, archiving);
        Map<Entry, List<Delivery>> found = new IdentityHashMap<>(); // an entry is compared by all of its text
        List<Delivery> duplicates = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.readable() && rows.hold(entry.transcript().interactionId())) {
                List<Delivery> deliveries = settled.all(rows, parts(entry, reading));
                if (!deliveries.isEmpty()) {
                    found.put(entry, deliveries);
                    deliveries.stream()
                            .filter(each -> each.standing() == Standing.DUPLICATE)
                            .forEach(duplicates::add);
                }
            }
        }
        before.onDisk().run();
        return new Found(found, settled.skipped(duplicates));
    }

    /**
     * As prepare-transcript makes them; none when it cannot be written, which a rule will tell on its way. In order also
     * where another order is refused by now: it was not when CXone got it.
     */
    private List<Part> parts(Entry entry, SourceReading reading) {
        try {
            Entry arranged = entry.arranged(Rules.sorted(entry.transcript()));
            Origin origin = new Origin(reading.id(), reading.name(), entry.index(), entry.line());
            return target.prepare(arranged, origin, transcripts.limits()).parts();
        } catch (RuntimeException e) {
            return List.of();
        }
    }
}
