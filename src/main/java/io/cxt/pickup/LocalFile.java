package io.cxt.pickup;

import io.cxt.files.ChangedFileException;
import io.cxt.files.Gunzip;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.Source;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.mapping.Mappings;
import io.cxt.settings.Fingerprint;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file on this machine: what is read of it are the bytes that it had when it was opened. */
public abstract class LocalFile implements Source, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalFile.class);

    /** Where it lies. */
    public final Path file;
    /** How it looked when it was met; null when it was gone by then. */
    public final @Nullable Look look;

    private final String name;
    private final String fileName;
    private final Mappings mappings;
    private volatile @Nullable OpenFile content;

    /**
     * @param name as the ledger keeps it
     * @param fileName whose ending says what it holds
     */
    protected LocalFile(Path file, @Nullable Look look, String name, String fileName, Mappings mappings) {
        this.file = file;
        this.look = look;
        this.name = name;
        this.fileName = fileName;
        this.mappings = mappings;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final long bytes() {
        return look == null ? 0 : look.size();
    }

    @Override
    public final boolean packed() {
        return Gunzip.isPacked(fileName); // the ledger's name may be cut
    }

    @Override
    public final boolean shared() {
        return true;
    }

    @Override
    public final EntryReader open(@Nullable ReplayedLetter letter, ReadingOptions options) throws IOException {
        return letter == null
                ? mappings.open(openedNow(), fileName, options)
                : mappings.openLetter(openedNow(), fileName, letter.cameIn(), options);
    }

    private OpenFile openedNow() throws IOException {
        OpenFile opened = content;
        if (opened == null) {
            if (look == null) {
                throw new ChangedFileException(Look.GONE);
            }
            opened = OpenFile.open(file, look, fileName);
            content = opened;
        }
        return opened;
    }

    /** What was opened; null before that. */
    protected final @Nullable OpenFile opened() {
        return content;
    }

    @Override
    public final String contentHash() throws IOException {
        try (InputStream bytes = openedNow().open()) {
            MessageDigest digest = Fingerprint.sha256();
            new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    @Override
    public final void close() {
        OpenFile opened = content;
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            LOG.debug("A file that was only read cannot be closed", e);
        }
    }
}
