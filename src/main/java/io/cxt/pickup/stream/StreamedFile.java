package io.cxt.pickup.stream;

import io.cxt.audit.OperatorLog;
import io.cxt.files.Gunzip;
import io.cxt.files.OpenFile;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.Source;
import io.cxt.mapping.Mappings;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The copy of a file that another route handed over. */
final class StreamedFile implements Source, Closeable {
    private final String name;
    private final String localName;
    private final Path copy;
    private final Look look;
    private final Mappings mappings;
    private final Consumer<Duration> pause;
    private volatile @Nullable OpenFile content;

    /**
     * @param name at its origin, as the ledger keeps it
     * @param localName its last part, made safe; its ending says what it holds
     * @param pause told how long the sender's file is not to be copied again
     */
    StreamedFile(String name, String localName, Path copy, Look look, Mappings mappings, Consumer<Duration> pause) {
        this.name = name;
        this.localName = localName;
        this.copy = copy;
        this.look = look;
        this.mappings = mappings;
        this.pause = pause;
    }

    String localName() {
        return localName;
    }

    Path copy() {
        return copy;
    }

    @Override
    public String pickup() {
        return "stream";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return look.size();
    }

    @Override
    public boolean packed() {
        return Gunzip.isPacked(localName);
    }

    @Override
    public boolean shared() {
        return true; // several instances may watch one bucket
    }

    @Override
    public EntryReader open(ReadingOptions options) throws IOException {
        OpenFile opened = OpenFile.open(copy, look, localName);
        content = opened;
        return mappings.open(opened, localName, options);
    }

    @Override
    public @Nullable String contentHash() throws IOException {
        OpenFile opened = content;
        if (opened == null) {
            return null;
        }
        try (InputStream bytes = opened.open()) {
            return OperatorLog.hash(bytes);
        }
    }

    @Override
    public void holdBack(Duration wait) {
        pause.accept(wait);
    }

    @Override
    public void close() throws IOException {
        OpenFile opened = content;
        if (opened != null) {
            opened.close();
        }
    }
}
