package io.cxt.archive;

import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** Keeps what was sent, byte for byte. Safe for several threads. */
public interface Archive extends AutoCloseable {

    /**
     * Keeps a part; it is on the disk when this returns. Kept again after a crash it may be there twice.
     *
     * @return where it is, relative to the archive's folder, as {@link ArchiveReader} reads it
     */
    String keep(Part part) throws IOException;

    /** What is kept is on the disk already. */
    @Override
    void close();

    /** One file for each part, named after its interaction. */
    static Archive files(Path folder) {
        return new ArchiveFiles(folder);
    }

    /**
     * Many parts in one file, a folder for each day (UTC): one line each, packed.
     *
     * @param instance goes into the names of the files: no two processes may write with the same at a time
     */
    static Archive segments(Path folder, String instance, Clock clock) {
        return new ArchiveSegments(folder, instance, clock);
    }
}
