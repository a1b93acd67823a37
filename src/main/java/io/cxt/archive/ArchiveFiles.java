package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Path;

/** One file for each part. Keeping a part again changes nothing. */
record ArchiveFiles(Path folder) implements Archive {
    static final String ENDING = ".json";

    @Override
    public String keep(Part part) throws IOException {
        String name = name(part.interactionId(), part.part(), part.parts());
        return DurableFiles.keep(folder, name, ENDING, part.payload())
                .getFileName()
                .toString();
    }

    /** What a part's file is called, without its ending. */
    static String name(String interactionId, int part, int parts) {
        String name = SafeName.file(interactionId);
        return parts > 1 ? name + ".part-%s-of-%s".formatted(part, parts) : name;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
