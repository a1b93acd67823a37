package io.cxt.pickup.stream;

import io.cxt.files.OpenFile.Look;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.LocalFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** The copy of a file that another route handed over. Several instances may watch one bucket. */
final class StreamedFile extends LocalFile {
    private static final int LONGEST_NAME = 200;

    private final String localName;
    private final Consumer<Duration> pause;

    /**
     * @param name at its origin, as the ledger keeps it
     * @param lastName its last part, which says what it holds
     * @param pause told how long the sender's file is not to be copied again
     */
    StreamedFile(String name, String lastName, Path copy, Look look, Mappings mappings, Consumer<Duration> pause) {
        super(copy, look, name, lastName, mappings);
        String safe = lastName.replaceAll("[^A-Za-z0-9._-]|^[.-]", "_");
        this.localName = safe.substring(Math.max(0, safe.length() - LONGEST_NAME));
        this.pause = pause;
    }

    /** As a file of ours may be called; its ending is that of the sender's. */
    String localName() {
        return localName;
    }

    @Override
    public String pickup() {
        return "stream";
    }

    @Override
    public void holdBack(Duration wait) {
        pause.accept(wait);
    }
}
