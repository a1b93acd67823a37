package io.cxt.retention;

import io.cxt.pickup.file.Originals;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Files as they were dropped, or what is left of them, by the names that the ledger has of their sources. */
final class DroppedFiles {
    /** In the name of a file that was moved where its name was taken. */
    private static final Pattern TIME = Pattern.compile("-\\d{8}T\\d{9}Z(-\\d+)?(?=\\.|$)");

    private DroppedFiles() {}

    /** Those in a folder; none where there is no folder, or a link to one. */
    static List<Path> of(Path folder, Set<String> sources) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Set<String> names = sources(file);
                names.retainAll(sources);
                if (!names.isEmpty() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    /** The names that the ledger may have of the source of a file. */
    static Set<String> sources(Path file) {
        String name = file.getFileName().toString();
        Set<String> names = spellings(name);
        if (name.endsWith(Originals.ENDING)) {
            names.addAll(spellings(name.substring(0, name.length() - Originals.ENDING.length())));
        }
        return names;
    }

    private static Set<String> spellings(String name) {
        Set<String> names = new HashSet<>(SafeName.spellings(name));
        names.addAll(SafeName.spellings(original(name)));
        return names;
    }

    /** Its name before it was moved. */
    static String original(Path file) {
        return original(file.getFileName().toString());
    }

    private static String original(String name) {
        return TIME.matcher(name).replaceFirst("");
    }
}
