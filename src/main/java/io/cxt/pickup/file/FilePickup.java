package io.cxt.pickup.file;

import io.cxt.audit.OperatorLog;
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
import io.cxt.pickup.FolderClaim;
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
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watched folder: takes a file up, and says where it goes when it is done with; {@link FileMoves} moves it. */
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

    /** Takes a file up, until its exchange is over. */
    public SourceReading open(@Body File file, Exchange exchange) throws SourceStaysException {
        Dropped source = new Dropped(file.toPath(), mappings, files, claim);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public int getOrder() {
                return LOWEST; // while it is open no other file can get its number
            }

            @Override
            public void onDone(Exchange done) {
                source.close();
            }
        });
        return intake.open(source, exchange);
    }

    /**
     * Waits for everything of a file that is on its way, writes the report, and closes it in the ledger.
     *
     * @return where the file goes, as an absolute path
     * @throws SourceStaysException when it was broken off and stays
     */
    public String close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        Dropped dropped = (Dropped) reading.source();
        Path to = moves.freeName(dropped.file, intake.finish(reading) ? ".done" : ".failed");
        boolean stays = dropped.change() != null;
        intake.close(
                reading,
                (stays ? dropped.file : to).getFileName().toString(),
                stays ? null : dataFolder.relativize(to).toString());
        claim.done(dropped.file.getFileName().toString());
        return to.toString();
    }

    /** A file of the folder, as it was when it was taken up. */
    static final class Dropped implements Source, Closeable {
        final Path file;
        final Look look; // null when it was gone by then
        private final String name;
        private final Mappings mappings;
        private final SettledFiles files;
        private final FolderClaim claim;
        private volatile OpenFile content;

        Dropped(Path file, Mappings mappings, SettledFiles files, FolderClaim claim) {
            this.claim = claim;
            this.file = file;
            this.name = SafeName.kept(file.getFileName().toString());
            this.mappings = mappings;
            this.files = files;
            this.look = Look.orNull(file);
        }

        @Override
        public String door() {
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

        /** Who delivered it, as far as the file system knows: not the same on every one. */
        @Override
        public String detail() {
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
        public String mayNotBeRead() {
            return FilePermissions.toRead(file);
        }

        @Override
        public boolean cameBefore() {
            return claim.cameBefore(file.getFileName().toString());
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

        /** What became of it since it was taken up; null when nothing did. */
        String change() {
            return look == null ? Look.GONE : look.differenceTo(Look.orNull(file));
        }

        /** True when it was opened, and what has its name now, if anything, is not it. */
        boolean lostItsName() {
            Look now = Look.orNull(file);
            return content != null && (now == null || !look.isFile(now));
        }

        /** Writes the bytes that it had when it was opened. */
        void copyTo(FileChannel empty) throws IOException {
            content.copyTo(empty);
        }

        @Override
        public EntryReader open(ReadingOptions options) throws IOException {
            content = OpenFile.open(file, look, file.getFileName().toString());
            return mappings.open(content, content.name(), options);
        }

        @Override
        public String contentHash() throws IOException {
            try (InputStream bytes = content.open()) {
                return OperatorLog.hash(bytes);
            }
        }

        @Override
        public void holdBack(Duration wait) {
            files.holdBack(file, wait);
        }

        @Override
        public void close() {
            try {
                if (content != null) {
                    content.close();
                }
            } catch (IOException e) {
                LOG.debug("A file that was only read cannot be closed", e);
            }
        }
    }
}
