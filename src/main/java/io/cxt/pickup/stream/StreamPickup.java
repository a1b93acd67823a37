package io.cxt.pickup.stream;

import io.cxt.files.DurableFiles;
import io.cxt.files.OpenFile.Look;
import io.cxt.files.TimestampedName;
import io.cxt.intake.Intake;
import io.cxt.intake.NotReceivedException;
import io.cxt.intake.RefusedSourceException;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Variables;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.ExchangeReading;
import io.cxt.pickup.HandedOver;
import io.cxt.pickup.WhenOver;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file that another route hands over as a name and a stream: from S3, Azure, HTTP, FTP, a mail.
 *
 * <p>The stream is copied to a file that only CXT can read, because a source may be read twice; the copy is deleted at
 * the end. While a call of {@code direct:inject-source} has not returned, the sender still has the file. When it
 * returns, CXT has all of it: each transcript is decided, or the file is kept in {@code .failed} of the inbox.
 */
public final class StreamPickup {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPickup.class);
    /** Below {@code data.dir}; what a process that was killed left there is removed at the start. */
    public static final String COPIES = "streams";

    private static final int MOST_WAITING = 10_000;

    private final Intake intake;
    private final Mappings mappings;
    private final Path data;
    private final Path failed;
    private final Clock clock;
    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();

    /**
     * @param data the folder that the copies go below, to {@value #COPIES}
     * @param inbox whose {@code .failed} gets what cannot be read to its end
     */
    public StreamPickup(Intake intake, Mappings mappings, Path data, Path inbox, Clock clock) {
        this.intake = intake;
        this.mappings = mappings;
        this.data = data;
        this.failed = inbox.resolve(".failed");
        this.clock = clock;
    }

    /**
     * Copies the stream and opens a reading of the copy, which ends with the exchange.
     *
     * @param fileName the name of the file at its origin, with or without a path; the same name when it comes again
     * @throws RefusedSourceException when the name, the length or the body cannot be used, or the file is longer than
     *     {@code pickup.max-source-bytes}; nothing of it has been read then
     * @throws SourceStaysException when it cannot be read now
     * @throws IOException when the stream ends in an error, or bytes end before or after the length in the header
     *     {@code CamelFileLength}; or when the disk is full
     */
    public SourceReading open(@Nullable @Header(Exchange.FILE_NAME) String fileName, Exchange exchange)
            throws SourceStaysException, IOException {
        String last = lastName(fileName);
        String name = SafeName.kept(String.valueOf(fileName));
        wait(name);
        if (!open.add(name)) {
            throw new SourceStaysException("a file of this name is being read");
        }
        whenDone(exchange, () -> open.remove(name));
        Path copy = DurableFiles.unfinished(data.resolve(COPIES), to -> copy(exchange, to));
        whenDone(exchange, () -> Files.deleteIfExists(copy));
        StreamedFile source = new StreamedFile(name, last, copy, Look.at(copy), mappings, pause -> waits(name, pause));
        whenDone(exchange, source::close);
        return ExchangeReading.open(intake, source, exchange);
    }

    /**
     * Waits until each transcript is decided and its copies are done, writes the report, and closes the source in the
     * ledger.
     *
     * @return {@code result}: {@code done}, or {@code abandoned} when the file could not be read to its end; then the
     *     {@code reason}. In both cases {@code source}, {@code read}, and the count of each outcome; and in {@code keptAs}
     *     where the file is now, when it was abandoned, or holds what is kept nowhere else, such as the rest of a broken one
     * @throws SourceStaysException when it is not decided: the sender keeps the file and hands it over again
     */
    public Map<String, Object> close(@Variable(Variables.READING) SourceReading reading, Exchange exchange)
            throws SourceStaysException, IOException, InterruptedException {
        StreamedFile source = (StreamedFile) reading.source();
        boolean decided = ExchangeReading.finish(intake, reading);
        Path kept = decided && !reading.sourceNeeded() ? null : keep(source);
        String place = kept == null
                ? null
                : kept.startsWith(data) ? data.relativize(kept).toString() : kept.toString();
        intake.close(reading, source.localName(), place);
        waiting.remove(reading.name());
        ExchangeReading.answered(exchange);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("result", decided ? "done" : "abandoned");
        answer.put("source", reading.name());
        answer.putAll(reading.counts());
        if (!decided) {
            answer.put("reason", reading.brokenOff());
        }
        if (place != null) {
            answer.put("keptAs", place);
        }
        return answer;
    }

    private String lastName(@Nullable String fileName) {
        String last = fileName == null ? "" : fileName.substring(fileName.lastIndexOf('/') + 1);
        boolean onlyEnding = last.replaceFirst("(?i)\\.gz$", "").lastIndexOf('.') == 0;
        if (onlyEnding || !mappings.take(last)) {
            throw new RefusedSourceException("The header %s is %s. Set it to the name of the file, one of %s"
                    .formatted(
                            Exchange.FILE_NAME,
                            fileName == null ? "missing" : SafeName.value(fileName),
                            mappings.names()));
        }
        return last;
    }

    /** The length that the sender says it has; null when it does not say. */
    private static @Nullable Long length(Exchange exchange) {
        Object given = exchange.getMessage().getHeader(Exchange.FILE_LENGTH);
        String text = given == null ? "" : given.toString().strip();
        if (!text.isEmpty() && !text.matches("\\d{1,18}")) {
            throw new RefusedSourceException(
                    "The header %s is %s. Set it to the length of the file in bytes, or leave it out"
                            .formatted(Exchange.FILE_LENGTH, SafeName.value(text)));
        }
        return text.isEmpty() ? null : (Long) Long.parseLong(text);
    }

    private void copy(Exchange exchange, FileChannel to) throws IOException {
        Long length = length(exchange);
        HandedOver handedOver = HandedOver.of(exchange);
        if (handedOver == null) {
            throw new RefusedSourceException(
                    "The body is empty or not a stream. Hand over a stream, text, bytes or a file");
        }
        long most = intake.capacity().mostBytes();
        long bytes = 0;
        try (InputStream from = handedOver.stream()) {
            OutputStream out = Channels.newOutputStream(to);
            byte[] some = new byte[64 * 1024];
            for (int count = from.read(some); count >= 0; count = from.read(some)) {
                bytes += count;
                if (bytes > most) {
                    throw new RefusedSourceException(
                            "The file is longer than pickup.max-source-bytes = %s. Split it, or raise that; nothing was sent"
                                    .formatted(most));
                }
                out.write(some, 0, count);
            }
        }
        if (length != null && length != bytes && !handedOver.decoded()) {
            throw new NotReceivedException(
                    "the stream has %s bytes; the header %s says %s".formatted(bytes, Exchange.FILE_LENGTH, length));
        }
    }

    /** What was not decided is not copied again before another reading may help. */
    private void wait(String name) throws SourceStaysException {
        Long until = waiting.get(name);
        long left = until == null ? 0 : until - System.nanoTime();
        if (left > 0) {
            throw new SourceStaysException(
                    "it was not decided; it can be read again in %s s".formatted(left / 1_000_000_000 + 1));
        }
    }

    private void waits(String name, Duration pause) {
        if (waiting.size() >= MOST_WAITING) {
            waiting.values().removeIf(until -> until - System.nanoTime() < 0);
        }
        waiting.put(name, System.nanoTime() + pause.toNanos());
    }

    Path keep(StreamedFile source) throws IOException {
        DurableFiles.createRealFolder(failed);
        Path whole = DurableFiles.unfinished(failed, to -> Files.copy(source.file, Channels.newOutputStream(to)));
        return DurableFiles.renameToFree(
                whole, i -> failed.resolve(TimestampedName.into(source.localName(), clock.instant(), i)));
    }

    private interface Release {
        void run() throws IOException;
    }

    /** Last of all: the reading ends before its copy does. */
    private static void whenDone(Exchange exchange, Release release) {
        WhenOver.atLast(exchange, () -> {
            try {
                release.run();
            } catch (IOException e) {
                LOG.warn(
                        "a copy stays reason=\"{}\" next=\"it is removed at the next start\"",
                        e.getClass().getSimpleName());
            }
        });
    }
}
