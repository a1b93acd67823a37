package io.cxt.mapping;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.files.ChangedFileException;
import io.cxt.files.Gunzip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that a source is, as a template sees it.
 *
 * @param name as its sender wrote it
 * @param path null for what is no file, or no more the one that it was
 */
record SourceFile(String name, @Nullable Path path) {

    /** Its name without {@code .gz} and without its ending. */
    String nameWithoutEnding() {
        String unpacked = Gunzip.isPacked(name) ? name.substring(0, name.length() - ".gz".length()) : name;
        int dot = unpacked.lastIndexOf('.');
        return dot <= 0 ? unpacked : unpacked.substring(0, dot);
    }

    /**
     * What a template sees as {@code $file}: its name without the ending, the name of its folder, and when it was written
     * to. Folder and time are null where there is no path.
     */
    ObjectNode node() throws IOException {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", nameWithoutEnding());
        if (path == null) {
            return node.putNull("folder").putNull("time");
        }
        Path folder = path.toAbsolutePath().getParent();
        node.put(
                "folder",
                folder == null || folder.getFileName() == null
                        ? ""
                        : folder.getFileName().toString());
        try {
            return node.put("time", Files.getLastModifiedTime(path).toInstant().toString());
        } catch (NoSuchFileException e) {
            throw new ChangedFileException("it is gone");
        }
    }
}
