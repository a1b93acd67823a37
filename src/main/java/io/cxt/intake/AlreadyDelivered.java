package io.cxt.intake;

import io.cxt.cxone.PartMaker;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.FinishedDeliveries;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
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
    private final PartMaker maker;
    private final boolean archiving;
    private volatile boolean on;

    public AlreadyDelivered(FinishedDeliveries settled, PartMaker maker, boolean archiving) {
        this.settled = settled;
        this.maker = maker;
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
        FinishedDeliveries.Rows rows = settled.among(maker.target().name(), ids, archiving);
        Map<Entry, List<Delivery>> found = new IdentityHashMap<>(); // an entry is compared by all of its text
        List<Delivery> duplicates = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.readable() && rows.hold(entry.transcript().interactionId())) {
                Origin origin = new Origin(reading.id(), reading.name(), entry.index(), entry.line());
                List<Delivery> deliveries = settled.all(rows, maker.asSentBefore(entry, origin));
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
}
