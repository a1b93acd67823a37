package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;

/**
 * What one mapping file says: which files it is for, and how their chats become ours. For all threads.
 *
 * @param name of the mapping file, for example {@code rows.properties}
 */
public record Mapping(String name, FileNames files, ChatFormat format) {
    /** True when a file of this name is in the mapping's form, packed or not. */
    boolean takes(String fileName) {
        return files.match(fileName);
    }

    /**
     * Begins to read a source. What is wrong with it shows as an entry with findings, never as an exception.
     *
     * @throws IOException when the source cannot be opened
     */
    public EntryReader open(RereadableSource content, String fileName, ReadingOptions options) throws IOException {
        return open(content, new SourceFile(fileName, content), options);
    }

    EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) throws IOException {
        return format.open(content, file, options);
    }
}
