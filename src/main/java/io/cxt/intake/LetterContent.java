package io.cxt.intake;

import io.cxt.archive.DeadLetters.Letter;
import io.cxt.files.Gunzip;
import io.cxt.files.RereadableSource;
import io.cxt.json.TranscriptReader;
import io.cxt.mapping.Mappings;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transcripts of a dead letter, for all who send it again, or look what would become of it then. A packed one holds a
 * whole message, with one transcript or several.
 *
 * @param file its ending says what it holds
 */
public record LetterContent(Path file) {
    /** Empty for a letter without a transcript that can be read, for a link, or with the content of a message that is none. */
    public static Optional<LetterContent> of(Letter letter) {
        Path file = letter.transcript();
        return TranscriptReader.formOf(name(file)).isPresent()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.isReadable(file)
                ? Optional.of(new LetterContent(file))
                : Optional.empty();
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    /** True for a whole message. */
    public boolean packed() {
        return Gunzip.isPacked(name(file));
    }

    /** {@code .json}, {@code .json.gz} or {@code .ndjson.gz}. */
    public String ending() {
        String name = name(file);
        String unpacked = packed() ? name.substring(0, name.length() - ".gz".length()) : name;
        return name.substring(unpacked.lastIndexOf('.'));
    }

    /** Its size on the disk; 0 when it is not there any more. */
    public long bytes() {
        return file.toFile().length();
    }

    /**
     * Begins to read it, unpacked.
     *
     * @param cameIn as {@link Mappings#openLetter} has it
     */
    public EntryReader open(Mappings mappings, @Nullable String cameIn, ReadingOptions options) throws IOException {
        return mappings.openLetter(RereadableSource.of(file), name(file), cameIn, options);
    }
}
