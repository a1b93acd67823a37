package io.cxt.json;

import io.cxt.files.Gunzip;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the transcripts of one source, one at a time, each as an {@link Entry} that says what it is or why it cannot
 * be read. A bad transcript is an entry, never an exception; an exception means that the disk failed.
 *
 * <p>After a transcript that is JSON but not what we take, reading goes on. After something that is no JSON it goes on
 * with the next line; in an array nobody can tell where the next element begins, so the last entry says from where on
 * nothing was read. Memory is that of the largest record, at most {@link ReadingOptions#maxRecordBytes}, and does not grow
 * with the source.
 *
 * <p>Several threads may use it, one after the other.
 */
public final class TranscriptReader extends EntryIterator {

    /** How transcripts stand in a source. */
    public enum Form {
        /** One transcript, or one JSON array of them. */
        DOCUMENT,
        /** One transcript a line. */
        LINES
    }

    private final InputStream in;
    private final ReadingOptions options;
    private final Framer framer;
    private final StrictUtf8 utf8 = new StrictUtf8();
    private final RecordFindings found = new RecordFindings();
    private final TranscriptParser parser;
    private long index;
    private boolean refuseNone;

    private TranscriptReader(InputStream in, Form form, ReadingOptions options) {
        this.in = in;
        this.options = options;
        this.framer = form == Form.LINES
                ? new LineFramer(in, options.maxRecordBytes())
                : new DocumentFramer(in, options.maxRecordBytes());
        this.parser = new TranscriptParser(options.dropUnknownFields(), found);
    }

    /** Reads a stream that is not packed. Closing the reader closes the stream. */
    public static TranscriptReader open(InputStream in, Form form, ReadingOptions options) {
        return new TranscriptReader(in, form, options);
    }

    /** What a file of this name holds, packed or not; empty when it is no name of a transcript file. */
    public static Optional<Form> formOf(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        String unpacked = Gunzip.isPacked(name) ? name.substring(0, name.length() - ".gz".length()) : name;
        if (unpacked.endsWith(".ndjson") || unpacked.endsWith(".jsonl")) {
            return Optional.of(Form.LINES);
        }
        return unpacked.endsWith(".json") ? Optional.of(Form.DOCUMENT) : Optional.empty();
    }

    /** The same reader, for which a source that is JSON and holds no transcript is a fault: sent on purpose, it has some. */
    public TranscriptReader refusingNone() {
        refuseNone = true;
        return this;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Bytes of memory held for reading, apart from the entries handed out. */
    int held() {
        return framer.held() + utf8.held();
    }

    /** The next entry, or null at the end of the source. */
    @Override
    protected @Nullable Entry read() throws IOException {
        if (!framer.next()) {
            found.begin(0, 0);
            end();
            Finding fault = refuseNone && index == 0 && framer.fault() == null
                    ? new Finding(Reason.JSON_EMPTY, 1, "", "the source holds no transcript")
                    : framer.fault();
            return fault == null ? null : entry(fault.line(), null, null, List.of(fault));
        }
        long line = framer.startLine();
        found.begin(line, framer.startColumn());
        if (framer.tooLong()) {
            String message = "is longer than %s bytes".formatted(options.maxRecordBytes());
            found.add(new Finding(Reason.JSON_RECORD_SIZE, line, "", message));
            return entry(line, null, null, found.findings());
        }
        Transcript transcript = null;
        int fault = utf8.decode(framer.buffer(), framer.length());
        if (fault < 0) {
            transcript = parser.parse(utf8.chars(), utf8.length());
        } else {
            String message =
                    "is not UTF-8 at byte %s of the unpacked source, counted from 0".formatted(framer.start() + fault);
            found.add(new Finding(Reason.UTF8_INVALID, line + lineBreaksBefore(fault), "", message));
        }
        if (framer.inArray() && (fault >= 0 || parser.broken())) {
            end();
            return entry(line, null, null, restUnread(found.findings()));
        }
        return entry(line, Arrays.copyOf(framer.buffer(), framer.length()), transcript, found.findings());
    }

    private Entry entry(long line, byte @Nullable [] raw, @Nullable Transcript transcript, List<Finding> findings) {
        index++;
        return new Entry(index, line, raw, transcript, findings, found.notes(), framer.offset());
    }

    /** The same findings, the last of which, the one that ended the reading, says so. */
    private static List<Finding> restUnread(List<Finding> findings) {
        List<Finding> said = new ArrayList<>(findings);
        Finding last = said.remove(said.size() - 1);
        said.add(new Finding(
                last.rule(), last.line(), last.pointer(), last.message() + "; the rest of the source was not read"));
        return said;
    }

    private int lineBreaksBefore(int end) {
        int count = 0;
        for (int i = 0; i < end; i++) {
            if (framer.buffer()[i] == '\n') {
                count++;
            }
        }
        return count;
    }

    /** One record a line. The line ends with LF or CRLF, the last one also with the source; blank lines are no records. */
    private static final class LineFramer extends Framer {

        LineFramer(InputStream in, int maxRecordBytes) {
            super(in, maxRecordBytes);
        }

        @Override
        boolean nextRecord() throws IOException {
            while (fill()) {
                begin();
                do {
                    int from = position;
                    position = endOfLine();
                    keep(from);
                } while (position == limit && fill());
                if (position < limit) {
                    position++;
                    newLine();
                }
                dropCarriageReturn();
                if (tooLong() || !blank()) {
                    return true;
                }
            }
            return false;
        }

        private boolean blank() {
            for (int i = 0; i < length(); i++) {
                if (!isBlank(buffer()[i])) {
                    return false;
                }
            }
            return true;
        }

        private int endOfLine() {
            int end = position;
            while (end < limit && read[end] != '\n') {
                end++;
            }
            return end;
        }
    }
}
