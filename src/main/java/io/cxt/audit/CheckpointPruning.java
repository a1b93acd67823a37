package io.cxt.audit;

import io.cxt.db.LedgerSettings;
import io.cxt.text.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Removes lines of checkpoint files that name events that were pruned. Of each file the last line, the last checkpoint and the closing
 * record of the latest event stay, and so does what a place of copies does not have yet.
 */
public final class CheckpointPruning {
    private final LedgerSettings settings;
    private final List<String> places;
    private final String instance;
    private long lines;
    private long bytes;
    private @Nullable String held;

    /**
     * @param places of copies, as {@link LedgerSettings#checkpointCopies} reads them
     * @param instance the name under which the copies are
     */
    public CheckpointPruning(LedgerSettings settings, List<String> places, String instance) {
        this.settings = settings;
        this.places = places;
        this.instance = instance;
    }

    /**
     * What was counted.
     *
     * @param held the place without whose copy nothing goes, and why, in words; null for none
     */
    public record Counted(long lines, long bytes, @Nullable String held) {}

    /**
     * Counts the lines that were signed before a time, and removes them when that is wanted.
     *
     * @param closings those of the ledger
     * @throws IOException when a file cannot be read or replaced
     */
    public Counted each(List<Closing> closings, Instant before, boolean remove) throws IOException {
        lines = 0;
        bytes = 0;
        held = null;
        for (Closing closing : closings) {
            CheckpointFile file = new CheckpointFile(settings.checkpointFolder(), closing.chain());
            if (Files.exists(file.path())) {
                each(file, closing, copied(file, closing.chain(), AuditChain.time(before)), remove);
            }
        }
        return new Counted(lines, bytes, held);
    }

    private void each(CheckpointFile file, Closing closed, String before, boolean remove) throws IOException {
        Set<@Nullable SignedLine> stay = new HashSet<>();
        stay.add(file.last());
        stay.add(file.lastLine());
        stay.add(file.closing());
        Predicate<SignedLine> goes =
                line -> line.seq() <= closed.seq() && line.at().compareTo(before) < 0 && !stay.contains(line);
        long counted = lines;
        try (CheckpointFile.Lines all = file.read()) {
            for (String line = all.next(); line != null; line = all.next()) {
                SignedLine signed = SignedLine.parse(line);
                if (signed != null && goes.test(signed)) {
                    lines++;
                    bytes += line.length() + 1;
                }
            }
        }
        if (remove && lines > counted) {
            file.remove(goes);
        }
    }

    /** The earlier of a time and that of the last line that each place has; of a place that has all, only the time. */
    private String copied(CheckpointFile file, String chain, String before) throws IOException {
        String earliest = before;
        SignedLine own = file.lastLine();
        for (String place : places) {
            String last;
            try {
                SignedLine line = CopyPlace.of(place, instance, settings.checkpointFolder(), null)
                        .last(chain);
                last = line == null ? "" : line.equals(own) ? before : line.at();
            } catch (IOException e) {
                last = "";
            }
            if (last.compareTo(before) < 0) {
                held = "%s, which does not have all checkpoints of chain %s".formatted(SafeText.brief(place), chain);
            }
            earliest = last.compareTo(earliest) < 0 ? last : earliest;
        }
        return earliest;
    }
}
