package io.cxt.mapping;

import io.cxt.transcript.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipException;

/**
 * The text of a table on its way to the CSV parser: strict UTF-8, and never more in one row than may be held. It
 * follows the quotes just far enough to say where a row begins and where a quote was opened, which a parser that has
 * swallowed the rest of the file cannot.
 */
final class TableText extends Reader {

    /** Most cells of one row; a row of nothing but delimiters would otherwise unfold into gigabytes. */
    static final int MOST_CELLS = 1_000;

    private static final int READ_BYTES = 64 * 1024;

    private enum Place {
        CELL_BEGINS,
        IN_CELL,
        IN_QUOTES,
        AFTER_QUOTE
    }

    private final InputStream in;
    private final char delimiter;
    private final char quote;
    private final int maxRowBytes;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES).limit(0);
    private long consumed; // bytes of the source before bytes[0]
    private boolean begun;
    private boolean atEnd;

    private Place place = Place.CELL_BEGINS;
    private long line = 1;
    private long quoteLine;
    private boolean afterReturn;
    private long rowBytes;
    private int cells = 1;

    TableText(InputStream in, Table table, int maxRowBytes) {
        this.in = in;
        this.delimiter = table.delimiter();
        this.quote = table.quote();
        this.maxRowBytes = maxRowBytes;
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
        CharBuffer out = CharBuffer.wrap(to, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, out, atEnd);
            int count = out.position();
            if (result.isError()) {
                String message = "is not UTF-8 at byte %s of the unpacked source, counted from 0";
                follow(to, offset, count - offset);
                throw new TableFault(Reason.UTF8_INVALID, line, message.formatted(offset()));
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

    private void fill() throws IOException {
        consumed += bytes.position();
        bytes.compact();
        int count = readInto(bytes.position());
        bytes.position(bytes.position() + Math.max(0, count)).flip();
        atEnd = count < 0;
        if (!begun && (bytes.remaining() >= 3 || atEnd)) {
            begun = true;
            if (bytes.remaining() >= 3
                    && bytes.get(0) == (byte) 0xEF
                    && bytes.get(1) == (byte) 0xBB
                    && bytes.get(2) == (byte) 0xBF) {
                bytes.position(3);
            }
        } else if (!begun) {
            fill();
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
