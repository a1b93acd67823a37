package io.cxt.mapping;

import io.cxt.transcript.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a table on its way to the CSV parser: strictly in its character set, and never more in one row than may be
 * held. It follows the quotes just far enough to say where a row begins and where a quote was opened, which a parser that
 * has swallowed the rest of the file cannot.
 *
 * <p>Long because what the first bytes and characters say, the character set and the delimiter, is found here as well.
 */
final class TableText extends Reader {

    /** Most cells of one row; a row of nothing but delimiters would otherwise unfold into gigabytes. */
    static final int MOST_CELLS = 1_000;

    private static final int READ_BYTES = 64 * 1024;

    /** How a spreadsheet is told the delimiter. */
    private static final Pattern DELIMITER_LINE = Pattern.compile("\"?sep=([,;|:\t])\"?(\r\n|\r|\n|$)");

    private enum Place {
        CELL_BEGINS,
        IN_CELL,
        IN_QUOTES,
        AFTER_QUOTE
    }

    private final InputStream in;
    private final @Nullable Charset said;
    private final char quote;
    private final int maxRowBytes;
    private char delimiter;
    private CharsetDecoder decoder = strict(StandardCharsets.UTF_8);
    private final ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES).limit(0);
    private long consumed; // bytes of the source before bytes[0]
    private boolean begun;
    private boolean atEnd;
    private CharBuffer head = CharBuffer.allocate(0); // read ahead
    private @Nullable TableFault behindHead;

    private Place place = Place.CELL_BEGINS;
    private long line = 1;
    private long skippedLines;
    private long quoteLine;
    private boolean afterReturn;
    private long rowBytes;
    private int cells = 1;

    TableText(InputStream in, Table table, int maxRowBytes) {
        this.in = in;
        this.said = table.charset();
        this.quote = table.quote();
        this.maxRowBytes = maxRowBytes;
    }

    private static CharsetDecoder strict(Charset charset) {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /** The first characters, which are read again; fewer than there are when one of them cannot be read. */
    CharSequence head() throws IOException {
        CharBuffer out = CharBuffer.allocate(READ_BYTES);
        try {
            while (decoder.decode(bytes, out, atEnd).isUnderflow() && !atEnd) {
                fill();
            }
        } catch (TableFault e) {
            behindHead = e;
        }
        head = out.flip();
        return head;
    }

    /** Passes over a first line that names the delimiter, and gives that; 0 when there is no such line. */
    char skipDelimiterLine() {
        Matcher found = DELIMITER_LINE.matcher(head);
        if (!found.lookingAt()) {
            return 0;
        }
        char named = found.group(1).charAt(0);
        head.position(head.position() + found.end());
        line++;
        skippedLines++;
        return named;
    }

    /** Lines before those that are read. */
    long skippedLines() {
        return skippedLines;
    }

    /** Sets what stands between two cells, before the first is read. */
    void delimiter(char between) {
        this.delimiter = between;
    }

    /** Bytes of the source used up so far; the parser is up to a buffer behind. */
    long offset() {
        return consumed + bytes.position();
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (head.hasRemaining()) {
            int count = Math.min(length, head.remaining());
            head.get(to, offset, count);
            follow(to, offset, count);
            return count;
        }
        if (behindHead != null) {
            throw new TableFault(
                    behindHead.finding().rule(), line, behindHead.finding().message());
        }
        CharBuffer out = CharBuffer.wrap(to, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, out, atEnd);
            int count = out.position();
            if (result.isError()) {
                follow(to, offset, count - offset);
                throw notInCharset();
            }
            if (count > offset) {
                follow(to, offset, count - offset);
                return count - offset;
            }
            if (atEnd) {
                end();
                return -1;
            }
            fill();
        }
    }

    private TableFault notInCharset() {
        String message = "is not %s at byte %s of the unpacked source, counted from 0"
                .formatted(decoder.charset().name(), offset());
        boolean perhapsWindows = said == null && decoder.charset().equals(StandardCharsets.UTF_8) && looksLikeWindows();
        String next = "; it looks like windows-1252: if it is, set charset = windows-1252 in the mapping file";
        return new TableFault(Reason.UTF8_INVALID, line, perhapsWindows ? message + next : message);
    }

    /** True when no letter of several bytes follows in what is here, and each byte is one of windows-1252. */
    private boolean looksLikeWindows() {
        for (int i = bytes.position(); i + 1 < bytes.limit(); i++) {
            int lead = bytes.get(i) & 0xFF;
            boolean follows = (bytes.get(i + 1) & 0xC0) == 0x80;
            if (follows && lead >= 0xC2 && lead < 0xE0) {
                return false;
            }
        }
        try {
            strict(Charset.forName("windows-1252")).decode(bytes.duplicate());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private void fill() throws IOException {
        consumed += bytes.position();
        bytes.compact();
        int count = readInto(bytes.position());
        bytes.position(bytes.position() + Math.max(0, count)).flip();
        atEnd = count < 0;
        if (!begun && (bytes.remaining() >= 3 || atEnd)) {
            begun = true;
            begin();
        } else if (!begun) {
            fill();
        }
    }

    /** A byte order mark decides; without one the mapping does, and then whether a first letter has two bytes. */
    private void begin() {
        int first = bytes.remaining() < 2 ? -1 : (bytes.get(0) & 0xFF) << 8 | bytes.get(1) & 0xFF;
        if (first == 0xFFFE || first == 0xFEFF) {
            decoder = strict(first == 0xFFFE ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
            bytes.position(2);
        } else if (first == 0xEFBB && bytes.remaining() > 2 && bytes.get(2) == (byte) 0xBF) {
            bytes.position(3);
        } else if (said != null) {
            decoder = strict(said);
        } else if (first > 0 && (first & 0xFF) == 0) {
            decoder = strict(StandardCharsets.UTF_16LE);
        } else if (first > 0 && first < 0x80) {
            decoder = strict(StandardCharsets.UTF_16BE);
        }
    }

    private int readInto(int from) throws IOException {
        try {
            return in.read(bytes.array(), from, bytes.capacity() - from);
        } catch (ZipException e) {
            throw new TableFault(Reason.GZIP_DAMAGED, line, "the packed data is damaged");
        } catch (EOFException e) {
            throw new TableFault(Reason.GZIP_DAMAGED, line, "the packed data ends early");
        }
    }

    private void follow(char[] chars, int from, int count) throws TableFault {
        for (int i = from; i < from + count; i++) {
            char c = chars[i];
            rowBytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            if (c == '\n' || c == '\r') {
                lineBreak(c);
            } else {
                afterReturn = false;
                inLine(c);
            }
            if (rowBytes > maxRowBytes) {
                tooLong();
            }
        }
    }

    private void lineBreak(char c) {
        boolean second = c == '\n' && afterReturn;
        afterReturn = c == '\r';
        line += second ? 0 : 1;
        if (place != Place.IN_QUOTES) {
            place = Place.CELL_BEGINS;
            rowBytes = 0;
            cells = 1;
        }
    }

    private void inLine(char c) throws TableFault {
        switch (place) {
            case IN_QUOTES -> place = c == quote ? Place.AFTER_QUOTE : place;
            case AFTER_QUOTE -> {
                if (c == quote) {
                    place = Place.IN_QUOTES;
                } else if (c == delimiter) {
                    nextCell();
                } else if (!Character.isWhitespace(c)) {
                    throw new TableFault(
                            Reason.CSV_SYNTAX,
                            quoteLine,
                            "the quote opened on line %s is closed on line %s, where no delimiter follows it"
                                    .formatted(quoteLine, line));
                }
            }
            default -> {
                if (c == delimiter) {
                    nextCell();
                } else if (c == quote && quote != 0 && place == Place.CELL_BEGINS) {
                    place = Place.IN_QUOTES;
                    quoteLine = line;
                } else {
                    place = Place.IN_CELL;
                }
            }
        }
    }

    private void nextCell() throws TableFault {
        place = Place.CELL_BEGINS;
        if (++cells > MOST_CELLS) {
            throw new TableFault(Reason.CSV_CELLS, line, "a row has more than %s cells".formatted(MOST_CELLS));
        }
    }

    private void tooLong() throws TableFault {
        if (place == Place.IN_QUOTES) {
            throw new TableFault(
                    Reason.CSV_SYNTAX,
                    quoteLine,
                    "the quote opened on line %s is not closed within %s bytes, the most that one row may have"
                            .formatted(quoteLine, maxRowBytes));
        }
        throw new TableFault(Reason.JSON_RECORD_SIZE, line, "a row is longer than %s bytes".formatted(maxRowBytes));
    }

    private void end() throws TableFault {
        if (place == Place.IN_QUOTES) {
            throw new TableFault(
                    Reason.CSV_SYNTAX,
                    quoteLine,
                    "the quote opened on line %s is not closed up to the end of the file".formatted(quoteLine));
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
