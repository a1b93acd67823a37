package io.cxt.mapping;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of a chat.
 *
 * @param fields the table's, in the order of the cells
 * @param number as a spreadsheet shows it
 */
record Row(Table table, List<String> fields, long number, long line, String[] cells) {

    /** The cell, or an empty text when the table has no such column. */
    String cell(String field) {
        int index = fields.indexOf(field);
        return index < 0 ? "" : cells[index];
    }

    String given(String field, String otherwise) {
        String cell = cell(field);
        return cell.isBlank() ? otherwise : cell;
    }

    /** The party's type that the word in the role column stands for; null when it stands for none. */
    @Nullable
    String role() {
        return table.roles().get(cell(Table.ROLE).strip().toLowerCase(Locale.ROOT));
    }

    /** The agent who is in the chat from this row on; what a bot's row has there need not be one. */
    String agent(String before) {
        String role = role();
        if ("bot".equals(role)) {
            return before;
        }
        String named = given(Table.AGENT, before);
        return "agent".equals(role) ? given("from.id", named) : named;
    }

    /** Leaves the cells out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Row[number=%s]".formatted(number);
    }
}
