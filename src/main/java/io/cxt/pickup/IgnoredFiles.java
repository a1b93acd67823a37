package io.cxt.pickup;

import io.cxt.files.ChangedFileException;
import io.cxt.files.FilePermissions;
import io.cxt.files.OpenFile.Look;
import io.cxt.json.TranscriptReader;
import io.cxt.mapping.Mappings;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies where transcripts come in and is never taken: why, and what to do. Nothing is said of hidden files and of
 * those that a sender has not finished.
 */
public final class IgnoredFiles {
    private static final Logger LOG = LoggerFactory.getLogger(IgnoredFiles.class);
    private static final int MOST_SAID = 1000;
    private static final Pattern UNFINISHED = Pattern.compile("\\..*|~.*|.*~|.*\\.(part|filepart|tmp)", Pattern.DOTALL);
    private static final Pattern PACKED =
            Pattern.compile(".*\\.(zip|7z|rar|tar|tgz|bz2|xz|zst|tar\\.gz)", Pattern.DOTALL);
    private static final Pattern SHEET = Pattern.compile(".*\\.(xls|xlsx|xlsm|xlsb|ods|numbers)", Pattern.DOTALL);

    /** What something is, whatever its name says. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        OTHER,
        /** A further name of a file of our own user, which somebody else may have given it. */
        PLANTED,
        /** A file with a name that would lead elsewhere. */
        UNSAFE
    }

    /** Why something is not taken, and what a person can do. */
    public record Why(String reason, String next) {}

    private final String door;
    private final Supplier<Mappings> loader;
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private volatile boolean saysNoMore;
    private boolean moreSaid;
    private Mappings mappings;

    /** @param mappings asked for only when a name is met that is none of our own form's */
    public IgnoredFiles(String door, Supplier<Mappings> mappings) {
        this.door = door;
        this.loader = mappings;
    }

    /** True for the name of a file that holds transcripts. */
    public boolean takes(String name) {
        return !name.startsWith(".")
                && (TranscriptReader.formOf(name).isPresent() || mappings().take(name));
    }

    private synchronized Mappings mappings() {
        if (mappings == null) {
            mappings = loader.get();
        }
        return mappings;
    }

    /** Why it is not taken; empty for what is taken, and for what nothing is said of. */
    public Optional<Why> why(String name, Kind kind) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean taken = takes(name);
        if (taken ? kind == Kind.FILE : UNFINISHED.matcher(lower).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (kind) {
                    case FOLDER -> new Why("a folder", "move the files in it out of it; folders are not looked into");
                    case LINK -> new Why("a link, which is not followed", "put the file itself there");
                    case OTHER -> new Why("not a regular file", "put the file itself there");
                    case PLANTED ->
                        new Why(
                                "a hard link to a file of the user of cxt, in a folder that others may write to",
                                "put a copy there, or take its other name away");
                    case UNSAFE ->
                        new Why(
                                "its name has / \\ * ? or control characters, is not UTF-8, or is longer than 240 bytes",
                                "rename it");
                    case FILE -> new Why("its name is none of a transcript file", next(lower));
                });
    }

    private String next(String name) {
        if (PACKED.matcher(name).matches()) {
            return "unpack it; a single file may be packed with gzip, as .gz";
        }
        if (SHEET.matcher(name).matches()) {
            return "save it as CSV in UTF-8, and put that there";
        }
        return "if it holds transcripts, name it " + mappings().names() + "; else take it away";
    }

    /** Says it, once; of the first {@value #MOST_SAID}, the rest is only counted. */
    public void say(String name, Kind kind) {
        if (said.contains(name)) {
            return;
        }
        why(name, kind).ifPresent(why -> {
            if (said.size() >= MOST_SAID) {
                saysNoMore = true;
            } else if (said.add(name)) {
                LOG.warn(
                        "passed over name={} door={} reason=\"{}\" next=\"{}\"",
                        SafeName.value(name),
                        door,
                        why.reason(),
                        why.next());
            }
        });
    }

    public boolean hasSaid(String name) {
        return said.contains(name);
    }

    /** When there were more than could be named, says once how many of all. */
    public void sayMoreOf(LongSupplier all) {
        if (saysNoMore && !moreSaid) {
            moreSaid = true;
            LOG.warn(
                    "passed over more={} door={} reason=\"{} were named one by one\" next=\"clear out what is no transcript; cxt"
                            + " status counts the rest of an inbox\"",
                    Math.max(1, all.getAsLong() - said.size()),
                    door,
                    said.size());
        }
    }

    /** Forgets those that are gone; one that comes again is said again. */
    public void forgetIf(Predicate<String> gone) {
        if (said.removeIf(gone)) {
            saysNoMore = false;
            moreSaid = false;
        }
    }

    /**
     * Counts what is passed over in a folder now; 0 when there is no folder.
     *
     * @param each told of each
     */
    public long in(Path folder, BiConsumer<String, Kind> each) {
        long count = 0;
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            for (Path path : inside) {
                String name = path.getFileName().toString();
                Kind kind = kind(path);
                if (kind != null && why(name, kind).isPresent()) {
                    count++;
                    each.accept(name, kind);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            LOG.debug("There is no such folder", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    /** Why a file or folder was not read to its end, and what to do. */
    public static String unread(IOException why) {
        if (why instanceof ChangedFileException) {
            return "changed while it was read; validate it again";
        }
        if (why instanceof NoSuchFileException) {
            return "is gone; validate what is there now";
        }
        if (why instanceof AccessDeniedException denied) {
            String whose = FilePermissions.toRead(Path.of(denied.getFile())); // where a link leads
            return "may not be read: "
                    + (whose == null ? "the way to it is barred to " + System.getProperty("user.name") : whose);
        }
        return "cannot be read (%s); look at the disk that it lies on"
                .formatted(why.getClass().getSimpleName());
    }

    /** What has a name; null when nothing has it. */
    public static Kind kind(Path path) {
        try {
            BasicFileAttributes look = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return look.isRegularFile()
                    ? Look.at(path).planted(path) ? Kind.PLANTED : Kind.FILE
                    : look.isDirectory() ? Kind.FOLDER : look.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
        } catch (IOException e) {
            return null;
        }
    }
}
