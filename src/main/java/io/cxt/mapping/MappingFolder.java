package io.cxt.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where mapping files and their templates are.
 *
 * @param folder null for those that ship inside the jar
 */
record MappingFolder(@Nullable Path folder) {
    /** Opens one of its files. */
    InputStream open(String file) throws IOException {
        if (folder != null) {
            return Files.newInputStream(folder.resolve(file));
        }
        InputStream in = MappingFolder.class.getResourceAsStream("/io/cxt/config/mappings/" + file);
        if (in == null) {
            throw new NoSuchFileException(file);
        }
        return in;
    }

    /** How a file of it is called in a message. */
    String name(String file) {
        return folder == null ? "config/mappings/" + file : folder.resolve(file).toString();
    }
}
