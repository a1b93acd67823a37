package io.cxt.cli;

import io.cxt.files.FilePermissions;
import io.cxt.ops.OpsSettings;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks what a run needs on this machine: folders that can be written, files that wait there, a free port. */
record CheckedPlaces(CheckReport report) {
    private static final long LITTLE = 100L * 1024 * 1024;
    private static final int MOST_NAMED = 5;

    /**
     * Writes a hidden file into a folder and deletes it: permissions do not show that a disk is full or read-only. A missing
     * folder is not created.
     *
     * @return false when nothing can be written
     */
    boolean write(String what, Path folder, String more) {
        Path there = folder;
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            if (!Files.isDirectory(there)) {
                report.bad(
                        what,
                        "%s: %s is not a folder. Move it away, or name another one".formatted(what, shown(there)));
                return false;
            }
            if (!there.equals(folder)) {
                String barred = Files.isWritable(there)
                        ? null
                        : "%s %s cannot be created: %s may not be written by %s"
                                .formatted(what, shown(folder), shown(there), System.getProperty("user.name"));
                report.tell(what, shown(folder) + ": none yet, it is created on the first run", barred);
                return barred == null;
            }
            Path probe = Files.createTempFile(folder, ".cxt-check", ".tmp");
            try {
                Files.write(probe, new byte[1]);
            } finally {
                Files.delete(probe);
            }
            report.good(what, shown(folder) + more);
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < LITTLE) {
                report.unsafe(
                        what,
                        "%s %s has %s MB left. Free some space: what cannot be written is not sent"
                                .formatted(what, shown(folder), free / 1024 / 1024));
            }
            return true;
        } catch (IOException e) {
            report.bad(what, "%s %s cannot be written: %s".formatted(what, shown(folder), why(e)));
            return false;
        }
    }

    private static String why(IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return "%s lacks the right. Run cxt as its owner, or give it to %1$s"
                    .formatted(System.getProperty("user.name"));
        }
        String reason = fault instanceof FileSystemException of && of.getReason() != null
                ? of.getReason()
                : fault.getClass().getSimpleName();
        return reason + ". Look at its disk";
    }

    /** Checks that the watched folder can be read and written, and counts its files. */
    void inbox(Path inbox, IgnoredFiles others) {
        if (Files.isDirectory(inbox) && !Files.isReadable(inbox)) {
            report.bad(
                    "inbox", "The inbox %s may not be read: %s".formatted(shown(inbox), FilePermissions.toRead(inbox)));
            return;
        }
        long waiting = 0;
        List<String> named = new ArrayList<>();
        long passedOver = 0;
        if (Files.isDirectory(inbox)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(inbox)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    waiting += others.takes(name) && IgnoredFiles.kind(file) == IgnoredFiles.Kind.FILE ? 1 : 0;
                }
                passedOver = others.in(inbox, (name, kind) -> {
                    if (named.size() < MOST_NAMED) {
                        others.why(name, kind)
                                .ifPresent(why -> named.add(
                                        "%s (%s: %s)".formatted(SafeName.value(name), why.reason(), why.next())));
                    }
                });
            } catch (IOException | UncheckedIOException e) {
                report.bad("inbox", "The inbox %s cannot be read. Look at its disk".formatted(inbox));
                return;
            }
        }
        write(
                "inbox",
                inbox,
                ", %s waiting, %s passed over%s%s"
                        .formatted(
                                waiting,
                                passedOver,
                                named.isEmpty() ? "" : ": " + String.join("; ", named),
                                passedOver > named.size() ? "; and more" : ""));
    }

    /** @param inUse true while a cxt runs on the same {@code data.dir}: the port is then its own */
    void port(OpsSettings ops, boolean inUse) {
        String what = "ops.port " + ops.port();
        Optional<String> fault = ops.fault();
        if (fault.isPresent() && inUse) {
            report.good(what, "is in use by the cxt that runs on this data.dir");
        } else {
            report.tell(what, "is free", fault.orElse(null));
        }
    }

    private static String shown(Path path) {
        return SafeName.log(path.toString());
    }
}
