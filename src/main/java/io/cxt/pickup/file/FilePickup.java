package io.cxt.pickup.file;

import io.cxt.files.FilePermissions;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.Intake;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Variables;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.LocalFile;
import io.cxt.pickup.WhenOver;
import io.cxt.text.SafeName;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;

/** The watched folder: opens a file and says where it goes once it is finished; {@link FileMoves} moves it. */
public final class FilePickup {
    private final Intake intake;
    private final Mappings mappings;
    private final SettledFiles files;
    private final FileMoves moves;
    private final FolderClaim claim;
    private final Path dataFolder;

    public FilePickup(
            Intake intake, Mappings mappings, SettledFiles files, FileMoves moves, FolderClaim claim, Path dataFolder) {
        this.intake = intake;
        this.mappings = mappings;
        this.files = files;
        this.moves = moves;
        this.claim = claim;
        this.dataFolder = dataFolder;
    }
    /** Opens a file until its exchange is over. */
    public SourceReading open(@Body File file, Exchange exchange) throws SourceStaysException {
        Dropped source = new Dropped(file.toPath(), mappings, files, claim);
        WhenOver.atLast(exchange, source::close); // while it is open no other file can get its inode number
        return ExchangeReading.open(intake, source, exchange);
    }

    /**
     * Waits until nothing of a file is in flight, writes the report and closes the file in the ledger.
     *
     * @return where the file goes, as an absolute path
     * @throws SourceStaysException when it stays and is read again
     */
    public String close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        Dropped dropped = (Dropped) reading.source();
        Path to = moves.freeName(dropped.file, ExchangeReading.finish(intake, reading) ? FileMoves.DONE : ".failed");
        boolean remains = dropped.change() != null;
        Path kept = moves.stays(to, reading);
        intake.close(
                reading,
                (remains ? dropped.file : to).getFileName().toString(),
                remains || kept == null ? null : dataFolder.relativize(kept).toString());
        claim.suspects().decided(dropped.file.getFileName().toString());
        return to.toString();
    }

    /** A file of the folder, as it was when it was opened. */
    static final class Dropped extends LocalFile {
        private final SettledFiles files;
        private final FolderClaim claim;

        Dropped(Path file, Mappings mappings, SettledFiles files, FolderClaim claim) {
            super(
                    file,
                    Look.orNull(file),
                    SafeName.kept(file.getFileName().toString()),
                    file.getFileName().toString(),
                    mappings);
            this.files = files;
            this.claim = claim;
        }

        @Override
        public String pickup() {
            return "file";
        }

        /** Who delivered it, as far as the file system knows. */
        @Override
        public @Nullable String detail() {
            try {
                return "uid=%s owner=%s"
                        .formatted(
                                Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS),
                                SafeName.log(Files.getOwner(file, LinkOption.NOFOLLOW_LINKS)
                                        .getName()));
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
                return null;
            }
        }

        @Override
        public @Nullable String mayNotBeRead() {
            return FilePermissions.toRead(file);
        }

        @Override
        public boolean cameBefore() {
            return claim.suspects().has(file.getFileName().toString());
        }

        @Override
        public boolean othersHaveIt() {
            return !claim.stillHeld();
        }

        @Override
        public boolean there() {
            return change() == null;
        }

        /** What became of it since it was opened; null when nothing did. */
        @Nullable
        String change() {
            return look == null ? Look.GONE : look.differenceTo(Look.orNull(file));
        }

        /** True when it was read and another file, or none, has its name now. */
        boolean lostItsName() {
            Look now = Look.orNull(file);
            return opened() != null && look != null && (now == null || !look.isFile(now));
        }

        /** Writes the bytes that it had when it was opened. */
        void copyTo(FileChannel empty) throws IOException {
            OpenFile opened = opened();
            if (opened == null) {
                throw new IOException("not open");
            }
            opened.copyTo(empty);
        }

        @Override
        public void holdBack(Duration wait) {
            files.holdBack(file, wait);
        }
    }
}
