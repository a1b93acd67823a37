package io.cxt.steps;

import io.cxt.archive.DurableFiles;
import io.cxt.archive.SafeName;
import io.cxt.mapping.Mappings;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.TranscriptReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;

/** The watched folder: takes a file up, and says where it goes when it is done with. */
public final class FileDoor {
    private final Intake intake;
    private final Mappings mappings;
    private final SettledFiles files;
    private final Path dataFolder;
    private final Clock clock;

    FileDoor(Intake intake, Mappings mappings, SettledFiles files, Path dataFolder, Clock clock) {
        this.intake = intake;
        this.mappings = mappings;
        this.files = files;
        this.dataFolder = dataFolder;
        this.clock = clock;
    }

    /** Takes a file up, until its exchange is over. */
    public Reading open(@Body File file, Exchange exchange) throws SourceStaysException {
        return intake.open(
                new Dropped(
                        file.toPath(),
                        SafeName.log(file.getName()),
                        file.length(),
                        LeftBehind.identity(file.toPath()),
                        mappings,
                        files),
                exchange);
    }

    /**
     * Lets a file go: waits for everything on its way, writes the report, and closes it in the ledger.
     *
     * @return where the file goes, as an absolute path
     * @throws SourceStaysException when it was broken off and stays
     */
    public String close(@Variable(Variables.READING) Reading reading, Exchange exchange)
            throws SourceStaysException, IOException, InterruptedException {
        Dropped dropped = (Dropped) reading.source();
        Path file = dropped.file;
        String folder = intake.finish(reading) ? ".done" : ".failed";
        Path to = freeName(file, folder);
        intake.close(
                reading,
                file.getFileName().toString(),
                dataFolder.relativize(to).toString());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public int getOrder() {
                return LOWEST; // when Camel has moved it
            }

            @Override
            public void onDone(Exchange done) {
                files.leftBehind().moved(file, dropped.identity, () -> Files.move(file, freeName(file, folder)));
            }
        });
        return to.toString();
    }

    private record Dropped(Path file, String name, long bytes, Object identity, Mappings mappings, SettledFiles files)
            implements Source {
        @Override
        public String door() {
            return "file";
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
        public boolean shared() {
            return true;
        }

        @Override
        public boolean there() {
            return Files.exists(file);
        }

        @Override
        public EntryReader open(TranscriptReader.Options options) throws IOException {
            return mappings.open(file, options);
        }

        @Override
        public void holdBack(Duration wait) {
            files.holdBack(file, wait);
        }
    }

    /** A name in the folder beside the file that nothing has yet: the file's own, or one with the time in it. */
    private Path freeName(Path file, String folder) throws IOException {
        Path target = file.resolveSibling(folder);
        DurableFiles.createFolder(target);
        String name = file.getFileName().toString();
        Path free = target.resolve(name);
        // Not Files.exists, which throws and catches where nothing is, with a long trace to fill in.
        for (int i = 0; free.toFile().exists(); i++) {
            free = target.resolve(Stamp.into(name, clock.instant(), i));
        }
        return free;
    }
}
