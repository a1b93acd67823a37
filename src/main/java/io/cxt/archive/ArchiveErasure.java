package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes lines out of an archive. A segment keeps its length and every other line its place, since others may write to the
 * end of it and the ledger names the places: a member is written over with one of the same length. What it will be is on
 * the disk beside it before that, so that a kill in the middle costs no other line. Long because both layouts are here.
 */
public record ArchiveErasure(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveErasure.class);
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    /** How coarse a file system's times may be. */
    private static final long SLACK_MS = 2_000;

    private static final int EACH = 0;
    private static final String REDO = ".erase-";
    private static final String TURN_FILE = ".erasing";

    private static final byte[] ERASED = "{\"erased\":true}".getBytes(StandardCharsets.UTF_8);

    /** What is in the place of a line; the others where the member has no room for the first. */
    private static final List<String> FILLERS = Stream.concat(
                    Stream.of(new String(ERASED, StandardCharsets.UTF_8), ""),
                    IntStream.range(1, 33).mapToObj(n -> "erased".repeat(6).substring(0, n)))
            .toList();

    private static final int[] LEVELS = {Deflater.DEFAULT_COMPRESSION, 9, 8, 7, 5, 4, 3, 2, 1};

    /** Among threads of this process: a lock on a file only keeps out other processes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    /** What is done while no other process overwrites, or opens a segment again. */
    interface Action<R> {
        R act() throws IOException;
    }

    /** Does something in turn, once what a killed process left of an erasure is completed. */
    <R> R inTurn(Action<R> action) throws IOException {
        TURN.lock();
        try (FileChannel turn =
                FileChannel.open(folder.resolve(TURN_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            turn.lock(); // until it is closed
            complete();
            return action.act();
        } finally {
            TURN.unlock();
        }
    }

    /**
     * Erases what is at a place.
     *
     * @param place as the ledger has it
     * @param hash what it must have, so that nothing else goes
     * @return how many bytes of the chat went; 0 when it was not there any more
     * @throws IOException also when its member has no room for a filler; nothing is changed then
     */
    public long erase(String place, String hash) throws IOException {
        Path file = new ArchiveReader(folder).file(place.replaceFirst("@.*", ""));
        if (Files.notExists(file)) {
            return 0;
        }
        int at = place.indexOf('@');
        if (at >= 0) {
            int colon = place.indexOf(':', at);
            long offset = Long.parseLong(place, at + 1, colon, 10);
            int line = Integer.parseInt(place, colon + 1, place.length(), 10);
            return inTurn(() -> eraseIn(file, offset, line, Set.of(hash))); // others may have sent the same
        }
        if (isErased(file)) {
            return 0;
        }
        long bytes = Files.size(file);
        DurableFiles.replace(file, ERASED); // until no row names it: a missing file may be one that lies elsewhere
        return bytes;
    }

    /**
     * Erases again what was erased at a place, and is back there.
     *
     * @return how many bytes of the chat went; 0 when it is not there
     */
    public long eraseAgain(String place, String hash) throws IOException {
        return new ArchiveReader(folder).holds(place, hash) == 0 ? 0 : erase(place, hash);
    }

    private static boolean isErased(Path file) throws IOException {
        return Files.size(file) == ERASED.length && Arrays.equals(Files.readAllBytes(file), ERASED);
    }

    /** Removes what is left of a part that had a file of its own, once no row names it. */
    public void removeErased(String interactionId, int part, int parts, String hash) throws IOException {
        for (Path file : files(interactionId, part, parts, hash)) {
            if (isErased(file)) {
                Files.delete(file);
                DurableFiles.force(folder);
            }
        }
    }

    /** Those that there are of a part, under either name. */
    private List<Path> files(String interactionId, int part, int parts, String hash) {
        String name = ArchiveFiles.name(interactionId, part, parts);
        return Stream.of(name, DurableFiles.otherName(name, hash))
                .map(each -> folder.resolve(each + ArchiveFiles.ENDING))
                .filter(Files::exists)
                .toList();
    }

    /**
     * Erases a part that has a file of its own: a kill between archive and ledger can have left one of which no row knows.
     *
     * @return how many bytes went
     */
    public long eraseFile(String interactionId, int part, int parts, String hash) throws IOException {
        long bytes = 0;
        for (Path file : files(interactionId, part, parts, hash)) {
            if (hash.equals(Part.hashOf(Files.readAllBytes(file)))) {
                bytes += Files.size(file);
                Files.delete(file);
                DurableFiles.force(folder);
            }
        }
        return bytes;
    }

    /**
     * Erases content from a whole segment: a kill between archive and ledger can have left a line of which no row knows.
     *
     * @param hashes of content that no other chat has
     * @return how many bytes went
     */
    public long eraseAll(Path segment, Set<String> hashes) throws IOException {
        return inTurn(() -> {
            long bytes = 0;
            try (FileChannel file = FileChannel.open(segment)) {
                int length;
                for (long at = 0; (length = GzipMember.length(file, at)) > 0; at += length) {
                    bytes += eraseIn(segment, at, EACH, hashes);
                }
            } catch (NoSuchFileException e) {
                return bytes; // pruned meanwhile
            }
            return bytes;
        });
    }

    /** How often a whole segment has such content, and how many bytes; as {@link #eraseAll} would find it. */
    public long[] find(Path segment, Set<String> hashes) throws IOException {
        long[] found = new long[2];
        try (FileChannel file = FileChannel.open(segment)) {
            int length;
            for (long at = 0; (length = GzipMember.length(file, at)) > 0; at += length) {
                for (byte[] line : GzipMember.lines(file, at)) {
                    if (hashes.contains(Part.hashOf(line))) {
                        found[0]++;
                        found[1] += line.length;
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return found; // pruned meanwhile
        }
        return found;
    }

    /** The segments that were written to in a time, by their names and times; it may have more. */
    public List<Path> segments(Instant from, Instant to) throws IOException {
        List<Path> segments = new ArrayList<>();
        if (Files.notExists(folder)) {
            return segments;
        }
        try (Stream<Path> days = Files.list(folder)) {
            for (Path day : days.filter(
                            each -> DAY.matcher(each.getFileName().toString()).matches())
                    .toList()) {
                String name = day.getFileName().toString();
                if (name.compareTo(from.toString().substring(0, 10)) >= 0
                        && name.compareTo(to.toString().substring(0, 10)) <= 0) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(day, "*" + Segment.ENDING)) {
                        files.forEach(segments::add);
                    }
                }
            }
        }
        segments.removeIf(each -> each.toFile().lastModified() < from.toEpochMilli() - SLACK_MS);
        return segments;
    }

    /** @param only the number of the line, from 1; or {@link #EACH} */
    private long eraseIn(Path segment, long at, int only, Set<String> hashes) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            List<byte[]> lines = GzipMember.lines(file, at);
            List<Integer> erased = new ArrayList<>();
            long bytes = 0;
            for (int i = 0; i < lines.size(); i++) {
                if ((only == EACH || only == i + 1) && hashes.contains(Part.hashOf(lines.get(i)))) {
                    erased.add(i);
                    bytes += lines.get(i).length;
                }
            }
            if (!erased.isEmpty()) {
                overwrite(segment, file, at, without(lines, erased, GzipMember.length(file, at)));
            }
            return bytes;
        }
    }

    /** The member of other lines, in as many bytes. */
    static ByteBuffer without(List<byte[]> lines, List<Integer> erased, int length) throws IOException {
        List<byte[]> kept = new ArrayList<>(lines);
        for (String filler : FILLERS) {
            erased.forEach(line -> kept.set(line, filler.getBytes(StandardCharsets.UTF_8)));
            for (int level : LEVELS) {
                ByteBuffer member = GzipMember.of(kept, level, length);
                if (member != null) {
                    return member;
                }
            }
        }
        throw new IOException("the line is too short to be written over");
    }

    private void overwrite(Path segment, FileChannel file, long at, ByteBuffer member) throws IOException {
        Path redo = folder.resolve(REDO + UUID.randomUUID());
        String name = folder.toAbsolutePath()
                .normalize()
                .relativize(segment.toAbsolutePath().normalize())
                .toString();
        new RedoFile(name, at, member).write(redo);
        DurableFiles.force(folder);
        HaltAt.reached("erase-noted");
        write(file, at, member);
        Files.delete(redo);
        DurableFiles.force(folder);
    }

    private static void write(FileChannel file, long at, ByteBuffer member) throws IOException {
        int half = member.remaining() / 2;
        int all = member.limit();
        put(file, at, member.limit(half));
        HaltAt.reached("erase-half");
        put(file, at, member.limit(all));
        file.force(true);
        HaltAt.reached("erase-written");
    }

    private static void put(FileChannel file, long at, ByteBuffer member) throws IOException {
        while (member.hasRemaining()) {
            file.write(member, at + member.position());
        }
    }

    /** Completes what a killed process left of an erasure, if there is anything. */
    void completeAny() {
        try {
            if (Files.isDirectory(folder) && !redoFiles().isEmpty()) {
                inTurn(() -> folder);
            }
        } catch (IOException e) {
            LOG.debug("It is done before the next one, and before a segment is continued", e);
        }
    }

    private List<Path> redoFiles() throws IOException {
        List<Path> redo = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, REDO + "*")) {
            files.forEach(redo::add);
        }
        return redo;
    }

    /** Completes what was on the disk in whole before a kill, and drops what was not: nothing was overwritten then. */
    private void complete() throws IOException {
        for (Path redo : redoFiles()) {
            RedoFile whole = RedoFile.read(redo);
            Path segment = whole == null ? null : new ArchiveReader(folder).file(whole.segment());
            if (whole != null && Files.exists(segment)) {
                try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    if (file.size() >= whole.at() + whole.member().limit()) {
                        write(file, whole.at(), whole.member());
                    }
                }
            }
            Files.delete(redo);
            DurableFiles.force(folder);
        }
    }
}
