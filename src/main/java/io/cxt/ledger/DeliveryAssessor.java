package io.cxt.ledger;

import io.cxt.db.BusyException;
import io.cxt.db.Owner;
import io.cxt.ledger.Delivery.Row;
import io.cxt.ledger.Delivery.Standing;
import io.cxt.text.SafeText;
import io.cxt.transcript.Part;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Tells by its row in the ledger how a part stands before it is posted. */
final class DeliveryAssessor {
    private final Owner owner;
    private final boolean alone;
    private final boolean resendInDoubt;
    private final Clock clock;

    /** @param alone true when no other process can be at work on this ledger */
    DeliveryAssessor(Owner owner, boolean alone, boolean resendInDoubt, Clock clock) {
        this.owner = owner;
        this.alone = alone;
        this.resendInDoubt = resendInDoubt;
        this.clock = clock;
    }

    /** Tells how the part stands; the row is null when there is none. */
    Delivery of(Part part, Row row) throws BusyException {
        return of(part, row, false);
    }

    /** @param perhapsSent true when CXone may have it, though there is no row */
    Delivery of(Part part, Row row, boolean perhapsSent) throws BusyException {
        if (row == null) {
            Standing standing = perhapsSent && !resendInDoubt ? Standing.PARKED : Standing.UNSENT;
            return new Delivery(part, null, standing, perhapsSent);
        }
        boolean same = part.hash().equals(row.hash());
        boolean released = DeliveryTable.RELEASED.equals(row.reason());
        boolean sameReading = same && !released && Objects.equals(part.origin().intakeId(), row.intakeId());
        return switch (row.state()) {
            case SENT -> ofSent(part, row);
            case SENDING -> {
                if (!alone && !owner.isOurs(row.owner()) && row.leaseUntil() > clock.millis()) {
                    throw new BusyException(
                            SafeText.brief(part.origin().position()) + " is being sent by " + row.owner());
                }
                yield doubtful(part, row, same, row.calling() || row.doubted());
            }
            case IN_DOUBT ->
                sameReading ? new Delivery(part, row, Standing.DECIDED_EARLIER, true) : doubtful(part, row, same, true);
            case FAILED -> new Delivery(part, row, afterFailure(part, row, same, sameReading), row.doubted());
            default -> new Delivery(part, row, sameReading ? Standing.DECIDED_EARLIER : Standing.UNSENT, row.doubted());
        };
    }

    /** Doubted only when a person replayed what was in doubt: the content that CXone may have, and no other. */
    private static Standing afterFailure(Part part, Row row, boolean same, boolean sameReading) {
        if (row.doubted() && !same) {
            return other(part, row);
        }
        return sameReading ? Standing.DECIDED_EARLIER : Standing.UNSENT;
    }

    /** Tells how a part stands that CXone has. */
    Delivery ofSent(Part part, Row row) {
        boolean here = Objects.equals(part.origin().intakeId(), row.intakeId())
                && part.origin().index() == row.sourceIndex();
        Standing standing =
                !part.hash().equals(row.hash()) ? other(part, row) : here ? Standing.SENT_EARLIER : Standing.DUPLICATE;
        return new Delivery(part, row, standing, row.doubted());
    }

    private Delivery doubtful(Part part, Row row, boolean same, boolean doubted) {
        Standing standing = !doubted
                ? Standing.UNSENT
                : !same ? other(part, row) : resendInDoubt ? Standing.UNSENT : Standing.PARKED;
        return new Delivery(part, row, standing, doubted);
    }

    /** Other content in the row: of another transcript, or of the same one that was cut otherwise. */
    private static Standing other(Part part, Row row) {
        boolean cutOtherwise = part.transcriptHash() != null
                && part.transcriptHash().equals(row.transcriptHash())
                && !row.cut().equals(new Part.Begun(part.messages(), part.parts()));
        return cutOtherwise ? Standing.CUT_OTHERWISE : Standing.CONFLICT;
    }

    /** The parts of a transcript that CXone has or may have, from the first on. */
    static List<Part.Begun> begun(List<Row> rows, String transcriptHash) {
        List<Part.Begun> begun = new ArrayList<>();
        for (Row row : rows) {
            boolean there =
                    row.state() == DeliveryState.SENT || row.state() != DeliveryState.REJECTED && row.mayBeThere();
            if (!there || !transcriptHash.equals(row.transcriptHash())) {
                break;
            }
            begun.add(row.cut());
        }
        return begun;
    }
}
