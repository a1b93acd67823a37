package io.cxt.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where mapping files and their templates are: a folder, or inside the jar. */
abstract class MappingFolder {

    /** Opens one of its files. */
    abstract InputStream open(String file) throws IOException;

    /** How a file of it is called in a message. */
    abstract String name(String file);

    static MappingFolder of(Path folder) {
        return new MappingFolder() {
            @Override
            InputStream open(String file) throws IOException {
                return Files.newInputStream(folder.resolve(file));
            }

            @Override
            String name(String file) {
                return folder.resolve(file).toString();
            }
        };
    }

    static MappingFolder shipped() {
        return new MappingFolder() {
            @Override
            InputStream open(String file) throws IOException {
                InputStream in = MappingFolder.class.getResourceAsStream("/io/cxt/config/mappings/" + file);
                if (in == null) {
                    throw new NoSuchFileException(file);
                }
                return in;
            }

            @Override
            String name(String file) {
                return "config/mappings/" + file;
            }
        };
    }
}
