package io.cxt.archive;

import io.cxt.files.DurableFiles;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many parts in one file, a folder for each day (UTC): one line each, packed. Parts that arrive while a batch is being written go into the next one, which the first of them
 * writes for all: the slower the disk, the more parts share a write.
 */
final class ArchiveSegments implements Archive {
    /** A new file is begun at this size, and with each day. */
    private static final long MOST_BYTES = 64L << 20;

    private static final int BATCH_BYTES = 1 << 20;
    private static final DateTimeFormatter DAY = format("uuuu-MM-dd");
    private static final DateTimeFormatter NAME = format("uuuu-MM-dd/HHmmss.SSS");

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveSegments.class);

    private final Path folder;
    private final String instance;
    private final Path openOne;
    private final Clock clock;
    private final Queue<Line> waiting = new ArrayDeque<>();
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable Segment segment;

    ArchiveSegments(Path folder, String instance, Clock clock) {
        this.folder = folder;
        this.instance = instance.substring(0, Math.min(8, instance.length()));
        this.openOne = folder.resolve(".open-" + this.instance);
        this.clock = clock;
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
    }

    private static final class Line {
        private final byte[] payload;
        private @Nullable String place;
        private @Nullable Throwable fault;

        Line(byte[] payload) {
            this.payload = payload;
        }
    }

    @Override
    public String keep(Part part) throws IOException {
        Line line = new Line(part.payload());
        synchronized (waiting) {
            waiting.add(line);
        }
        writing.lock();
        try {
            if (line.place == null && line.fault == null) {
                write(batchWith(line));
            }
        } finally {
            writing.unlock();
        }
        String place = line.place;
        if (place == null) {
            throw new IOException(line.fault); // one of its own for each thread that waited
        }
        return place;
    }

    /** The lines that wait, of which the given one is the first that nobody has written: it is never empty. */
    private List<Line> batchWith(Line line) {
        List<Line> batch = new ArrayList<>();
        long bytes = line.payload.length;
        synchronized (waiting) {
            batch.add(line);
            waiting.remove(line);
            for (Line next = waiting.peek(); next != null && bytes < BATCH_BYTES; next = waiting.peek()) {
                bytes += next.payload.length;
                batch.add(next);
                waiting.remove();
            }
        }
        return batch;
    }

    /** When anything goes wrong, each line of the batch gets the fault: none of them is in the queue any more. */
    private void write(List<Line> batch) throws IOException {
        try {
            Segment today = current();
            long at = today.append(batch.stream().map(line -> line.payload).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).place = ArchiveReader.place(today.name(), at, i + 1);
            }
        } catch (Throwable e) {
            batch.forEach(line -> line.fault = e);
            close(); // the next batch looks at what is there
            if (!(e instanceof IOException)) {
                throw e; // as it is to the one who wrote; the others get it as a cause
            }
        }
    }

    /** The segment of today, not full; a new one where needed. */
    private Segment current() throws IOException {
        Instant now = clock.instant();
        if (segment == null && Files.exists(openOne)) {
            goOn();
        }
        if (segment != null
                && (segment.size() >= MOST_BYTES || !segment.name().startsWith(DAY.format(now)) || !segment.there())) {
            close();
        }
        if (segment == null) {
            String name = NAME.format(now) + "-" + instance + Segment.ENDING;
            DurableFiles.replace(openOne, name.getBytes(StandardCharsets.UTF_8));
            segment = Segment.create(folder, name);
        }
        return segment;
    }

    /** The last one of this instance; a process that was killed may have left its end half written. */
    private void goOn() throws IOException {
        try {
            segment = new ArchiveErasure(folder).inTurn(() -> Segment.reopen(folder, Files.readString(openOne)));
        } catch (NoSuchFileException e) {
            segment = null; // moved away by those who keep the archive
        }
    }

    @Override
    public void close() {
        writing.lock();
        try {
            if (segment != null) {
                segment.close();
            }
        } catch (IOException e) {
            LOG.debug("What counts was forced to the disk", e);
        } finally {
            segment = null;
            writing.unlock();
        }
    }
}
