package io.cxt.pickup.sftp;

import io.cxt.intake.UndecidedSources;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.Reachability;
import io.cxt.text.SafeName;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.remote.RemoteFilePollingConsumerPollStrategy;
import org.apache.camel.spi.ExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls the remote folder, and logs once what is wrong and what to do. */
public final class SftpPolling extends RemoteFilePollingConsumerPollStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(SftpPolling.class);
    private static final Duration AFTER_LOST_CONTACT = Duration.ofSeconds(1);
    private static final Duration AFTER_NO_CLOSE = Duration.ofMinutes(1);

    private final RemoteFiles files;
    private final Reachability contact;
    private final FolderClaim claim;
    private final SftpFaults faults;
    private final UndecidedSources undecided;
    private boolean lost;

    SftpPolling(
            RemoteFiles files, Reachability contact, FolderClaim claim, SftpFaults faults, UndecidedSources undecided) {
        this.claim = claim;
        this.files = files;
        this.contact = contact;
        this.faults = faults;
        this.undecided = undecided;
    }

    @Override
    public boolean begin(Consumer consumer, Endpoint endpoint) {
        // Camel has files of servers fetched and read one after the other. It locks each operation, so several can be
        // read at once; the endpoint's check is over by now.
        ((GenericFileEndpoint<?>) endpoint).setSynchronous(false);
        lost = false;
        files.lookBegins();
        return super.begin(consumer, endpoint);
    }

    @Override
    public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
        files.lookEnded();
        files.moveUnmoved();
        claim.begin(); // once there is a server
        if (claim.refusal() == null) {
            contact.made();
        }
        super.commit(consumer, endpoint, polledMessages);
    }

    @Override
    public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception fault) throws Exception {
        contact.lost(faults.inWords(fault));
        return super.rollback(consumer, endpoint, retryCounter, fault);
    }

    /** Handles a file that could not be fetched. A folder that could not be listed was logged already. */
    ExceptionHandler whenFetching() {
        return new FileFaults((name, fault) -> {
            files.holdBack(name, AFTER_LOST_CONTACT); // in case the ledger fails, too
            files.holdBack(name, notFetched(name, faults.ofFile(fault), fault));
        });
    }

    /** @return how long the file is left alone */
    private Duration notFetched(String name, SftpFaults.@Nullable OfFile ofFile, Throwable fault) {
        if (ofFile == SftpFaults.OfFile.GONE && !files.isGoneAgain(name)) {
            return AFTER_LOST_CONTACT; // somebody removed it since the look
        }
        if (ofFile == null && lost) {
            return files.nothingFetched(); // the connection, or the disk here, fails for all files of this look
        }
        if (ofFile == null) {
            lost = true;
            files.fetchingFails();
        }
        boolean refused = ofFile == SftpFaults.OfFile.REFUSED;
        return undecided.notFetched(
                "sftp",
                SafeName.kept(name),
                ofFile == null ? "it could not be fetched: " + faults.kind(fault) : ofFile.inWords(),
                refused ? UndecidedSources.Kind.PERSON : UndecidedSources.Kind.STEP,
                refused
                        ? "give the user of pickup.sftp.username the right to read it; it is tried each minute"
                        : "it stays on the server and is fetched again at growing intervals; look at the connection, and at"
                                + " the free space in data.dir");
    }

    /** Handles a file that was read and could not be moved for another reason than the server's. */
    ExceptionHandler whenMoving() {
        return new FileFaults((name, fault) -> {
            files.holdBack(name, AFTER_NO_CLOSE);
            LOG.error(
                    "not moved name={} pickup=sftp reason=\"{}\" next=\"let the route reach the step close-fetched; it is"
                            + " read again in {} s, what was sent is not sent again\"",
                    SafeName.value(name),
                    faults.kind(fault),
                    AFTER_NO_CLOSE.toSeconds());
        });
    }

    /** Passes faults on with the name of their file; those without a file are ignored. */
    private record FileFaults(BiConsumer<String, Throwable> handler) implements ExceptionHandler {
        @Override
        public void handleException(@Nullable String message, @Nullable Exchange exchange, Throwable fault) {
            Object file = exchange == null ? null : exchange.getProperty(FileComponent.FILE_EXCHANGE_FILE);
            if (file instanceof GenericFile<?> remote) {
                handler.accept(remote.getFileNameOnly(), fault);
            }
        }

        @Override
        public void handleException(Throwable fault) {
            // no file
        }

        @Override
        public void handleException(@Nullable String message, Throwable fault) {
            // no file
        }
    }
}
