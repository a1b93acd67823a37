package io.cxt.intake;

import io.cxt.cxone.PartMaker;
import io.cxt.db.LedgerException;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.ledger.FinishedDeliveries;
import io.cxt.redaction.Redaction;
import io.cxt.transcript.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds transcripts that CXone has already, word for word, and whose copies are made: the routes would make no call and
 * no copy for them. So a re-dropped file, or one that is read again after a crash, takes almost no time.
 */
public final class AlreadyDelivered {
    private final FinishedDeliveries settled;
    private final PartMaker maker;
    private final Redaction redaction;
    private final boolean archiving;
    private volatile boolean on;

    public AlreadyDelivered(FinishedDeliveries settled, PartMaker maker, Redaction redaction, boolean archiving) {
        this.settled = settled;
        this.maker = maker;
        this.redaction = redaction;
        this.archiving = archiving;
    }

    /**
     * Begins to look. Call it only where the routes between reading and look-up are as shipped: steps that a person put
     * between them would be skipped.
     */
    public void begin() {
        on = true;
    }

    boolean begun() {
        return on;
    }

    /**
     * Transcripts that were found.
     *
     * @param deliveries of each transcript
     * @param onDisk waits until the events of the duplicates among them are on disk
     */
    record Found(Map<Entry, List<Delivery>> deliveries, Runnable onDisk) {
        static final Found NONE = new Found(Map.of(), () -> {});
    }

    /**
     * Finds them among the given entries.
     *
     * @param before what was found before; only its events may be on their way to the disk meanwhile
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
        FinishedDeliveries.Rows rows;
        try {
            rows = settled.among(maker.target().name(), ids, archiving);
        } catch (LedgerException e) {
            if (!e.ofData()) {
                throw e;
            }
            before.onDisk().run();
            return Found.NONE; // each is looked up by itself, so that one holds up itself alone
        }
        Map<Entry, List<Delivery>> found = new IdentityHashMap<>(); // an entry is compared by all of its text
        List<Delivery> duplicates = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.readable() && rows.hold(entry.transcript().interactionId())) {
                Entry left = redaction.left(entry, maker.settings().arrange(entry.transcript()));
                List<Delivery> deliveries = settled.all(rows, maker.asSentBefore(left, reading.origin(entry)));
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
