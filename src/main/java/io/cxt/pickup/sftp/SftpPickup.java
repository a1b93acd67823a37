package io.cxt.pickup.sftp;

import io.cxt.files.DurableFiles;
import io.cxt.files.Gunzip;
import io.cxt.files.TimestampedName;
import io.cxt.intake.Intake;
import io.cxt.intake.Source;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.Variables;
import io.cxt.intake.WaitingCounts;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.pickup.sftp.SftpSettings.After;
import io.cxt.text.SafeName;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder on an SFTP server: takes a fetched file in, and says where it goes on the server.
 *
 * <p>Long because a fetched file, its copy here and its place there are one source.
 */
public final class SftpPickup implements Pickup {
    private static final Logger LOG = LoggerFactory.getLogger(SftpPickup.class);
    private static final Duration AFTER_HALF_A_FILE = Duration.ofSeconds(1);

    private final Intake intake;
    private final Mappings mappings;
    private final SftpSettings settings;
    private final Clock clock;
    private final KeptFiles kept;
    private final RemoteFiles files;
    private final Reachability contact = new Reachability("sftp");
    private final SftpFaults faults;
    private final SftpMarker marker;
    private final FolderClaim claim;
    private final Map<String, String> algorithmsBefore;
    private Instant lastStamp = Instant.EPOCH;

    /** @param copies where fetched files lie while they are read; emptied now */
    public SftpPickup(
            Intake intake, FolderClaims claims, Mappings mappings, SftpSettings settings, Path copies, Clock clock) {
        this.intake = intake;
        this.mappings = mappings;
        this.settings = settings;
        this.clock = clock;
        this.faults = new SftpFaults(settings);
        this.marker = new SftpMarker(settings, faults);
        this.claim = claims.on(marker, contact);
        this.algorithmsBefore = SftpAlgorithms.setForAll(settings.algorithms());
        this.kept = new KeptFiles(claims.intakes(), settings.readsOnly() ? settings.place() : null);
        this.files = new RemoteFiles(
                settings.settle(),
                new IgnoredFiles("sftp", () -> mappings),
                kept,
                name -> intake.undecided().hopeless("sftp", SafeName.kept(name)),
                this::mayCome);
        try {
            DurableFiles.restrictFolder(copies);
            DurableFiles.empty(copies);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make or empty the folder " + copies, e);
        }
        if (settings.readsOnly()) {
            LOG.warn(
                    "not guarded door=sftp folder=\"{}\" reason=\"pickup.sftp.after is keep, so that nothing is written there, no"
                            + " {} either\" next=\"let one cxt alone read the folder, or several with one PostgreSQL: two ledgers"
                            + " on it send everything twice\"",
                    marker.place(),
                    FolderClaim.NAME);
        }
    }

    /**
     * Nothing comes while another ledger has the folder. What is too long is not fetched to find that out, and is on
     * record; of large ones some wait.
     */
    private boolean mayCome(String name, long bytes) {
        if (!claim.held()) {
            return false;
        }
        long most = intake.room().mostBytes();
        if (bytes <= most) {
            return intake.room().takes(Gunzip.isPacked(name), bytes);
        }
        files.holdBack(name, AFTER_HALF_A_FILE); // should the ledger be out of order
        String why = "%s: it has %s bytes, more than pickup.max-source-bytes = %s"
                .formatted(Reason.SOURCE_SIZE.id(), bytes, most);
        files.holdBack(
                name,
                intake.undecided()
                        .notFetched(
                                "sftp",
                                SafeName.kept(name),
                                why,
                                UndecidedSources.Kind.PERSON,
                                Reason.SOURCE_SIZE.hint()));
        return false;
    }

