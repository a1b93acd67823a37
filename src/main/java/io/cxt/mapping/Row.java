package io.cxt.mapping;

import org.jspecify.annotations.Nullable;

/**
 * One row of a chat.
 *
 * @param number as a spreadsheet shows it
 * @param index its place among the rows of the chat, from 0
 * @param cells one for each field, at {@link Table#place}; a constant or an empty text where the table has no column
 * @param role who wrote it, as behind {@code role.} in the mapping or as the column of the sender's type has it; null when
 *     that is not known
 */
record Row(
        Table table,
        long number,
        long line,
        int index,
        String[] cells,
        @Nullable String role) {

    Row(Table table, long number, long line, int index, String[] cells) {
        this(table, number, line, index, cells, role(table, cells));
    }

    private static @Nullable String role(Table table, String[] cells) {
        String type = type(table, cells[Table.place("from.type")]);
        if (Roles.NOTE.equals(type) || Roles.EVENT.equals(type)) {
            return type;
        }
        if (table.has(Table.ROLE)) {
            return table.roles().of(cells[Table.place(Table.ROLE)]);
        }
        return type == null ? table.roles().of(cells[Table.place(Table.FROM)]) : type;
    }

    private static @Nullable String type(Table table, String word) {
        if (word.isBlank()) {
            return null;
        }
        String role = table.roles().of(word);
        return role == null ? word : role;
    }

    String cell(String field) {
        return cells[Table.place(field)];
    }

    String given(String field, String otherwise) {
        String cell = cell(field);
        return cell.isBlank() ? otherwise : cell;
    }

    /** What the sender is by the column of the sender's type; the other word when that is empty. */
    String fromType(String otherwise) {
        String type = type(table, cell("from.type"));
        return type == null ? otherwise : type;
    }

    /** What the one is to whom it was written: the customer and all others write to each other. */
    String toType() {
        String type = type(table, cell("to.type"));
        return type != null ? type : Roles.CUSTOMER.equals(role) ? Roles.AGENT : Roles.CUSTOMER;
    }

    /** The id of a party of that role, if the row has a column for it; else blank. */
    String party(String ofRole) {
        return ofRole.equals(role) ? cell(Table.FROM) : ofRole.equals(toType()) ? cell("to.id") : "";
    }

    /** The agent who is in the chat from this row on; what a bot's row has there need not be one. */
    String agent(String before) {
        if (Roles.BOT.equals(role)) {
            return before;
        }
        String named = given(Table.AGENT, before);
        return Roles.AGENT.equals(role) ? given(Table.FROM, named) : named;
    }

    /** The words in the column that says who wrote it. */
    String sender() {
        return cell(table.has(Table.ROLE) ? Table.ROLE : Table.FROM);
    }

    /** Leaves the cells out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Row[number=%s]".formatted(number);
    }
}
