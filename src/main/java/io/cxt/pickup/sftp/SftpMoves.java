package io.cxt.pickup.sftp;

import io.cxt.files.OpenFile.Look;
import io.cxt.intake.SourceReading;
import io.cxt.intake.Variables;
import io.cxt.pickup.file.FileMoves;
import io.cxt.pickup.sftp.SftpSettings.After;
import io.cxt.text.SafeName;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.GenericFileOperations;
import org.apache.camel.component.file.remote.RemoteFileConfiguration;
import org.apache.camel.component.file.remote.RemoteFileOperations;
import org.apache.camel.component.file.remote.SftpRemoteFile;
import org.apache.camel.component.file.strategy.GenericFileExpressionRenamer;
import org.apache.camel.component.file.strategy.GenericFileRenameProcessStrategy;
import org.apache.camel.support.builder.ExpressionBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves or deletes a finished file on the server, if it still looks as it did when it was fetched; this is checked right
 * before. One that has changed stays and is fetched again. One that stays as it is, is not.
 */
public final class SftpMoves extends GenericFileRenameProcessStrategy<SftpRemoteFile<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(SftpMoves.class);
    private static final int TRIES = 3;

    private final RemoteFiles files;
    private final SftpFaults faults;
    private final After after;
    private Map<String, Object> looks = Map.of();
    private long looksBegan;
    private long looksTook;

    SftpMoves(RemoteFiles files, SftpFaults faults, After after) {
        this.after = after;
        this.faults = faults;
        this.files = files;
        setCommitRenamer(new GenericFileExpressionRenamer<>(ExpressionBuilder.variableExpression(Variables.MOVE_TO)));
    }

    /** A file that is finished, and what Camel has of its server. */
    private record Done(
            GenericFileOperations<SftpRemoteFile<?>> operations,
            GenericFileEndpoint<SftpRemoteFile<?>> endpoint,
            GenericFile<SftpRemoteFile<?>> file) {}

    /** False for a file that was finished after the filter had seen it: Camel asks the filter first and then whether it is in progress. */
    @Override
    public boolean begin(
            GenericFileOperations<SftpRemoteFile<?>> operations,
            GenericFileEndpoint<SftpRemoteFile<?>> endpoint,
            Exchange exchange,
            GenericFile<SftpRemoteFile<?>> file)
            throws Exception {
        return !files.isFinished(file.getFileNameOnly(), RemoteFiles.look(file))
                && super.begin(operations, endpoint, exchange, file);
    }

    /** The route ended: moves the file to where {@link SftpPickup#close} said. */
    @Override
    public void commit(
            GenericFileOperations<SftpRemoteFile<?>> operations,
            GenericFileEndpoint<SftpRemoteFile<?>> endpoint,
            Exchange exchange,
            GenericFile<SftpRemoteFile<?>> file)
            throws Exception {
        SourceReading reading = exchange.getVariable(Variables.READING, SourceReading.class);
        if (reading == null || exchange.getVariable(Variables.MOVE_TO) == null) {
            throw new IllegalStateException("the route did not reach the step close-fetched");
        }
        boolean decided = reading.brokenOff() == null;
        boolean needed = after == After.DELETE && decided && reading.sourceNeeded();
        if (after == After.KEEP || after == After.DELETE && !decided || needed) {
            super.rollback(operations, endpoint, exchange, file); // which leaves it where it is
            if (!decided || needed) {
                files.unmoved().addForGood(file.getFileNameOnly(), RemoteFiles.look(file));
            }
            if (needed) {
                LOG.warn(
                        "original kept source={} reason=\"it holds what is kept nowhere else: chats that were not selected, or"
                                + " that could not be read\" next=\"see its report; put a corrected file there under a new name,"
                                + " and delete it\"",
                        SafeName.value(reading.name()));
            }
            return;
        }
        Done done = new Done(operations, endpoint, file);
        for (int left = TRIES - 1; ; left--) {
            try {
                moveIfSame(done, exchange, reading);
                return;
            } catch (GenericFileOperationFailedException e) {
                if (left == 0) {
                    leave(done, exchange, e);
                    return;
                }
                LOG.debug("Another instance has changed the folder meanwhile, as by making .done", e);
            }
        }
    }

    private void leave(Done done, Exchange exchange, GenericFileOperationFailedException fault) {
        GenericFile<SftpRemoteFile<?>> file = done.file;
        GenericFile<SftpRemoteFile<?>> to = getCommitRenamer().renameFile(done.operations, exchange, file);
        boolean moves = after == After.MOVE;
        UnmovedRemoteFiles.Move again = () -> {
            if (!RemoteFiles.look(file).equals(lookAgain(done))) {
                files.forget(file.getFileNameOnly());
                return false;
            }
            if (moves) {
                renameFile(done.operations, file, to);
            } else {
                delete(done);
            }
            return true;
        };
        files.unmoved().add(file.getFileNameOnly(), RemoteFiles.look(file), moves ? "moved" : "deleted", again);
        LOG.error(
                "cannot be {} name={} pickup=sftp reason=\"{}\" next=\"let the user of pickup.sftp.username {}, or set"
                        + " pickup.sftp.after = keep, which changes nothing there. The file is decided and is not fetched again;"
                        + " cxt tries again to {} it\"",
                moves ? "moved" : "deleted",
                SafeName.value(file.getFileNameOnly()),
                faults.ofMove(fault),
                moves ? "make .done and .failed there and rename into them" : "delete files there",
                moves ? "move" : "delete");
    }

    private void moveIfSame(Done done, Exchange exchange, SourceReading reading) throws Exception {
        Object now = look(done);
        boolean same = RemoteFiles.look(done.file).equals(now);
        if (same && after == After.MOVE) {
            super.commit(done.operations, done.endpoint, exchange, done.file);
            return;
        }
        if (same) {
            delete(done);
        }
        super.rollback(done.operations, done.endpoint, exchange, done.file); // which leaves it where it is
        if (!same) {
            files.forget(done.file.getFileNameOnly());
            FileMoves.warnChanged(reading, now == null ? Look.GONE : "its size or time is another");
        }
    }

    private static void delete(Done done) {
        if (!done.operations.deleteFile(done.file.getAbsoluteFilePath())) {
            throw new GenericFileOperationFailedException("not deleted");
        }
    }

    /** How the file with that name looks now; null when there is none. */
    private @Nullable Object look(Done done) {
        return looks(done, System.nanoTime()).get(done.file.getFileNameOnly());
    }

    /** The same for one of perhaps many that are tried again one after the other: a list is good for as long as it took. */
    private synchronized @Nullable Object lookAgain(Done done) {
        return looks(done, System.nanoTime() - 2 * looksTook).get(done.file.getFileNameOnly());
    }

    /**
     * The files of the folder, not as of before the given time: the server is asked once for all threads that wait,
     * since it can only list the whole folder.
     */
    private synchronized Map<String, Object> looks(Done done, long sinceNanos) {
        if (looks.isEmpty() || looksBegan - sinceNanos < 0) {
            long began = System.nanoTime();
            RemoteFileConfiguration there = (RemoteFileConfiguration) done.endpoint.getConfiguration();
            RemoteFileOperations<SftpRemoteFile<?>> server = (RemoteFileOperations<SftpRemoteFile<?>>) done.operations;
            if (!server.isConnected()) {
                server.connect(there, null);
            }
            Map<String, Object> seen = new HashMap<>();
            for (SftpRemoteFile<?> file : server.listFiles(there.getDirectory())) {
                seen.put(file.getFilename(), RemoteFiles.look(file.getFileLength(), file.getLastModified()));
            }
            looks = seen;
            looksBegan = began;
            looksTook = System.nanoTime() - began;
        }
        return looks;
    }
}
