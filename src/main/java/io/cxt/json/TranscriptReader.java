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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
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

    /** Most records, and bytes of them, that are looked at before a source is said to hold no transcripts. */
    private static final int FIRST_RECORDS = 10;

    private static final int FIRST_BYTES = 64 * 1024;

    private final InputStream in;
    private final Form named;
    private final ReadingOptions options;
    private final Deque<Entry> first = new ArrayDeque<>();
    private final StrictUtf8 utf8 = new StrictUtf8();
    private final RecordFindings found = new RecordFindings();
    private final TranscriptParser parser;
    private @Nullable Framer framer; // null before the first entry
    private @Nullable String readAs;
    private long index;
    private boolean foreign; // what was read last is an object, and none of its fields is one of a transcript
    private boolean over;
    private boolean refuseNone;

    private TranscriptReader(InputStream in, Form form, ReadingOptions options) {
        this.in = in;
        this.named = form;
        this.options = options;
        this.parser = new TranscriptParser(options.dropUnknownFields(), found);
    }

    /**
     * Reads a stream, as its first bytes say where these differ from the form. Closing the reader closes the stream.
     *
     * @param form what its name says it is
     */
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
        return (framer == null ? 0 : framer.held()) + utf8.held();
    }

    @Override
    protected @Nullable Entry read() throws IOException {
        if (framer != null) {
            Entry next = first.poll();
            return next == null ? further(framer) : next;
        }
        RecognisedContent content = RecognisedContent.of(in, named);
        readAs = content.note();
        framer = framer(content);
        return content.other() == null ? first(framer) : otherForm(framer, 1, content.whole(), content.other());
    }

    private Framer framer(RecognisedContent content) {
        InputStream stream = content.in();
        int most = options.maxRecordBytes();
        return switch (content.shape()) {
            case DOCUMENT -> new DocumentFramer(stream, most);
            case LINES -> new LineFramer(stream, most);
            case CONCATENATED -> new ConcatenatedFramer(stream, most);
            case WRAPPED -> new WrappedFramer(stream, ChatPlaces.of("/" + RecognisedContent.WRAPPER), most);
        };
    }

    /** The first entry; one about the source when none of its first records has a field of a transcript. */
    private @Nullable Entry first(Framer from) throws IOException {
        long bytes = 0;
        boolean none = true;
        while (none && first.size() < FIRST_RECORDS && bytes < FIRST_BYTES) {
            Entry next = further(from);
            if (next == null) {
                break;
            }
            first.add(next);
            bytes += next.raw() == null ? 0 : next.raw().length;
            none = foreign;
        }
        if (first.isEmpty() || !none) {
            return first.poll();
        }
        Entry begin = first.element();
        byte[] whole = over && first.size() == 1 ? begin.raw() : null;
        first.clear();
        return otherForm(from, begin.line(), whole, "none of its fields is one of a transcript; see docs/formats.md");
    }

    /** @param whole all of the source where that is one record, so that a dead letter which is one stays as it is */
    private Entry otherForm(Framer from, long line, byte @Nullable [] whole, String message) {
        end();
        index = 0;
        found.begin(line, 1);
        return entry(from, line, whole, null, List.of(new Finding(Reason.JSON_OTHER_FORM, line, "", message)));
    }

    /** The next entry, or null at the end of the source. */
    private @Nullable Entry further(Framer framer) throws IOException {
        foreign = false;
        if (over || !framer.next()) {
            boolean ended = over;
            over = true;
            if (ended) {
                return null;
            }
            found.begin(0, 0);
            Finding fault = framer.fault();
            if (fault == null && framer instanceof WrappedFramer wrapped) {
                fault = around(wrapped);
            }
            if (fault == null && refuseNone && index == 0) {
                fault = new Finding(Reason.JSON_EMPTY, 1, "", "the source holds no transcript");
            }
            return fault == null ? null : entry(framer, fault.line(), null, null, List.of(fault));
        }
        long line = framer.startLine();
        found.begin(line, framer.startColumn());
        if (framer.tooLong()) {
            String message = "is longer than %s bytes".formatted(options.maxRecordBytes());
            found.add(new Finding(Reason.JSON_RECORD_SIZE, line, "", message));
            return entry(framer, line, null, null, found.findings());
        }
        Transcript transcript = null;
        int fault = utf8.decode(framer.buffer(), framer.length());
        if (fault < 0) {
            transcript = parser.parse(utf8.chars(), utf8.length());
            foreign = parser.foreign();
        } else {
            String message =
                    "is not UTF-8 at byte %s of the unpacked source, counted from 0".formatted(framer.start() + fault);
            found.add(new Finding(Reason.UTF8_INVALID, line + lineBreaksBefore(framer.buffer(), fault), "", message));
        }
        if (framer.inArray() && (fault >= 0 || parser.broken())) {
            over = true;
            return entry(framer, line, null, null, restUnread(found.findings()));
        }
        Entry read = entry(framer, line, Arrays.copyOf(framer.buffer(), framer.length()), transcript, found.findings());
        return fault < 0 ? read.hinting(parser.hint()) : read;
    }

    /** What is wrong with the object around the transcripts, or null. */
    private @Nullable Finding around(WrappedFramer framer) {
        byte[] envelope = framer.envelope();
        Finding wrong = framer.envelopeTooLong() || utf8.decode(envelope, envelope.length) >= 0
                ? new Finding(Reason.JSON_SYNTAX, 1, "", "is too long, or not UTF-8")
                : StrictJsonReader.read(new String(utf8.chars(), 0, utf8.length()), 1)
                        .finding();
        return wrong == null
                ? null
                : new Finding(wrong.rule(), framer.line(), "", "the object around the transcripts " + wrong.message());
    }

    private Entry entry(
            Framer framer, long line, byte @Nullable [] raw, @Nullable Transcript transcript, List<Finding> findings) {
        index++;
        List<String> notes = found.notes();
        if (readAs != null && index == 1) {
            notes = new ArrayList<>(notes);
            notes.add(0, readAs);
        }
        return new Entry(index, line, raw, transcript, findings, notes, framer.offset());
    }

    /** The same findings, the last of which, the one that ended the reading, says so. */
    private static List<Finding> restUnread(List<Finding> findings) {
        List<Finding> said = new ArrayList<>(findings);
        Finding last = said.remove(said.size() - 1);
        said.add(new Finding(
                last.rule(), last.line(), last.pointer(), last.message() + "; the rest of the source was not read"));
        return said;
    }

    private static int lineBreaksBefore(byte[] record, int end) {
        int count = 0;
        for (int i = 0; i < end; i++) {
            if (record[i] == '\n') {
                count++;
            }
        }
        return count;
    }
}
