package io.cxt.cli;

import io.cxt.intake.BackfillFolders;
import io.cxt.ledger.ExportFile;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files that a person names for a back-fill, as they are now. One that may not be brought in refuses all. */
final class ExportFiles {
    private static final int MOST = 100_000;
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[{\\\\]");

    private final BackfillFolders folders;
    private final IgnoredFiles names;
    private final Mappings mappings;
    private final Map<String, ExportFile> found = new TreeMap<>();
    private long passedOver;

    private ExportFiles(BackfillFolders folders, Mappings mappings) {
        this.folders = folders;
        this.mappings = mappings;
        names = new IgnoredFiles("backfill", () -> mappings);
    }

    /**
     * Finds them.
     *
     * @param globs names of files, or patterns as {@link java.nio.file.FileSystem#getPathMatcher} knows them
     * @throws CommandRefused naming the file, and what to do
     */
    static ExportFiles of(List<String> globs, BackfillFolders folders, Mappings mappings) throws IOException {
        ExportFiles files = new ExportFiles(folders, mappings);
        if (globs.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "Say which files, for example: cxt jobs start backfill '/srv/exports/2024-*.ndjson.gz'");
        }
        for (String glob : globs) {
            files.add(glob);
        }
        if (files.found.isEmpty()) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "No file matches whose name is that of a transcript file. Files are named " + mappings.names());
        }
        return files;
    }

    /** By path. */
    List<ExportFile> list() {
        return List.copyOf(found.values());
    }

    long bytes() {
        return found.values().stream().mapToLong(ExportFile::bytes).sum();
    }

    /** How many files matched whose names are not those of transcript files. */
    long passedOver() {
        return passedOver;
    }

    private void add(String glob) throws IOException {
        if (!SPECIAL.matcher(glob).find() || Files.exists(Path.of(glob), LinkOption.NOFOLLOW_LINKS)) {
            Path file = Path.of(glob);
            if (Files.isDirectory(file)) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "%s is a folder. Say which files of it, for example: '%1$s/*.ndjson'"
                                .formatted(SafeName.log(glob)));
            }
            if (!names.takes(String.valueOf(file.getFileName()))) {
                throw new CommandRefused(
                        Exit.USAGE,
                        "%s has not the name of a transcript file. Files are named %s"
                                .formatted(SafeName.log(glob), mappings.names()));
            }
            take(file);
            return;
        }
        int first = glob.lastIndexOf('/', position(glob));
        Path base = Path.of(first < 0 ? "." : first == 0 ? "/" : glob.substring(0, first));
        if (!Files.isDirectory(base)) {
            throw new CommandRefused(Exit.USAGE, "There is no folder " + SafeName.log(base.toString()));
        }
        Path real = base.toRealPath();
        String rest = glob.substring(first + 1);
        PathMatcher matcher = real.getFileSystem().getPathMatcher("glob:" + rest);
        int depth = rest.contains("**") ? Integer.MAX_VALUE : rest.split("/").length;
        Files.walkFileTree(real, Set.of(), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (matcher.matches(real.relativize(file)) && !attributes.isDirectory()) {
                    if (names.takes(file.getFileName().toString())) {
                        take(file);
                    } else {
                        passedOver++;
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static int position(String glob) {
        Matcher special = SPECIAL.matcher(glob);
        return special.find() ? special.start() : glob.length();
    }

    private void take(Path file) throws IOException {
        Path real;
        try {
            real = file.toRealPath();
        } catch (NoSuchFileException e) {
            throw new CommandRefused(Exit.USAGE, "There is no file " + SafeName.log(file.toString()));
        }
        folders.refuses(real).ifPresent(why -> {
            throw new CommandRefused(Exit.USAGE, why + ". No job was started");
        });
        BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String path = real.toString();
        if (!Path.of(path).equals(real) || !Files.exists(Path.of(path))) {
            throw new CommandRefused(
                    Exit.USAGE, "The name of %s cannot be represented here. Rename it".formatted(SafeName.log(path)));
        }
        found.put(
                path,
                new ExportFile(
                        path,
                        BackfillFolders.source(real),
                        now.size(),
                        now.lastModifiedTime().to(TimeUnit.NANOSECONDS)));
        if (found.size() > MOST) {
            throw new CommandRefused(
                    Exit.USAGE, "More than %s files match. Start a job for some of them at a time".formatted(MOST));
        }
    }
}
