package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.files.HaltAt;
import io.cxt.ledger.Delivery.Row;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What is over and done with: CXone has it, and the copies of it are made. Such a row never changes again, so that it
 * may be looked up ahead of its turn, for many transcripts in one statement.
 */
public final class FinishedDeliveries {
    /** Most ids in one question. */
    public static final int MOST = 100;

    private static final Set<Standing> CXONE_HAS = EnumSet.of(Standing.SENT_EARLIER, Standing.DUPLICATE);

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final DeliveryTable table;
    private final DeliveryAssessor standings;

    FinishedDeliveries(
            GroupCommit commits,
            LedgerReader reader,
            AuditChain chain,
            DeliveryTable table,
            DeliveryAssessor standings) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.table = table;
        this.standings = standings;
    }

    /** The parts that are settled, by interaction id and number. */
    public static final class Rows {
        private final Map<String, Map<Integer, Row>> byId = new HashMap<>();

        void add(String interactionId, int part, Row row) {
            byId.computeIfAbsent(interactionId, id -> new HashMap<>()).put(part, row);
        }

        /** True when some part of it is settled. */
        public boolean hold(String interactionId) {
            return byId.containsKey(interactionId);
        }
    }

    /**
     * Asks for the parts of some transcripts, all at once.
     *
     * @param interactionIds at most {@link #MOST}
     * @param archived true to leave out what is not in the archive
     */
    public Rows among(String target, Collection<String> interactionIds, boolean archived) {
        Rows rows = new Rows();
        table.each(reader, target, interactionIds, MOST, (id, part, row) -> {
            if (row.state() == DeliveryState.SENT && row.fed() && (row.archived() || !archived)) {
                rows.add(id, part, row);
            }
        });
        return rows;
    }

    /** Each part of a transcript with its row; empty when not every part, with this very content, is settled. */
    public List<Delivery> all(Rows rows, List<Part> parts) {
        List<Delivery> deliveries = new ArrayList<>(parts.size());
        for (Part part : parts) {
            Row row = rows.byId.getOrDefault(part.interactionId(), Map.of()).get(part.part());
            Delivery delivery = row == null ? null : standings.ofSent(part, row);
            if (delivery == null || !CXONE_HAS.contains(delivery.standing())) {
                return List.of();
            }
            deliveries.add(delivery);
        }
        return deliveries;
    }

    /**
     * Puts on record that the same content came again and no call was made. Does not wait for the disk; the close of its
     * intake does.
     *
     * @return waits for it, so that what is on its way stays bounded
     */
    public Runnable skipped(List<Delivery> duplicates) {
        if (duplicates.isEmpty()) {
            return () -> {};
        }
        CompletableFuture<Void> onDisk = commits.submitLasting(session -> {
            for (Delivery duplicate : duplicates) {
                chain.append(session, AuditEvent.of(Type.SKIPPED_DUPLICATE, duplicate.part(), 0));
            }
            return null;
        });
        HaltAt.reached("skipped");
        return () -> GroupCommit.join(onDisk);
    }
}
