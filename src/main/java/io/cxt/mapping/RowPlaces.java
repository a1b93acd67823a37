package io.cxt.mapping;

import io.cxt.transcript.Finding;
import io.cxt.transcript.Places;
import io.cxt.transcript.Reason;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of a chat stand in a table: a row each.
 *
 * @param columns as the header has them, by field
 * @param otherUnit why times may have been read in a wrong unit, in words, or null
 */
record RowPlaces(
        Map<String, String> columns,
        long firstRow,
        long firstLine,
        long lastRow,
        long[] rows,
        long[] lines,
        @Nullable String otherUnit)
        implements Places {

    @Override
    public Finding locate(Finding finding) {
        int message = finding.messageIndex();
        boolean known = message >= 0 && message < rows.length;
        String place = known
                ? "row " + rows[message]
                : firstRow == lastRow ? "row " + firstRow : "rows %s to %s".formatted(firstRow, lastRow);
        String column = column(finding.pointer(), message);
        String why = finding.rule() == Reason.TS_RANGE && otherUnit != null
                ? "; " + otherUnit
                : finding.rule() == Reason.ID_AGENT
                        ? "; for chats without an agent set agent.default in the mapping file"
                        : "";
        return new Finding(
                finding.rule(),
                known ? lines[message] : firstLine,
                finding.pointer(),
                place + (column == null ? "" : ", column " + column) + ": " + finding.message() + why);
    }

    /** The column that a pointer leads to; null when it leads to a whole row, or the value was made from several. */
    private @Nullable String column(String pointer, int message) {
        String prefix = message < 0 ? "/" : "/messages/" + message + "/";
        if (!pointer.startsWith(prefix)) {
            return null;
        }
        String field = pointer.substring(prefix.length()).replace('/', '.');
        String column = columns.get(field);
        boolean party = field.equals("from") || field.equals("to") || field.endsWith(".type");
        String sender = columns.getOrDefault(Table.ROLE, field.startsWith("to") ? null : columns.get(Table.FROM));
        return column == null && party ? sender : column;
    }
}
