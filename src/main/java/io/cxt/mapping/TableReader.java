package io.cxt.mapping;

import io.cxt.files.ChangedFileException;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chats of a table, one at a time. The table is read twice: first as a whole, so that a table which cannot be cut
 * into chats for sure is refused before anything of it is handed on; then chat by chat, one in memory.
 */
final class TableReader extends EntryIterator {
    private final Table table;
    private final RereadableSource content;
    private final ReadingOptions options;
    private final TableChat chat;
    private @Nullable Rows rows;
    private boolean rowWaits; // the rows stand on the first row of the next chat
    private long checkedRows;
    private long givenRows;
    private long index;

    TableReader(Table table, RereadableSource content, ReadingOptions options) {
        this.table = table;
        this.content = content;
        this.options = options;
        this.chat = new TableChat(table, options);
    }

    @Override
    protected @Nullable Entry read() throws IOException {
        try {
            Rows open = rows;
            if (open == null) {
                List<Finding> findings = check();
                if (!findings.isEmpty()) {
                    end();
                    return RefusedSource.entry(findings, 0);
                }
                open = Rows.open(content, table, options.maxRecordBytes());
                rows = open;
                rowWaits = open.next();
            }
            return chat(open);
        } catch (TableFault e) {
            throw changed();
        }
    }

    private List<Finding> check() throws IOException {
        try (SeenIds seen = new SeenIds()) {
            TableCheck check = new TableCheck(content, table, options.maxRecordBytes(), seen);
            List<Finding> findings = check.findings();
            checkedRows = check.rows();
            return findings;
        }
    }

    private @Nullable Entry chat(Rows rows) throws IOException {
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
