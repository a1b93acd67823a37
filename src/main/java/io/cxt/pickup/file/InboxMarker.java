package io.cxt.pickup.file;

import io.cxt.files.DurableFiles;
import io.cxt.pickup.FolderClaim;
import io.cxt.pickup.FolderMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The marker of the watched folder. Links are not followed: others may write there. */
public final class InboxMarker implements FolderMarker {
    private static final int LONGEST = 1024;
    private static final Set<OpenOption> REWRITING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final Path folder;
    private final Path file;
    private final Duration beat;

    public InboxMarker(Path folder, Duration beat) {
        this.folder = folder;
        this.file = folder.resolve(FolderClaim.NAME);
        this.beat = beat;
    }

    @Override
    public @Nullable String read() throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        requireRegular();
        try (FileChannel from = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return content(from);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Opening a pipe would block. */
    private void requireRegular() throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a regular file");
        }
    }

    private static String content(FileChannel from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        while (bytes.hasRemaining() && from.read(bytes, bytes.position()) > 0) {
            // until the buffer is full or the file ends
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    @Override
    public boolean create(String text) throws IOException {
        try (FileChannel to = DurableFiles.create(file)) {
            to.write(StandardCharsets.UTF_8.encode(text));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Writes into the very file that was read: if another marker has replaced it, that stays. */
    @Override
    public void renew(String before, String text) throws IOException {
        requireRegular();
        try (FileChannel channel = FileChannel.open(file, REWRITING)) {
            if (content(channel).equals(before)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                channel.write(bytes, 0);
                channel.truncate(bytes.limit());
            }
        }
    }

    @Override
    public void remove(String text) throws IOException {
        Path aside = folder.resolve(FolderClaim.NAME + "." + UUID.randomUUID());
        try {
            Files.move(file, aside);
        } catch (NoSuchFileException e) {
            return;
        }
        if (Files.isRegularFile(aside, LinkOption.NOFOLLOW_LINKS)
                && !Files.readString(aside, StandardCharsets.ISO_8859_1).equals(text)
                && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(aside, file); // its owner is back
        }
        Files.deleteIfExists(aside);
    }

    @Override
    public Set<String> names(int most) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                if (names.size() >= most) {
                    break;
                }
                names.add(each.getFileName().toString());
            }
        }
        return names;
    }

    @Override
    public Duration beat() {
        return beat;
    }

    @Override
    public Duration settle() {
        return Duration.ZERO;
    }

    @Override
    public String place() {
        return "pickup.file.folder " + folder;
    }
}
