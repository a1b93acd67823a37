package io.cxt.mapping;

import io.cxt.files.ChangedFileException;
import io.cxt.files.RereadableSource;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table with a row per message, as a mapping file describes it.
 *
 * @param delimiter what stands between two cells
 * @param quote what a cell with a delimiter or a line break in it stands between, or 0 for none
 * @param columns the column's name by field, for example {@code agent_id} by {@code agentId}; in the order of the
 *     fields
 * @param roles the party's type by the word in the role column, in lower case
 * @param times how times are written
 * @param roundedIds true to take long numbers that all end in zeros as they are
 */
record Table(
        char delimiter,
        char quote,
        Map<String, String> columns,
        Map<String, String> roles,
        Times times,
        boolean roundedIds)
        implements ChatFormat {

    static final String INTERACTION = "interactionId";
    static final String AGENT = "agentId";
    static final String CUSTOMER = "customerId";
    static final String ROLE = "role";
    static final String TIMESTAMP = "timestamp";

    private static final List<String> NEEDED = List.of(INTERACTION, AGENT, CUSTOMER, "text", TIMESTAMP);
    private static final List<String> PARTIES = List.of("from.id", "from.type", "to.id", "to.type");

    /** The fields that hold an id. */
    static final Set<String> IDS = Set.of(INTERACTION, AGENT, CUSTOMER, "id", "from.id", "to.id");

    private static final List<String> ROLES = List.of("customer", "agent", "bot", "system");

    /** Reads and checks what the file says about its table; problems stay in the file. */
    static Table read(MappingFile file) {
        Set<String> known = new TreeSet<>(List.of("delimiter", "quote", "ids.rounded"));
        known.addAll(Times.keys());
        Map<String, String> columns = new LinkedHashMap<>();
        List<String> fields = new ArrayList<>(NEEDED);
        fields.addAll(PARTIES);
        fields.addAll(List.of(ROLE, "id", "type", "format"));
        for (String field : fields) {
            known.add("column." + field);
            file.optional("column." + field).ifPresent(column -> columns.put(field, column));
        }
        ROLES.forEach(role -> known.add("role." + role));
        file.refuseUnknown(known, null);
        for (String field : NEEDED) {
            file.required("column." + field, "the name of the column that holds it, as in the first row of the file");
        }
        if (!columns.containsKey(ROLE) && !columns.keySet().containsAll(PARTIES)) {
            file.problem("who wrote a message is not said: set column.role, or all of column.from.id, column.from.type,"
                    + " column.to.id and column.to.type");
        }
        return new Table(delimiter(file), quote(file), columns, roles(file), Times.read(file), roundedIds(file));
    }

    private static char delimiter(MappingFile file) {
        String value = file.optional("delimiter").orElse(",");
        if (value.equals("tab")) {
            return '\t';
        }
        if (value.length() == 1 && ",;|:".contains(value)) {
            return value.charAt(0);
        }
        file.problem("delimiter is %s; allowed: , ; | : or the word tab".formatted(value));
        return ',';
    }

    private static char quote(MappingFile file) {
        String value = file.optional("quote").orElse("\"");
        if (value.equals("none")) {
            return 0;
        }
        if (value.equals("\"") || value.equals("'")) {
            return value.charAt(0);
        }
        file.problem("quote is %s; allowed: \" or ' or the word none".formatted(value));
        return '"';
    }

    private static boolean roundedIds(MappingFile file) {
        String value = file.optional("ids.rounded").orElse("refuse");
        if (!value.equals("refuse") && !value.equals("keep")) {
            file.problem("ids.rounded is %s; allowed: refuse, keep".formatted(value));
        }
        return value.equals("keep");
    }

    private static Map<String, String> roles(MappingFile file) {
        Map<String, String> roles = new HashMap<>();
        for (String role : ROLES) {
            for (String word : file.optional("role." + role).orElse(role).split(",")) {
                String before = roles.put(word.strip().toLowerCase(Locale.ROOT), role);
                if (before != null && !before.equals(role)) {
                    file.problem("the word %s stands in role.%s and in role.%s; keep it in one of them"
                            .formatted(word.strip(), before, role));
                }
            }
        }
        return roles;
    }

    @Override
    public EntryReader open(RereadableSource content, SourceFile file, ReadingOptions options) {
        return new TableReader(this, content, options);
    }

    /**
     * The chats of a table, one at a time. The table is read twice: first as a whole, so that a table which cannot be cut
     * into chats for sure is refused before anything of it is handed on; then chat by chat, one in memory.
     */
    private static final class TableReader extends EntryIterator {
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
}
