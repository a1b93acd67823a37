package io.cxt.archive;

import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps what was sent, byte for byte, one file for each part. */
public final class Archive {
    private final Path folder;

    public Archive(Path folder) {
        this.folder = folder;
    }

    /** Keeps a part; keeping it again changes nothing. */
    public Path keep(Part part) throws IOException {
        String name = SafeName.file(part.interactionId());
        if (part.parts() > 1) {
            name += ".part-%d-of-%d".formatted(part.part(), part.parts());
        }
        return DurableFiles.keep(folder, name, ".json", part.payload());
    }
}
