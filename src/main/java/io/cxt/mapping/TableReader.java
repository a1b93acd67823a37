package io.cxt.mapping;

import io.cxt.files.ChangedFileException;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The chats of a table, one at a time. The table is read twice: first as a whole, so that a table which cannot be cut
 * into chats for sure is refused before anything of it is handed on; then chat by chat, one in memory.
 */
final class TableReader implements EntryReader {
    private final Table table;
    private final RereadableSource content;
    private final ReadingOptions options;
    private final TableChat chat;
    private Rows rows;
    private boolean checked;
    private boolean rowWaits; // the rows stand on the first row of the next chat
    private long checkedRows;
    private long givenRows;
    private long index;
    private Entry ahead;
    private boolean ended;

    TableReader(Table table, RereadableSource content, ReadingOptions options) {
        this.table = table;
        this.content = content;
        this.options = options;
        this.chat = new TableChat(table, options);
    }

    @Override
    public boolean hasNext() {
        if (ahead == null && !ended) {
            try {
                ahead = read();
            } catch (TableFault e) {
                ended = true;
                throw new UncheckedIOException(changed());
            } catch (IOException e) {
                ended = true;
                throw new UncheckedIOException(e);
            }
            ended |= ahead == null;
        }
        return ahead != null;
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Entry next = ahead;
        ahead = null;
        return next;
    }

    private Entry read() throws IOException {
        if (!checked) {
            checked = true;
            try (SeenIds seen = new SeenIds()) {
                TableCheck check = new TableCheck(content, table, options.maxRecordBytes(), seen);
                List<Finding> findings = check.findings();
                if (!findings.isEmpty()) {
                    ended = true;
                    return RefusedSource.entry(findings, 0);
                }
                checkedRows = check.rows();
            }
            rows = Rows.open(content, table, options.maxRecordBytes());
            rowWaits = rows.next();
        }
        if (!rowWaits) {
            if (givenRows != checkedRows) {
                throw changed();
            }
            return null;
        }
        String id = rows.cell(Table.INTERACTION);
        chat.begin();
        do {
            if (rows.size() != rows.width()) {
                throw changed();
            }
            chat.add(rows);
            givenRows++;
            rowWaits = rows.next();
        } while (rowWaits && rows.cell(Table.INTERACTION).equals(id));
        index++;
        return chat.entry(index, rows.offset());
    }

    /** A fault of the moment, not of the data: the source is read again. */
    private static IOException changed() {
        return new ChangedFileException("the file changed while it was read");
    }

    @Override
    public void close() throws IOException {
        if (rows != null) {
            rows.close();
        }
    }
}