    /**
     * Takes a file up, until its exchange is over; its local copy goes then.
     *
     * @param length as the server gave it
     * @param modified as the server gave it
     * @throws SourceStaysException when not all of it came
     */
    public SourceReading open(
            @Body File copy,
            @Header(Exchange.FILE_LENGTH) long length,
            @Header(Exchange.FILE_LAST_MODIFIED) long modified,
            Exchange exchange)
            throws SourceStaysException {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                discard(copy.toPath());
            }
        });
        Fetched source = new Fetched(
                copy.toPath(),
                SafeName.kept(copy.getName()),
                copy.length(),
                exchange.getClock().getCreated(),
                RemoteFiles.look(length, modified),
                mappings,
                files,
                claim,
                kept,
                settings.after() != After.MOVE);
        if (copy.length() != length) {
            String why = "%s of its %s bytes came".formatted(copy.length(), length);
            source.holdBack(AFTER_HALF_A_FILE); // should the ledger be out of order as well
            source.holdBack(intake.undecided()
                    .notFetched(
                            "sftp",
                            source.name(),
                            why,
                            UndecidedSources.Kind.STEP,
                            "it is fetched again, ever more rarely; its sender may be at work on it"));
            throw new SourceStaysException(why);
        }
        files.fetched();
        return intake.open(source, exchange);
    }

    private static void discard(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            LOG.warn("a fetched file stays name={} next=\"it is removed at the next start\"", copy.getFileName());
        }
    }

    /**
     * Lets a file go: waits for everything on its way, writes the report, and closes it in the ledger.
     *
     * @return where the file goes on the server, as a path from where it lies; its own name when it does not move
     * @throws SourceStaysException when it was broken off and stays
     */
    public String close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        Fetched fetched = (Fetched) reading.source();
        String name = fetched.copy.getFileName().toString();
        boolean decided = intake.finish(reading);
        String to = fetched.stays ? name : (decided ? ".done/" : ".failed/") + TimestampedName.into(name, stamp(), 0);
        String place = settings.folder().equals(".") ? to : settings.folder() + "/" + to;
        boolean goes = decided && settings.after() == After.DELETE;
        intake.close(reading, name, goes || files.hasChanged(name, fetched.look) ? null : place);
        if (decided && settings.after() == After.KEEP) {
            kept.add(name, fetched.look);
        }
        files.forget(name);
        claim.done(name);
        return to;
    }

    /** Another one each time: what has the name already on the server would be deleted. */
    private synchronized Instant stamp() {
        Instant now = clock.instant();
        lastStamp = now.isAfter(lastStamp.plusMillis(1)) ? now : lastStamp.plusMillis(1);
        return lastStamp;
    }

    private record Fetched(
            Path copy,
            String name,
            long bytes,
            long seenAt,
            Object look,
            Mappings mappings,
            RemoteFiles files,
            FolderClaim claim,
            KeptFiles kept,
            boolean stays)
            implements Source {
        @Override
        public String door() {
            return "sftp";
        }

        @Override
        public boolean cameBefore() {
            return claim.cameBefore(copy.getFileName().toString());
        }

        @Override
        public boolean othersHaveIt() {
            return !claim.stillHeld();
        }

        @Override
        public boolean packed() {
            return Gunzip.isPacked(copy.getFileName().toString()); // its name for logs may be cut
        }

        @Override
        public boolean shared() {
            return true;
        }

        @Override
        public boolean there() {
            return !kept.decidedMeanwhile(copy.getFileName().toString(), look);
        }

        @Override
        public String keptAs() {
            return kept.key(copy.getFileName().toString(), look);
        }

        @Override
        public EntryReader open(ReadingOptions options) throws IOException {
            return mappings.open(copy, options);
        }

        @Override
        public void holdBack(Duration wait) {
            files.holdBack(copy.getFileName().toString(), wait);
        }
    }

    @Override
    public String name() {
        return "sftp";
    }

    @Override
    public Map<String, Object> beans() {
        SftpPolling polling = new SftpPolling(files, contact, claim, faults, intake.undecided());
        return Map.of(
                "cxtSftpPickup",
                this,
                "cxtRemoteFiles",
                files,
                "cxtSftpMoves",
                new SftpMoves(files, faults, settings.after()),
                "cxtSftpPolling",
                polling,
                "cxtSftpFetching",
                polling.whenFetching(),
                "cxtSftpMoving",
                polling.whenMoving(),
                "cxtSftpPassword",
                Optional.ofNullable(settings.password()).orElse(""),
                "cxtSftpPassphrase",
                Optional.ofNullable(settings.passphrase()).orElse(""));
    }

    @Override
    public boolean drained() {
        return files.nothingLeft();
    }

    @Override
    public boolean atRest() {
        return files.onlyHopelessLeft();
    }

    @Override
    public Optional<String> trouble() {
        return contact.trouble();
    }

    @Override
    public Duration troubledFor() {
        return contact.troubledFor();
    }

    @Override
    public WaitingCounts waiting() {
        return files.waiting();
    }

    @Override
    public long passedOver() {
        return files.passedOver();
    }

    @Override
    public void stop() {}

    @Override
    public void end() {
        marker.end();
        claim.close();
        marker.disconnect();
        SftpAlgorithms.setForAll(algorithmsBefore);
    }
}
