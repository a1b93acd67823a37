package io.cxt.ledger;

import io.cxt.db.Owner;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Assesses a part by its row in the ledger, before a call. */
final class DeliveryAssessor {
    private final Owner owner;
    private final boolean alone;
    private final boolean resendInDoubt;
    private final Clock clock;

    /** @param alone true when no other process can work with this ledger */
    DeliveryAssessor(Owner owner, boolean alone, boolean resendInDoubt, Clock clock) {
        this.owner = owner;
        this.alone = alone;
        this.resendInDoubt = resendInDoubt;
        this.clock = clock;
    }

    /**
     * Assesses a part.
     *
     * @param row empty when the ledger does not know it
     * @param perhapsSent why CXone may have it although there is no row; null when that cannot be
     */
    Delivery assess(Part part, Optional<DeliveryRow> row, @Nullable Reason perhapsSent) {
        return row.map(known -> assess(part, known))
                .orElseGet(() -> perhapsSent == null
                        ? new Delivery(part, row, Standing.UNSENT, false, null)
                        : new Delivery(part, row, again(), true, perhapsSent.id()));
    }

    /** Of what CXone may have. */
    private Standing again() {
        return resendInDoubt ? Standing.UNSENT : Standing.PARKED;
    }

    /** A part that would go out unmarked, as one that another ledger may have sent; any other stays as it is. */
    Delivery sentElsewhere(Delivery delivery, Optional<DeliveryRow> row) {
        if (delivery.standing() != Standing.UNSENT || delivery.doubted()) {
            return delivery;
        }
        Delivery doubted = new Delivery(delivery.part(), row, again(), true, null);
        doubted.inDoubt(Reason.OTHER_LEDGER.id());
        return doubted;
    }

    private Delivery assess(Part part, DeliveryRow row) {
        boolean same = Objects.equals(part.hash(), row.hash()) || part.messages() == 0 && sameTranscript(part, row);
        boolean released = DeliveryTable.RELEASED.equals(row.reason());
        boolean sameReading = same && !released && Objects.equals(part.origin().intakeId(), row.intakeId());
        return switch (row.state()) {
            case SENT -> ofSent(part, row);
            case SENDING ->
                !alone && !owner.isOurs(row.owner()) && row.leaseUntil() > clock.millis()
                        ? delivery(part, row, Standing.BUSY, row.doubted())
                        : doubtful(part, row, same, row.calling() || row.doubted());
            case IN_DOUBT ->
                sameReading ? delivery(part, row, Standing.DECIDED_EARLIER, true) : doubtful(part, row, same, true);
            case FAILED -> delivery(part, row, afterFailure(part, row, same, sameReading), row.doubted());
            default -> delivery(part, row, sameReading ? Standing.DECIDED_EARLIER : Standing.UNSENT, row.doubted());
        };
    }

    private static Delivery delivery(Part part, DeliveryRow row, Standing standing, boolean doubted) {
        return new Delivery(part, Optional.of(row), standing, doubted, null);
    }

    /** Doubted only when a person replayed what was in doubt: the content that CXone may have, and no other. */
    private static Standing afterFailure(Part part, DeliveryRow row, boolean same, boolean sameReading) {
        if (row.doubted() && !same) {
            return other(part, row);
        }
        return sameReading ? Standing.DECIDED_EARLIER : Standing.UNSENT;
    }

    /**
     * Assesses a part that CXone has. One whose copies are made stays a duplicate where the configuration has changed what
     * is sent around the same transcript.
     */
    Delivery ofSent(Part part, DeliveryRow row) {
        boolean here = Objects.equals(part.origin().intakeId(), row.intakeId())
                && part.origin().index() == row.sourceIndex();
        boolean same = Objects.equals(part.hash(), row.hash()) || row.fed() && sameTranscript(part, row);
        Standing standing = !same ? other(part, row) : here ? Standing.SENT_EARLIER : Standing.DUPLICATE;
        return delivery(part, row, standing, row.doubted());
    }

    private Delivery doubtful(Part part, DeliveryRow row, boolean same, boolean doubted) {
        Standing standing = !doubted ? Standing.UNSENT : !same ? other(part, row) : again();
        return delivery(part, row, standing, doubted);
    }

    /** Other content in the row: of another transcript, or of the same one that was cut otherwise. */
    private static Standing other(Part part, DeliveryRow row) {
        return ofOneTranscript(part, row) && !cutAlike(part, row) ? Standing.CUT_OTHERWISE : Standing.CONFLICT;
    }

    /** The same part of the same transcript, perhaps with other settings of the target. */
    private static boolean sameTranscript(Part part, DeliveryRow row) {
        return ofOneTranscript(part, row) && cutAlike(part, row);
    }

    private static boolean ofOneTranscript(Part part, DeliveryRow row) {
        return part.transcriptHash() != null && part.transcriptHash().equals(row.transcriptHash());
    }

    private static boolean cutAlike(Part part, DeliveryRow row) {
        return row.cut().equals(new Part.Begun(part.messages(), part.parts()));
    }

    /** The parts of a transcript that CXone has or may have, from the first on. */
    static List<Part.Begun> begun(List<DeliveryRow> rows, String transcriptHash) {
        List<Part.Begun> begun = new ArrayList<>();
        for (DeliveryRow row : rows) {
            if (!row.mayBeThere() || !transcriptHash.equals(row.transcriptHash())) {
                break;
            }
            begun.add(row.cut());
        }
        return begun;
    }
}
