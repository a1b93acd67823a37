package io.cxt.runtime;

import io.cxt.intake.HeldSources;
import io.cxt.intake.Intake;
import io.cxt.intake.IntakeSettings;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.WaitingCounts;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.file.FileMoves;
import io.cxt.pickup.file.FilePickup;
import io.cxt.pickup.file.Originals;
import io.cxt.pickup.file.SettledFiles;
import io.cxt.pickup.file.WatchedFolder;
import io.cxt.redaction.RedactedCopy;
import io.cxt.redaction.Redaction;
import io.cxt.text.SafeName;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The beans of pickup-files and the content of the inbox. A folder that is not watched holds nothing. */
final class InboxComponents {
    private final IntakeSettings settings;
    private final Mappings mappings;
    private final boolean watching;
    private final WatchedFolder folder;
    private final FolderClaim claim;
    private final HeldSources held;
    private final SettledFiles files;

    InboxComponents(
            IntakeSettings settings,
            boolean watching,
            FolderClaims claims,
            HeldSources held,
            Mappings mappings,
            Closeables parts) {
        this.held = held;
        this.settings = settings;
        this.mappings = mappings;
        this.watching = watching;
        folder = new WatchedFolder(settings.inbox(), claims);
        parts.add(folder::end);
        claim = watching ? folder.open() : folder.claim();
        files = new SettledFiles(
                settings.inbox(),
                settings.settle(),
                new IgnoredFiles("file", () -> mappings),
                () -> claim.held() && !held.holds("file"));
    }

    /** @param redaction which says what becomes of files that are done */
    Map<String, Object> beans(Intake intake, Redaction redaction, TranscriptSettings transcripts, Clock clock) {
        FileMoves moves = new FileMoves(files, intake::renamed, originals(redaction, transcripts), clock);
        if (watching) {
            settleLeft(moves);
        }
        return Map.ofEntries(
                Map.entry("cxtSettledFiles", files),
                Map.entry("cxtFileMoves", moves),
                Map.entry(
                        "cxtFilePickup", new FilePickup(intake, mappings, files, moves, claim, settings.dataFolder())));
    }

    private void settleLeft(FileMoves moves) {
        try {
            moves.settleLeft(settings.inbox());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot look into " + settings.inbox().resolve(Originals.WAITING), e);
        }
    }

    private Originals originals(Redaction redaction, TranscriptSettings transcripts) {
        return switch (redaction.originals()) {
            case KEEP -> Originals.KEPT;
            case DELETE -> Originals.DELETED;
            case REPLACE ->
                Originals.replacedBy((original, into) -> {
                    try (EntryReader entries = mappings.open(original, transcripts.options())) {
                        new RedactedCopy(redaction, transcripts).write(entries, into);
                    }
                });
        };
    }

    /** The folder; empty when it is not watched. */
    Optional<WatchedFolder> watched() {
        return Optional.of(folder).filter(open -> watching);
    }

    /** The names of all files in it, as the ledger may have them. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        files.drained(name -> names.add(name) | names.add(SafeName.keptFormerly(name)) | true); // looks at each
        return names;
    }

    boolean drained() {
        return !watching || files.drained(name -> false) && files.unmoved().isEmpty();
    }

    boolean atRest(UndecidedSources undecided) {
        return !watching || held.holds("file") || files.drained(name -> undecided.hopeless("file", name));
    }

    WaitingCounts waiting(int packing) {
        return watching ? files.waiting(packing) : WaitingCounts.NOTHING;
    }

    long passedOver() {
        return watching ? files.passedOver() : 0;
    }
}
