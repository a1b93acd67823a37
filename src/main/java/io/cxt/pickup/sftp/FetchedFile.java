package io.cxt.pickup.sftp;

import io.cxt.files.Gunzip;
import io.cxt.intake.Source;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.FolderClaim;
import io.cxt.text.SafeName;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file of the server while its copy here is read.
 *
 * @param copy has the name that the file has there
 * @param seenAt in milliseconds since 1970
 * @param look size and time on the server
 * @param stays true when it is not moved once it is decided
 */
record FetchedFile(
        Path copy,
        long bytes,
        long seenAt,
        Object look,
        Mappings mappings,
        RemoteFiles files,
        FolderClaim claim,
        KeptFiles kept,
        boolean stays)
        implements Source {

    /** Its name on the server. */
    String nameThere() {
        return copy.getFileName().toString();
    }

    @Override
    public String pickup() {
        return "sftp";
    }

    @Override
    public String name() {
        return SafeName.kept(nameThere());
    }

    @Override
    public boolean cameBefore() {
        return claim.suspects().has(nameThere());
    }

    @Override
    public boolean othersHaveIt() {
        return !claim.stillHeld();
    }

    @Override
    public boolean packed() {
        return Gunzip.isPacked(nameThere()); // its name for logs may be cut
    }

    @Override
    public boolean shared() {
        return true;
    }

    /** A list of the folder may be older than what became of the file. */
    @Override
    public boolean there() {
        return !kept.decidedMeanwhile(nameThere(), look) && !files.unmoved().holds(nameThere(), look);
    }

    @Override
    public @Nullable String keptAs() {
        return kept.key(nameThere(), look);
    }

    @Override
    public EntryReader open(@Nullable ReplayedLetter none, ReadingOptions options) throws IOException {
        return mappings.open(copy, options);
    }

    @Override
    public void holdBack(Duration wait) {
        files.holdBack(nameThere(), wait);
    }
}
