package io.cxt.pickup.file;

import io.cxt.audit.OperatorLog;
import io.cxt.files.ChangedFileException;
import io.cxt.files.FilePermissions;
import io.cxt.files.Gunzip;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.Intake;
import io.cxt.intake.Source;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Variables;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.WhenOver;
import io.cxt.text.SafeName;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watched folder: opens a file and says where it goes once it is finished; {@link FileMoves} moves it. */
public final class FilePickup {
    private static final Logger LOG = LoggerFactory.getLogger(FilePickup.class);

    private final Intake intake;
    private final Mappings mappings;
    private final SettledFiles files;
    private final FileMoves moves;
    private final FolderClaim claim;
    private final Path dataFolder;

    public FilePickup(
            Intake intake, Mappings mappings, SettledFiles files, FileMoves moves, FolderClaim claim, Path dataFolder) {
        this.claim = claim;
        this.intake = intake;
        this.mappings = mappings;
        this.files = files;
        this.moves = moves;
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
        Path to = moves.freeName(dropped.file, ExchangeReading.finish(intake, reading) ? ".done" : ".failed");
        boolean stays = dropped.change() != null;
        intake.close(
                reading,
                (stays ? dropped.file : to).getFileName().toString(),
                stays ? null : dataFolder.relativize(to).toString());
        claim.suspects().decided(dropped.file.getFileName().toString());
        return to.toString();
    }

    /** A file of the folder, as it was when it was opened. */
    static final class Dropped implements Source, Closeable {
        final Path file;
        final @Nullable Look look; // null when it was gone by then
        private final String name;
        private final Mappings mappings;
        private final SettledFiles files;
        private final FolderClaim claim;
        private volatile @Nullable OpenFile content;

        Dropped(Path file, Mappings mappings, SettledFiles files, FolderClaim claim) {
            this.claim = claim;
            this.file = file;
            this.name = SafeName.kept(file.getFileName().toString());
            this.mappings = mappings;
            this.files = files;
            this.look = Look.orNull(file);
        }

        @Override
        public String pickup() {
            return "file";
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long bytes() {
            return look == null ? 0 : look.size();
        }

        @Override
        public boolean packed() {
            return Gunzip.isPacked(file.getFileName().toString()); // its name for logs may be cut
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
        public boolean shared() {
            return true;
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
            return content != null && look != null && (now == null || !look.isFile(now));
        }

        /** Writes the bytes that it had when it was opened. */
        void copyTo(FileChannel empty) throws IOException {
            opened().copyTo(empty);
        }

        @Override
        public EntryReader open(ReadingOptions options) throws IOException {
            if (look == null) {
                throw new ChangedFileException(Look.GONE);
            }
            OpenFile opened = OpenFile.open(file, look, file.getFileName().toString());
            content = opened;
            return mappings.open(opened, opened.name(), options);
        }

        private OpenFile opened() throws IOException {
            OpenFile opened = content;
            if (opened == null) {
                throw new IOException("not open");
            }
            return opened;
        }

        @Override
        public String contentHash() throws IOException {
            try (InputStream bytes = opened().open()) {
                return OperatorLog.hash(bytes);
            }
        }

        @Override
        public void holdBack(Duration wait) {
            files.holdBack(file, wait);
        }

        @Override
        public void close() {
            OpenFile opened = content;
            try {
                if (opened != null) {
                    opened.close();
                }
            } catch (IOException e) {
                LOG.debug("A file that was only read cannot be closed", e);
            }
        }
    }
}
