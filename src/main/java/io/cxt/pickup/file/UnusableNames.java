package io.cxt.pickup.file;

import io.cxt.files.OpenFile.Look;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renames files whose names Java or Camel cannot represent. They are found under the new name at the next look. */
record UnusableNames(Path folder, BiPredicate<Path, Look> wanted) {
    private static final Logger LOG = LoggerFactory.getLogger(UnusableNames.class);
    private static final Pattern ENDING = Pattern.compile("(\\.[A-Za-z0-9]{1,10}){0,2}$");

    /** What Java shows for bytes of a name that are no characters here. */
    private static final char NO_CHARACTER = '\uFFFD';

    /** True for a name whose bytes are not all characters. */
    static boolean garbled(Path file) {
        return file.toString().indexOf(NO_CHARACTER) >= 0;
    }

    /** Renames all wanted files that cannot be opened by their names. */
    void renameAll() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Look look = Look.at(file);
                boolean found = file.toFile().exists(); // by its characters
                if (!found && look.regular() && wanted.test(file, look)) {
                    rename(file);
                }
            }
        } catch (IOException e) {
            LOG.debug("The folder changed meanwhile; the next look tries again", e);
        }
    }

    /** Gives a file a usable name. */
    static void rename(Path file) {
        String path = file.toUri().getRawPath(); // which has bytes that are no characters as %FF
        String name = path.substring(path.lastIndexOf('/') + 1);
        Matcher ending = ENDING.matcher(name);
        String safe = ending.find() ? SafeName.file(name.substring(0, ending.start())) + ending.group() : name;
        try {
            Files.move(file, file.resolveSibling(safe));
            LOG.warn(
                    "renamed name={} to={} reason=\"the name cannot be used here\"",
                    SafeName.value(file.getFileName().toString()),
                    safe);
        } catch (IOException e) {
            LOG.debug("The new name is taken until the file that has it is released", e);
        }
    }
}
