package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerReader;
import io.cxt.files.HaltAt;
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
 * Parts that CXone has and that are copied. Such a row never changes again, so it may be looked up early, for many
 * transcripts in one statement.
 */
public final class FinishedDeliveries {
    /** Maximum ids in one question. */
    public static final int MOST = 100;

    private static final Set<Standing> CXONE_HAS = EnumSet.of(Standing.SENT_EARLIER, Standing.DUPLICATE);

    private final GroupCommit commits;
    private final LedgerReader reader;
    private final AuditChain chain;
    private final DeliveryTable table;
    private final DeliveryAssessor assessor;

    FinishedDeliveries(
            GroupCommit commits,
            LedgerReader reader,
            AuditChain chain,
            DeliveryTable table,
            DeliveryAssessor assessor) {
        this.commits = commits;
        this.reader = reader;
        this.chain = chain;
        this.table = table;
        this.assessor = assessor;
    }

    /** The finished parts, by interaction id and number. */
    public static final class Rows {
        private final Map<String, Map<Integer, DeliveryRow>> byId = new HashMap<>();

        void add(String interactionId, int part, DeliveryRow row) {
            byId.computeIfAbsent(interactionId, id -> new HashMap<>()).put(part, row);
        }

        /** True when some part of it is finished. */
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
            if (part > 0
                    && row.state() == DeliveryState.SENT
                    && row.fed()
                    && !row.erased()
                    && (row.archived() || !archived)) {
                rows.add(id, part, row);
            }
        });
        return rows;
    }

    /** Each part of a transcript with its row; empty unless every part is finished with this very content. */
    public List<Delivery> all(Rows rows, List<Part> parts) {
        List<Delivery> deliveries = new ArrayList<>(parts.size());
        for (Part part : parts) {
            DeliveryRow row =
                    rows.byId.getOrDefault(part.interactionId(), Map.of()).get(part.part());
            Delivery delivery = row == null ? null : assessor.ofSent(part, row);
            if (delivery == null || !CXONE_HAS.contains(delivery.standing())) {
                return List.of();
            }
            deliveries.add(delivery);
        }
        return deliveries;
    }

    /**
     * Records that the same content came again and no call was made. Does not wait for the disk; the close of its intake
     * does.
     *
     * @return waits for the disk, so that the number of events in flight stays bounded
     */
    public Runnable skipped(List<Delivery> duplicates) {
        if (duplicates.isEmpty()) {
            return () -> {};
        }
        CompletableFuture<Void> onDisk = commits.submitLasting(chain.appending(duplicates.stream()
                .map(duplicate -> AuditEvent.of(Type.SKIPPED_DUPLICATE, duplicate.part(), 0))
                .toArray(AuditEvent[]::new)));
        HaltAt.reached("skipped");
        return () -> GroupCommit.join(onDisk);
    }
}
