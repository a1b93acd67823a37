package io.cxt.runtime;

import io.cxt.files.DurableFiles;
import io.cxt.files.FolderUnavailableException;
import io.cxt.pickup.stream.StreamPickup;
import io.cxt.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folders that CXT works in. */
final class Folders {
    private Folders() {}

    /** Makes the missing ones. */
    static void make(Path data, Path inbox, Path archive) {
        try {
            DurableFiles.restrictFolder(data);
            DurableFiles.createFolder(inbox);
            for (Path own : List.of(archive, data.resolve("dead-letters"), data.resolve("reports"))) {
                if (own.startsWith(data)) { // an archive elsewhere is where its property says
                    DurableFiles.createRealFolder(own);
                }
                DurableFiles.restrictFolder(own);
            }
            if (Files.isSymbolicLink(data.resolve("fetched"))) { // of pickup-sftp
                DurableFiles.createRealFolder(data.resolve("fetched"));
            }
        } catch (FolderUnavailableException e) {
            throw new InvalidSettingsException(List.of("The folders under data.dir %s cannot be made: %s. Next: %s"
                    .formatted(data, e.getMessage(), e.next())));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the folders under data.dir " + data, e);
        }
    }

    /** Removes what a killed process left half written. Only for the one that has locked {@code data.dir}. */
    static void sweep(Path data, Path archive) {
        try {
            DurableFiles.sweep(data.resolve(StreamPickup.COPIES));
            DurableFiles.sweep(archive);
            DurableFiles.sweepAll(data.resolve("dead-letters")); // each reason has a folder
            DurableFiles.sweep(data.resolve("reports"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tidy up the folders under data.dir " + data, e);
        }
    }
}
