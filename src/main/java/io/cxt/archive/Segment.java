package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file of packed lines that grows by one gzip member at a time, each on the disk before the next. */
final class Segment implements Closeable {
    static final String ENDING = ".ndjson.gz";

    private final String name;
    private final Path path;
    private final FileChannel file;
    private long size;

    private Segment(Path folder, String name, FileChannel file, long size) {
        this.name = name;
        this.path = folder.resolve(name);
        this.file = file;
        this.size = size;
    }

    /** @param name relative to the archive's folder */
    static Segment create(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        boolean newDay = !DurableFiles.folderOf(file).toFile().exists();
        DurableFiles.createFolder(DurableFiles.folderOf(file));
        Segment segment = new Segment(folder, name, DurableFiles.create(file), 0);
        DurableFiles.force(DurableFiles.folderOf(file));
        if (newDay) {
            DurableFiles.force(folder);
        }
        return segment;
    }

    /** Continues a file, without what a process that was killed left half written. */
    static Segment reopen(Path folder, String name) throws IOException {
        FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            long intact = GzipMember.intact(file);
            file.truncate(intact);
            opened = true;
            return new Segment(folder, name, file, intact);
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    String name() {
        return name;
    }

    /** False when somebody moved or deleted it: what is added would be lost. */
    boolean there() {
        return path.toFile().exists();
    }

    long size() {
        return size;
    }

    /**
     * Adds some lines, all of them or, after an exception, perhaps a part that {@link #reopen} cuts off.
     *
     * @return where they begin
     */
    long append(List<byte[]> lines) throws IOException {
        ByteBuffer member = GzipMember.of(lines);
        long at = size;
        long end = at + member.remaining();
        for (long next = at; member.hasRemaining(); ) {
            next += file.write(member, next);
        }
        HaltAt.reached("written");
        file.force(false);
        size = end;
        return at;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
