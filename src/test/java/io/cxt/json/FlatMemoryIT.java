package io.cxt.json;

import static io.cxt.fixture.Transcripts.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the reader holds stays the same however long the source is: shown on sources made while they are read. */
@Tag("slow")
@Tag("bulk")
class FlatMemoryIT {

    private static final long LENGTH = 200_000_000;
    private static final int MAX_RECORD = 1024 * 1024;
    private static final int FIRST_BUFFERS = Framer.READ_BYTES + 16 * 1024 + 32 * 1024;

    @Test
    @Tag("fault-19")
    void two_hundred_megabytes_of_lines_need_no_more_than_one_line() {
        TranscriptReader reader = open("", json() + "\n", Form.LINES);

        assertThat(countReadable(reader)).isEqualTo(LENGTH / (json().length() + 1));
        assertThat(reader.held()).isEqualTo(FIRST_BUFFERS);
    }

    @Test
    @Tag("fault-54")
    void two_hundred_megabytes_of_an_array_need_no_more_than_one_element() {
        TranscriptReader reader = open("[", json() + ",", Form.DOCUMENT);

        assertThat(countReadable(reader)).isEqualTo(LENGTH / (json().length() + 1));
        assertThat(reader.held()).isEqualTo(FIRST_BUFFERS);
    }

    @Test
    void a_line_that_never_ends_is_passed_over_and_only_its_beginning_held() {
        assertTooLong(open("", "x", Form.LINES));
    }

    @Test
    void an_element_that_never_ends_is_passed_over_and_only_its_beginning_held() {
        assertTooLong(open("[\"", "x", Form.DOCUMENT));
    }

    @Test
    @Tag("fault-39")
    void a_document_that_never_ends_is_passed_over_and_only_its_beginning_held() {
        assertTooLong(open("{\"", "x", Form.DOCUMENT));
    }

    private static void assertTooLong(TranscriptReader reader) {
        Entry first = reader.next();
        assertThat(first.raw()).isNull();
        assertThat(first.findings()).extracting(Finding::rule).containsExactly(Reason.JSON_RECORD_SIZE);
        assertThat(first.offset()).isGreaterThanOrEqualTo(LENGTH);
        assertThat(reader.held()).isLessThanOrEqualTo(FIRST_BUFFERS + MAX_RECORD);
    }

    /** Counts, and takes the incomplete end of the source for what it is. */
    private static long countReadable(TranscriptReader reader) {
        long readable = 0;
        while (reader.hasNext()) {
            readable += reader.next().readable() ? 1 : 0;
        }
        return readable;
    }

    private static TranscriptReader open(String begin, String repeated, Form form) {
        return TranscriptReader.open(new Repeated(begin, repeated), form, new ReadingOptions(false, MAX_RECORD));
    }

    /** A beginning, and then the same again and again until the length is reached. */
    private static final class Repeated extends InputStream {

        private final byte[] block;
        private final byte[] begin;
        private long given;
        private int at;
        private int begun;

        Repeated(String begin, String repeated) {
            this.begin = begin.getBytes(StandardCharsets.UTF_8);
            this.block = repeated.repeat(1 + 10_000 / repeated.length()).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("a byte at a time takes too long");
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (begun < begin.length) {
                to[offset] = begin[begun++];
                return 1;
            }
            int count = (int) Math.min(Math.min(length, LENGTH - given), block.length - at);
            if (count == 0) {
                return -1;
            }
            System.arraycopy(block, at, to, offset, count);
            at = (at + count) % block.length;
            given += count;
            return count;
        }
    }
}
