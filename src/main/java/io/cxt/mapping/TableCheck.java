package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.text.SafeName;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole table before any chat of it is handed on. Refused is what could let half a chat go out: rows that
 * cannot be told apart, rows of unknown chats, and chats whose rows do not stand together.
 *
 * <p>Memory does not grow with the rows, but with the chats: see {@link SeenIds}. An id that seems to have been met is
 * looked for in a further reading, so the verdict is exact.
 */
final class TableCheck {

    /** Most chats of one file. */
    static final int MOST_CHATS = 4_000_000;

    private static final int MOST_FINDINGS = 100;

    private final RereadableSource content;
    private final Table table;
    private final int maxRowBytes;
    private final SeenIds seen;
    private final List<Finding> findings = new ArrayList<>();
    private long rows;

    TableCheck(RereadableSource content, Table table, int maxRowBytes, SeenIds seen) {
        this.content = content;
        this.table = table;
        this.maxRowBytes = maxRowBytes;
        this.seen = seen;
    }

    /** Why nothing of the table may go out; empty when its chats can be handed on. */
    List<Finding> findings() throws IOException {
        List<IdColumn> ids = IdColumn.of(table);
        try (Rows all = Rows.open(content, table, maxRowBytes)) {
            String chat = null;
            while (findings.size() < MOST_FINDINGS && all.next()) {
                rows++;
                if (!isWhole(all)) {
                    continue;
                }
                ids.forEach(column -> column.look(all));
                String id = all.cell(Table.INTERACTION);
                if (!id.equals(chat) && !ids.get(0).changed() && !begins(id, all)) {
                    break;
                }
                chat = id;
            }
        } catch (TableFault e) {
            findings.add(e.finding());
        }
        ids.forEach(column -> column.addTo(findings));
        return findings;
    }

    /** How many rows were read, without the header. */
    long rows() {
        return rows;
    }

    private boolean isWhole(Rows all) {
        if (all.size() != all.width()) {
            String message = "row %s: has %s cells, the header has %s";
            add(Reason.CSV_CELLS, all.line(), message.formatted(all.number(), all.size(), all.width()));
            return false;
        }
        if (all.cell(Table.INTERACTION).isBlank()) {
            boolean empty = all.written(Table.INTERACTION).isBlank();
            String message = "row %s, column %s: " + (empty ? "is empty" : "holds a word for no value, like NULL");
            add(Reason.CSV_INTERACTION, all.line(), message.formatted(all.number(), all.name(Table.INTERACTION)));
            return false;
        }
        return true;
    }

    /** A chat begins; false when that ends the check. */
    private boolean begins(String id, Rows all) throws IOException {
        if (!seen.add(IdCell.alike(id)) && metBefore(id, all)) {
            return false;
        }
        if (seen.count() > MOST_CHATS) {
            add(Reason.CSV_TOO_MANY, all.line(), "row %s: more than %s chats".formatted(all.number(), MOST_CHATS));
            return false;
        }
        return true;
    }

    /** True, with a finding, when rows before the one it stands on have this id, or one that looks like it. */
    private boolean metBefore(String id, Rows all) throws IOException {
        String looks = IdCell.alike(id);
        long first = 0;
        long last = 0;
        String other = null;
        long otherRow = 0;
        try (Rows again = Rows.open(content, table, maxRowBytes)) {
            while (again.next() && again.number() < all.number()) {
                String met = again.size() == again.width() ? again.cell(Table.INTERACTION) : "";
                if (id.equals(met)) {
                    first = first == 0 ? again.number() : first;
                    last = again.number();
                } else if (first > 0) {
                    break;
                } else if (other == null && looks.equals(IdCell.alike(met))) {
                    other = met;
                    otherRow = again.number();
                }
            }
        }
        if (first > 0) {
            String before = first == last ? "row " + first : "rows %s to %s".formatted(first, last);
            String message = "column %s: the rows of chat %s do not stand together: %s, and again row %s";
            add(
                    Reason.CSV_NOT_GROUPED,
                    all.line(),
                    message.formatted(all.name(Table.INTERACTION), SafeName.log(id), before, all.number()));
        } else if (other != null) {
            String message =
                    "row %s, column %s: chat %s differs from chat %s in row %s by case, blanks or form of characters alone";
            add(
                    Reason.CSV_ID_ALIKE,
                    all.line(),
                    message.formatted(
                            all.number(),
                            all.name(Table.INTERACTION),
                            SafeName.log(id),
                            SafeName.log(other),
                            otherRow));
        }
        return first > 0 || other != null;
    }

    private void add(Reason rule, long line, String message) {
        findings.add(new Finding(rule, line, "", message));
    }

    /**
     * A column of ids while the rows go by: whether a spreadsheet changed what stands in it.
     *
     * <p>That numbers were rounded shows in all of them together: one number in ten ends in a zero by itself. A chat's own
     * column is refused when every long number ends so, since two chats could have become one; any other column when that
     * is no chance any more, at one in a thousand.
     */
    private static final class IdColumn {
        private static final int NO_CHANCE = 3;

        private final Table table;
        private final String field;
        private @Nullable String last; // as written
        private @Nullable Finding change;
        private @Nullable Finding rounded;
        private int zeros; // at the ends of all long numbers so far
        private boolean exact; // one number has other digits there

        private IdColumn(Table table, String field) {
            this.table = table;
            this.field = field;
        }

        /** The columns of a table that hold ids, the chat's first. */
        static List<IdColumn> of(Table table) {
            List<IdColumn> columns = new ArrayList<>(List.of(new IdColumn(table, Table.INTERACTION)));
            for (String other : table.columns().keySet()) {
                if (Table.IDS.contains(other) && !other.equals(Table.INTERACTION)) {
                    columns.add(new IdColumn(table, other));
                }
            }
            return columns;
        }

        /** Looks at the row that the table stands on. */
        void look(Rows row) {
            String written = row.written(field);
            if (change != null || written.equals(last)) {
                return;
            }
            last = written;
            String id = IdCell.read(written);
            String words = IdCell.change(id);
            if (words != null) {
                change = finding(row, words);
                return;
            }
            int atEnd = IdCell.zeros(id);
            exact |= atEnd < 0;
            if (atEnd > 0 && zeros < NO_CHANCE) {
                zeros += atEnd;
                rounded = rounded == null
                        ? finding(
                                row,
                                "holds a number of %s digits, and every number of 16 and more in the column ends in zeros behind"
                                                .formatted(id.length())
                                        + " the 15th, as a spreadsheet rounds them (if they are so, set ids.rounded = keep in the"
                                        + " mapping file)")
                        : rounded;
            }
        }

        private Finding finding(Rows row, String words) {
            String message = "row %s, column %s: %s".formatted(row.number(), row.name(field), words);
            return new Finding(Reason.CSV_ID_CHANGED, row.line(), "", message);
        }

        /** True when an id was met that was changed for certain, so that the same id says nothing any more. */
        boolean changed() {
            return change != null;
        }

        /** Adds what there is to say when all rows have gone by. */
        void addTo(List<Finding> findings) {
            boolean roundedForCertain = !table.ids().rounded()
                    && !exact
                    && (zeros >= NO_CHANCE || (zeros > 0 && field.equals(Table.INTERACTION)));
            if (change != null) {
                findings.add(change);
            } else if (roundedForCertain && rounded != null) {
                findings.add(rounded);
            }
        }
    }
}
