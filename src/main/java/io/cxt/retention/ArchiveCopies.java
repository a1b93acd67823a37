package io.cxt.retention;

import io.cxt.archive.ArchiveErasure;
import io.cxt.archive.ArchiveReader;
import io.cxt.ledger.ArchivedPart;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.retention.Erasure.Left;
import io.cxt.retention.Erasure.Removed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the archive has of one chat. That it was erased before is no reason not to look: a file from a backup brings it back.
 *
 * @param id of the interaction
 */
record ArchiveCopies(LedgerView view, Path archive, String id) {
    /** How what is left in the archive begins. */
    static final String ARCHIVED = "archive ";

    /** How far a clock may have been set back meanwhile. */
    private static final Duration CLOCK = Duration.ofHours(25);

    /** The parts of which the ledger has a copy on record. */
    List<RecordedDelivery> onRecord() {
        return view.deliveries(id).stream()
                .filter(row -> row.archivedAt() != null && row.archivedIn() != null && row.contentHash() != null)
                .toList();
    }

    /** What would be removed: what is on record, and what was erased and is back. */
    Removed look() throws IOException {
        List<RecordedDelivery> rows = onRecord();
        long items = rows.size();
        long bytes = rows.stream().mapToLong(RecordedDelivery::bytes).sum();
        List<ArchivedPart> erased = view.erasedCopies().of(id);
        ArchiveReader reader = new ArchiveReader(archive);
        for (ArchivedPart part : erased) {
            try {
                long there = reader.holds(String.valueOf(part.place()), part.hash());
                items += there > 0 ? 1 : 0;
                bytes += there;
            } catch (IOException e) {
                items++; // it may be there
            }
        }
        if (rows.isEmpty() && erased.isEmpty() && view.erased(id)) { // by a CXT that kept no places
            ArchiveErasure segments = new ArchiveErasure(archive);
            Set<String> own = own();
            for (Path segment : own.isEmpty() ? List.<Path>of() : writtenWith(segments)) {
                long[] found = segments.find(segment, own);
                items += found[0];
                bytes += found[1];
            }
        }
        return new Removed("archive", items, bytes);
    }

    /** Removes it. @param left receives what cannot be */
    Removed erase(List<Left> left) throws IOException {
        ArchiveErasure segments = new ArchiveErasure(archive);
        long items = 0;
        long bytes = 0;
        for (RecordedDelivery row : onRecord()) {
            String place = Objects.requireNonNull(row.archivedIn(), "it is archived");
            String hash = Objects.requireNonNull(row.contentHash(), "it was sent");
            try {
                long went = segments.erase(place, hash);
                bytes += went;
                items += went > 0 ? 1 : 0;
                if (went == 0 && Files.notExists(archive.resolve(place.replaceFirst("@.*", "")))) {
                    left.add(new Left(
                            ARCHIVED + place,
                            "the file is not in this archive.folder: it was pruned,"
                                    + " moved, or is that of another instance"));
                }
            } catch (IOException e) {
                left.add(new Left(ARCHIVED + place, String.valueOf(e.getMessage())));
            }
        }
        for (ArchivedPart part : view.erasedCopies().of(id)) {
            String place = String.valueOf(part.place());
            try {
                long went = segments.eraseAgain(place, part.hash());
                bytes += went;
                items += went > 0 ? 1 : 0;
            } catch (IOException e) {
                left.add(new Left(
                        ARCHIVED + place,
                        "it was erased there, and whether it is back cannot be read: " + e.getMessage()));
            }
        }
        for (RecordedDelivery row : view.deliveries(id)) {
            long went =
                    row.contentHash() == null ? 0 : segments.eraseFile(id, row.part(), row.parts(), row.contentHash());
            bytes += went;
            items += went > 0 ? 1 : 0;
        }
        Set<String> own = own();
        for (Path segment : own.isEmpty() ? List.<Path>of() : writtenWith(segments)) {
            long went = segments.eraseAll(segment, own); // a kill can have left one without a row
            bytes += went;
            items += went > 0 ? 1 : 0;
        }
        return new Removed("archive", items, bytes);
    }

    /** Removes what holds the places of files of its own, once no row names them. */
    void removeErased() throws IOException {
        ArchiveErasure segments = new ArchiveErasure(archive);
        for (RecordedDelivery row : view.deliveries(id)) {
            if (row.contentHash() != null) {
                segments.removeErased(id, row.part(), row.parts(), row.contentHash());
            }
        }
    }

    /** Hashes of content that was sent of this chat and of no other, as the change of a contact's status is. */
    private Set<String> own() {
        Set<String> own = sent().map(RecordedDelivery::contentHash)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        own.removeAll(view.alsoOfOthers(own, id));
        return own;
    }

    private Stream<RecordedDelivery> sent() {
        return view.deliveries(id).stream()
                .filter(row -> row.archivedAt() != null || row.state() == DeliveryState.SENT);
    }

    /** The segments that were written to from the pickup of its first part until its last one was sent and archived. */
    private List<Path> writtenWith(ArchiveErasure segments) throws IOException {
        Optional<Instant> first = times(RecordedDelivery::receivedAt).min(Instant::compareTo);
        Optional<Instant> last = Stream.concat(times(RecordedDelivery::finishedAt), times(RecordedDelivery::archivedAt))
                .max(Instant::compareTo);
        return first.isEmpty() || last.isEmpty()
                ? List.of()
                : segments.segments(first.get().minus(CLOCK), last.get().plus(CLOCK));
    }

    private Stream<Instant> times(Function<RecordedDelivery, @Nullable String> time) {
        return sent().map(time).filter(Objects::nonNull).map(Instant::parse);
    }
}
