package io.cxt.archive;

import io.cxt.transcript.Part;
import java.io.IOException;

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
}
