package io.cxt.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A source that can be read more than once: some forms are checked as a whole before any of it is handed on. */
@FunctionalInterface
public interface RereadableSource {

    /** Its bytes from the beginning, unpacked. The caller closes the stream. */
    InputStream open() throws IOException;

    /** How many bytes {@link #open} gives at least, as far as that is known without reading; else 0. */
    default long atLeast() throws IOException {
        return 0;
    }

    /** The file it is, or null. */
    default @Nullable Path path() {
        return null;
    }

    /** A file, unpacked when its name ends in {@code .gz}. */
    static RereadableSource of(Path file) {
        String name = file.getFileName().toString();
        return new RereadableSource() {
            @Override
            public InputStream open() throws IOException {
                return Gunzip.open(Files.newInputStream(file), name);
            }

            @Override
            public long atLeast() throws IOException {
                return Gunzip.isPacked(name) ? 0 : Files.size(file);
            }

            @Override
            public Path path() {
                return file;
            }
        };
    }
}
