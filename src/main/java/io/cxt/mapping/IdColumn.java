package io.cxt.mapping;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column of ids while the rows go by: whether a spreadsheet changed what stands in it.
 *
 * <p>That numbers were rounded shows in all of them together: one number in ten ends in a zero by itself. A chat's own
 * column is refused when every long number ends so, since two chats could have become one; any other column when that
 * is no chance any more, at one in a thousand.
 */
final class IdColumn {
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
        String message =
                "row %s, column %s: %s".formatted(row.number(), table.columns().get(field), words);
        return new Finding(Reason.CSV_ID_CHANGED, row.line(), "", message);
    }

    /** True when an id was met that was changed for certain, so that the same id says nothing any more. */
    boolean changed() {
        return change != null;
    }

    /** Adds what there is to say when all rows have gone by. */
    void addTo(List<Finding> findings) {
        boolean roundedForCertain =
                !table.roundedIds() && !exact && (zeros >= NO_CHANCE || (zeros > 0 && field.equals(Table.INTERACTION)));
        if (change != null) {
            findings.add(change);
        } else if (roundedForCertain && rounded != null) {
            findings.add(rounded);
        }
    }
}
