package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What one mapping file says: which files it is for, and how their chats become ours. For all threads.
 *
 * @param name of the mapping file, for example {@code rows.properties}
 * @param about what it reads, in a few words; empty when the file does not say
 */
public record Mapping(String name, FileNames files, String about, ChatFormat format) {
    /** How closely a file of this name, packed or not, is one of the mapping's; -1 when it is none. */
    int fit(String fileName) {
        return files.fit(fileName);
    }

    /** True when a dead letter holds a chat of this form as it came, and not a transcript. */
    boolean keeps(RereadableSource letter, ReadingOptions options) throws IOException {
        return format.keeps(letter, options);
    }

    /**
     * Begins to read a source. What is wrong with it shows as an entry with findings, never as an exception.
     *
     * @throws IOException when the source cannot be opened
     */
    public EntryReader open(RereadableSource content, String fileName, ReadingOptions options) throws IOException {
        return open(content, new SourceFile(fileName, content.path()), options);
    }

    EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) throws IOException {
        return format.open(content, file, options);
    }

    /** The names of the files it reads, as patterns. */
    public List<String> patterns() {
        return files.patterns();
    }

    /** True when the first chat of a source shows that it is in this form, whatever the source is called. */
    boolean fits(RereadableSource content) {
        try {
            return format.fits(content);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
