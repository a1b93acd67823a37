package io.cxt.mapping;

import io.cxt.transcript.TranscriptReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A source that can be read more than once: some forms are checked as a whole before any of it is handed on. */
@FunctionalInterface
public interface Content {

    /** Its bytes from the beginning, unpacked. The caller closes the stream. */
    InputStream open() throws IOException;

    /** A file, unpacked when its name ends in {@code .gz}. */
    static Content of(Path file) {
        return () -> TranscriptReader.unpack(
                Files.newInputStream(file), file.getFileName().toString());
    }
}
