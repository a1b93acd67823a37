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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in a folder of transcripts and is never read: why, and what to do. Hidden files, and those that a sender has
 * not finished, are not mentioned.
 */
public final class IgnoredFiles {
    private static final Logger LOG = LoggerFactory.getLogger(IgnoredFiles.class);
    private static final int MOST_LOGGED = 1000;
    private static final Pattern UNFINISHED = Pattern.compile("\\..*|~.*|.*~|.*\\.(part|filepart|tmp)", Pattern.DOTALL);
    private static final Pattern PACKED =
            Pattern.compile(".*\\.(zip|7z|rar|tar|tgz|bz2|xz|zst|tar\\.gz)", Pattern.DOTALL);
    private static final Pattern SHEET = Pattern.compile(".*\\.(xls|xlsx|xlsm|xlsb|ods|numbers)", Pattern.DOTALL);

    /** What something is, apart from its name. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        OTHER,
        /** A hard link to a file of our own user, which somebody else may have made. */
        PLANTED,
        /** A file with a name that would lead elsewhere. */
        UNSAFE
    }

    /** Why something is not read, and what a person can do. */
    public record Why(String reason, String next) {}

    private final String pickup;
    private final Supplier<Mappings> loader;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private volatile boolean logsNoMore;
    private boolean moreLogged;
    private @Nullable Mappings mappings;

    /** @param mappings loaded when a name is met that is not one of our own formats */
    public IgnoredFiles(String pickup, Supplier<Mappings> mappings) {
        this.pickup = pickup;
        this.loader = mappings;
    }

    /** True for the name of a file that holds transcripts. */
    public boolean takes(String name) {
        return !name.startsWith(".")
                && (TranscriptReader.formOf(name).isPresent() || mappings().take(name));
    }

    private synchronized Mappings mappings() {
        Mappings known = mappings;
        if (known == null) {
            known = loader.get();
            mappings = known;
        }
        return known;
    }

    /** Why it is not read; empty for what is read and for what is not mentioned. */
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
                                "put a copy there, or remove its other name");
                    case UNSAFE ->
                        new Why(
                                "its name has / \\ * ? or control characters, is not UTF-8, or is longer than 240 bytes",
                                "rename it");
                    case FILE -> new Why("its name is not that of a transcript file", next(lower));
                });
    }

    private String next(String name) {
        if (PACKED.matcher(name).matches()) {
            return "unpack it; a single file may be packed with gzip, as .gz";
        }
        if (SHEET.matcher(name).matches()) {
            return "save it as CSV in UTF-8, and put that there";
        }
        return "if it holds transcripts, name it " + mappings().names() + "; else remove it";
    }

    /** Logs it, once; the first {@value #MOST_LOGGED}, the rest is only counted. */
    public void log(String name, Kind kind) {
        if (logged.contains(name)) {
            return;
        }
        why(name, kind).ifPresent(why -> {
            if (logged.size() >= MOST_LOGGED) {
                logsNoMore = true;
            } else if (logged.add(name)) {
                LOG.warn(
                        "passed over name={} pickup={} reason=\"{}\" next=\"{}\"",
                        SafeName.value(name),
                        pickup,
                        why.reason(),
                        why.next());
            }
        });
    }

    public boolean hasLogged(String name) {
        return logged.contains(name);
    }

    /** When there were more than could be named, logs once how many. */
    public void logMoreOf(LongSupplier all) {
        if (logsNoMore && !moreLogged) {
            moreLogged = true;
            LOG.warn(
                    "passed over more={} pickup={} reason=\"{} were named one by one\" next=\"clear out what is no transcript; cxt"
                            + " status counts the rest of an inbox\"",
                    Math.max(1, all.getAsLong() - logged.size()),
                    pickup,
                    logged.size());
        }
    }

    /** Forgets those that are gone; one that returns is logged again. */
    public void forgetIf(Predicate<String> gone) {
        if (logged.removeIf(gone)) {
            logsNoMore = false;
            moreLogged = false;
        }
    }

    /**
     * Counts what is ignored in a folder now; 0 when there is no folder.
     *
     * @param each called for each
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

    /** Why a file or folder could not be read, and what to do. */
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
                    + (whose == null ? "a folder above it is closed to " + System.getProperty("user.name") : whose);
        }
        return "cannot be read (%s); look at the disk that it lies on"
                .formatted(why.getClass().getSimpleName());
    }

    /** What has the name; null when nothing has it. */
    public static @Nullable Kind kind(Path path) {
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
