package io.cxt.mapping;

import io.cxt.files.ChangedFileException;
import io.cxt.files.PeekableStream;
import io.cxt.files.RereadableSource;
import io.cxt.json.OtherFormat;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryIterator;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table with a row per message, as a mapping file describes it.
 *
 * <p>Long because all that a mapping file can say of a table is checked here.
 *
 * @param delimiter what stands between two cells, or 0 to find it in the header
 * @param quote what a cell with a delimiter or a line break in it stands between, or 0 for none
 * @param charset null to look for a byte order mark, else UTF-8
 * @param columns the names that a column can have by field, for example {@code agent_id} by {@code agentId}, the first
 *     before others; in the order of the fields
 * @param constants what stands in every row of a field without a column
 * @param nulls the words that mean an empty cell
 * @param agentDefault the agent of a chat whose rows name none, or empty
 * @param times how times are written
 * @param ids what is done about ids that are odd
 * @param byTime true to put the rows of a chat in the order of their times
 */
record Table(
        char delimiter,
        char quote,
        @Nullable Charset charset,
        Map<String, List<String>> columns,
        Map<String, String> constants,
        Set<String> nulls,
        String agentDefault,
        Roles roles,
        Times times,
        Ids ids,
        boolean byTime)
        implements ChatFormat {

    static final String INTERACTION = "interactionId";
    static final String AGENT = "agentId";
    static final String CUSTOMER = "customerId";
    static final String ROLE = "role";
    static final String TIMESTAMP = "timestamp";
    static final String FROM = "from.id";
    static final String SEQUENCE = "sequence";

    private static final List<String> NEEDED = List.of(INTERACTION, AGENT, CUSTOMER, "text", TIMESTAMP);
    private static final List<String> OTHERS =
            List.of(FROM, "from.type", "to.id", "to.type", ROLE, "id", "type", "format", SEQUENCE);
    private static final List<String> CONSTANTS = List.of(AGENT, CUSTOMER, ROLE, "type", "format");
    private static final List<String> KEYS = List.of(
            "delimiter",
            "quote",
            "charset",
            "null",
            "agent.default",
            "ids.rounded",
            "ids.twice",
            "ids.missing",
            "order");

    private static final Map<String, Integer> PLACES = new HashMap<>();

    static {
        Stream.concat(NEEDED.stream(), OTHERS.stream()).forEach(field -> PLACES.put(field, PLACES.size()));
    }

    /** The fields that hold an id. */
    static final Set<String> IDS = Set.of(INTERACTION, AGENT, CUSTOMER, "id", FROM, "to.id");

    /**
     * What is done about ids that are odd.
     *
     * @param rounded true to take long numbers that all end in zeros as they are
     * @param twice about a message id that stands twice in a chat: keep, refuse or drop
     * @param make true to make a message's id where there is none
     */
    record Ids(boolean rounded, String twice, boolean make) {}

    /** Reads and checks what the file says about its table; problems stay in the file. */
    static Table read(MappingFile file) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        Map<String, String> constants = new HashMap<>();
        Set<String> known = new TreeSet<>(KEYS);
        known.addAll(Times.keys());
        known.addAll(Roles.keys());
        for (String field : Stream.concat(NEEDED.stream(), OTHERS.stream()).toList()) {
            known.add("column." + field);
            file.optional("column." + field).ifPresent(column -> columns.put(field, words(column, "\\|")));
        }
        for (String field : CONSTANTS) {
            known.add("constant." + field);
            file.optional("constant." + field).ifPresent(value -> constants.put(field, value));
            if (columns.containsKey(field) && constants.containsKey(field)) {
                file.problem("column.%s and constant.%s are both set; remove one".formatted(field, field));
            }
        }
        file.refuseUnknown(known, null);
        for (String field : NEEDED) {
            boolean bySender = columns.containsKey(FROM) && (field.equals(AGENT) || field.equals(CUSTOMER));
            if (!constants.containsKey(field) && !bySender) {
                file.required(
                        "column." + field, "the name of the column that holds it, as in the first row of the file");
            }
        }
        if (!columns.containsKey(ROLE) && !constants.containsKey(ROLE) && !columns.containsKey(FROM)) {
            file.problem(
                    "who wrote a message is not said: set column.role, or column.from.id and, where the role is not"
                            + " seen in it, column.from.type");
        }
        boolean byTime = file.oneOf("order", "source", "time").equals("time");
        if (columns.containsKey(SEQUENCE) && !byTime) {
            file.problem("column.sequence is only for order = time; remove it, or set that");
        }
        return new Table(
                delimiter(file),
                quote(file),
                charset(file),
                columns,
                constants,
                Set.copyOf(words(file.optional("null").orElse(""), ",")),
                file.optional("agent.default").orElse(""),
                Roles.read(file),
                Times.read(file),
                new Ids(
                        file.oneOf("ids.rounded", "refuse", "keep").equals("keep"),
                        file.oneOf("ids.twice", "keep", "refuse", "drop"),
                        file.oneOf("ids.missing", "keep", "make").equals("make")),
                byTime);
    }

    private static List<String> words(String list, String separator) {
        return Arrays.stream(list.split(separator))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
    }

    private static char delimiter(MappingFile file) {
        String value = file.optional("delimiter").orElse("auto");
        if (value.equals("auto")) {
            return 0;
        }
        if (value.equals("tab")) {
            return '\t';
        }
        if (value.length() == 1 && ",;|:".contains(value)) {
            return value.charAt(0);
        }
        file.problem("delimiter is %s; allowed: , ; | : or one of the words tab and auto".formatted(value));
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

    private static @Nullable Charset charset(MappingFile file) {
        String name = file.optional("charset").orElse("auto");
        try {
            return name.equals("auto") ? null : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            file.problem(
                    "charset is %s, which Java does not know; allowed: auto, UTF-8, UTF-16LE, windows-1252 and others"
                            .formatted(name));
            return null;
        }
    }

    /** Where the cell of a field is among {@link #blankCells}. */
    static int place(String field) {
        return Objects.requireNonNull(PLACES.get(field), field);
    }

    /** The cells of a row in which no column is filled in. */
    String[] blankCells() {
        String[] cells = new String[PLACES.size()];
        PLACES.forEach((field, place) -> cells[place] = constants.getOrDefault(field, ""));
        return cells;
    }

    /** True when a field has a column, or is the same in all rows. */
    boolean has(String field) {
        return columns.containsKey(field) || constants.containsKey(field);
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
        private static final int FIRST_BYTES = 4 * 1024;

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
                String other = findings.isEmpty() ? null : otherFormat();
                return other == null ? findings : List.of(new Finding(Reason.JSON_OTHER_FORM, 1, "", other));
            }
        }

        private @Nullable String otherFormat() throws IOException {
            try (PeekableStream in = new PeekableStream(content.open())) {
                return OtherFormat.thanTable(in.peek(FIRST_BYTES)); // what fails behind them has its finding
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
            return chat.entry(index, rows.offset(), rows.takeNotes());
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
