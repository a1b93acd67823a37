package io.cxt.pickup.sftp;

import io.cxt.files.DurableFiles;
import io.cxt.files.Gunzip;
import io.cxt.files.TimestampedName;
import io.cxt.intake.Intake;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.UndecidedSources;
import io.cxt.intake.Variables;
import io.cxt.intake.WaitingCounts;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderClaims;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.pickup.Pickup;
import io.cxt.pickup.Reachability;
import io.cxt.pickup.WhenOver;
import io.cxt.pickup.sftp.SftpSettings.After;
import io.cxt.text.SafeName;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder on an SFTP server: opens a fetched file and says where it goes on the server. */
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
                    "not guarded pickup=sftp folder=\"{}\" reason=\"pickup.sftp.after is keep: nothing is written there, not even"
                            + " {}\" next=\"let only one cxt read the folder, or several with one PostgreSQL: two ledgers on it"
                            + " send everything twice\"",
                    marker.place(),
                    FolderClaim.NAME);
        }
    }

    /**
     * False while another ledger has the folder, while a person holds this pickup, and while as many large files are read as allowed. A file that is too
     * long is not fetched; that is on record.
     */
    private boolean mayCome(String name, long bytes) {
        if (!claim.held() || intake.held().holds("sftp")) {
            return false;
        }
        long most = intake.capacity().mostBytes();
        if (bytes <= most) {
            return intake.capacity().takes(Gunzip.isPacked(name), bytes);
        }
        String why = "%s: it has %s bytes, more than pickup.max-source-bytes = %s"
                .formatted(Reason.SOURCE_SIZE.id(), bytes, most);
        notFetched(name, why, UndecidedSources.Kind.PERSON, Reason.SOURCE_SIZE.hint());
        return false;
    }

    private void notFetched(String name, String why, UndecidedSources.Kind kind, String next) {
        files.holdBack(name, AFTER_HALF_A_FILE); // in case the ledger fails
        files.holdBack(name, intake.undecided().notFetched("sftp", SafeName.kept(name), why, kind, next));
    }

    /**
     * Opens a file until its exchange is over; then its local copy is deleted.
     *
     * @param length as the server says
     * @param modified as the server says
     * @throws SourceStaysException when it was not fetched completely
     */
    public SourceReading open(
            @Body File copy,
            @Header(Exchange.FILE_LENGTH) long length,
            @Header(Exchange.FILE_LAST_MODIFIED) long modified,
            Exchange exchange)
            throws SourceStaysException {
        WhenOver.of(exchange, () -> discard(copy.toPath()));
        FetchedFile source = new FetchedFile(
                copy.toPath(),
                copy.length(),
                exchange.getClock().getCreated(),
                RemoteFiles.look(length, modified),
                mappings,
                files,
                claim,
                kept,
                settings.after() != After.MOVE);
        if (copy.length() != length) {
            String why = "%s of its %s bytes were fetched".formatted(copy.length(), length);
            notFetched(
                    source.nameThere(),
                    why,
                    UndecidedSources.Kind.STEP,
                    "it is fetched again at growing intervals; its sender may still be writing it");
            throw new SourceStaysException(why);
        }
        files.fetched();
        return ExchangeReading.open(intake, source, exchange);
    }

    private static void discard(Path copy) {
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            LOG.warn("a fetched file stays name={} next=\"it is removed at the next start\"", copy.getFileName());
        }
    }

    /**
     * Waits until nothing of a file is in flight, writes the report and closes the file in the ledger.
     *
     * @return where the file goes on the server, as a path from its folder; its own name when it does not move
     * @throws SourceStaysException when it stays and is read again
     */
    public String close(@Variable(Variables.READING) SourceReading reading)
            throws SourceStaysException, IOException, InterruptedException {
        FetchedFile fetched = (FetchedFile) reading.source();
        String name = fetched.nameThere();
        boolean decided = ExchangeReading.finish(intake, reading);
        String to = fetched.stays() ? name : (decided ? ".done/" : ".failed/") + TimestampedName.into(name, stamp(), 0);
        String place = settings.folder().equals(".") ? to : settings.folder() + "/" + to;
        boolean goes = decided && settings.after() == After.DELETE && !reading.sourceNeeded();
        intake.close(reading, name, goes || files.hasChanged(name, fetched.look()) ? null : place);
        if (decided && settings.after() == After.KEEP) {
            kept.add(name, fetched.look());
        }
        files.forget(name);
        claim.suspects().decided(name);
        return to;
    }

    /** Unique: a file that has the name on the server already would be deleted. */
    private synchronized Instant stamp() {
        Instant now = clock.instant();
        lastStamp = now.isAfter(lastStamp.plusMillis(1)) ? now : lastStamp.plusMillis(1);
        return lastStamp;
    }

    @Override
    public Reachability contact() {
        return contact;
    }

    @Override
    public Map<String, Object> beans() {
        SftpPolling polling = new SftpPolling(files, contact, claim, faults, intake.undecided());
        return Map.ofEntries(
                Map.entry("cxtSftpPickup", this),
                Map.entry("cxtRemoteFiles", files),
                Map.entry("cxtSftpMoves", new SftpMoves(files, faults, settings.after())),
                Map.entry("cxtSftpPolling", polling),
                Map.entry("cxtSftpFetching", polling.whenFetching()),
                Map.entry("cxtSftpMoving", polling.whenMoving()),
                Map.entry(
                        "cxtSftpPassword",
                        Optional.ofNullable(settings.password()).orElse("")),
                Map.entry(
                        "cxtSftpPassphrase",
                        Optional.ofNullable(settings.passphrase()).orElse("")));
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
    public WaitingCounts waiting() {
        return files.waiting();
    }

    @Override
    public long passedOver() {
        return files.passedOver();
    }

    @Override
    public void end() {
        marker.end();
        claim.close();
        marker.disconnect();
        SftpAlgorithms.setForAll(algorithmsBefore);
    }
}
