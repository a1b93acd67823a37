package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.text.SafeName;
import io.cxt.transcript.Blanks;
import io.cxt.transcript.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;

/** The rows of a table behind its header, one after the other; rows without anything in them are stepped over. */
final class Rows implements Closeable {
    /** What old programs write behind the end of a text. */
    private static final String END_OF_TEXT = "\u001A";

    private static final Map<Character, String> OTHER_DELIMITERS =
            Map.of(';', "semicolon", '\t', "tab", '|', "bar", ':', "colon");

    private final Table table;
    private final TableText text;
    private final char delimiter;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private int width;
    private @Nullable CSVRecord row;
    private long line;
    private long blankRows; // since the last notes
    private boolean noted;

    /** @throws TableFault when the header cannot be read or lacks a column */
    static Rows open(RereadableSource content, Table table, int maxRowBytes) throws IOException {
        TableText text = new TableText(content.open(), table, maxRowBytes);
        try {
            Rows rows = new Rows(text, table);
            rows.readHeader();
            return rows;
        } catch (IOException e) {
            text.close();
            throw e;
        }
    }

    private Rows(TableText text, Table table) throws IOException {
        this.table = table;
        this.text = text;
        CharSequence head = text.head();
        char said = text.skipDelimiterLine();
        this.delimiter =
                said != 0 ? said : table.delimiter() != 0 ? table.delimiter() : delimiter(head.toString(), table);
        text.delimiter(delimiter);
        this.parser = CSVParser.builder()
                .setReader(text)
                .setFormat(format(table, delimiter))
                .get();
        this.records = parser.iterator();
    }

    private static CSVFormat format(Table table, char delimiter) {
        return CSVFormat.RFC4180
                .builder()
                .setDelimiter(delimiter)
                .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
                .setIgnoreEmptyLines(false)
                .setQuote(table.quote() == 0 ? null : (Character) table.quote())
                .get();
    }

    /** The delimiter by which the header has most of the columns; a comma before others. */
    private static char delimiter(String head, Table table) throws IOException {
        char best = ',';
        long most = 0;
        for (char each : new char[] {',', ';', '\t', '|'}) {
            try (CSVParser parser = CSVParser.parse(head, format(table, each))) {
                Iterator<CSVRecord> records = parser.iterator();
                List<String> cells = List.of();
                while (records.hasNext() && cells.stream().allMatch(Rows::isBlank)) {
                    cells = records.next().toList();
                }
                long found = cells.size() > TableText.MOST_CELLS ? 0 : new HeaderCells(cells).count(table);
                best = found > most ? each : best;
                most = Math.max(most, found);
            } catch (UncheckedIOException e) {
                // by this one the head is no table
            }
        }
        return best;
    }

    private void readHeader() throws IOException {
        if (!next()) {
            throw new TableFault(Reason.CSV_EMPTY, 1, "the file is empty");
        }
        blankRows = 0;
        width = row().size();
        HeaderCells header = new HeaderCells(row().toList());
        for (Map.Entry<String, List<String>> column : table.columns().entrySet()) {
            List<Integer> found = header.find(column.getValue());
            if (found.size() != 1) {
                throw new TableFault(
                        Reason.CSV_COLUMN,
                        line,
                        found.isEmpty()
                                ? "the header has no column %s, which is %s; it has %s %s%s"
                                        .formatted(
                                                String.join(" or ", column.getValue()),
                                                column.getKey(),
                                                width,
                                                cells(),
                                                header.nearest(column.getValue()))
                                : header.times(column.getValue(), found.size()));
            }
            indexes.put(column.getKey(), found.get(0));
            names.put(column.getKey(), SafeName.log(row().get(found.get(0)).strip()));
        }
    }

    private String cells() {
        String delimiters = delimiter == '\t' ? "tab" : String.valueOf(delimiter);
        return width == 1 ? "cell, so %s may not be the delimiter".formatted(delimiters) : "cells";
    }

    /** Goes on to the next row. */
    boolean next() throws IOException {
        try {
            do {
                line = parser.getCurrentLineNumber() + 1 + text.skippedLines();
                if (!records.hasNext()) {
                    return false;
                }
                row = records.next();
            } while (isNothing(row()));
            return true;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** True for an empty line, and for a row without anything in it, which is counted. */
    private boolean isNothing(CSVRecord row) {
        boolean blank = true;
        for (int i = 0; i < row.size() && blank; i++) {
            blank = isBlank(row.get(i));
        }
        blankRows += blank && (row.size() > 1 || !row.get(0).isEmpty()) ? 1 : 0;
        return blank;
    }

    private static boolean isBlank(String cell) {
        return cell.isEmpty()
                || Blanks.isBlank(cell.codePointAt(0)) && Blanks.strip(cell).isEmpty()
                || cell.equals(END_OF_TEXT);
    }

    private CSVRecord row() {
        return Objects.requireNonNull(row, "the first row was read");
    }

    /** The cell of a field that the table has a column for; of an id as {@link IdCell} reads it. */
    String cell(String field) {
        String cell = written(field);
        if (Table.IDS.contains(field)) {
            return IdCell.read(cell);
        }
        return !table.nulls().isEmpty() && table.nulls().contains(cell.strip()) ? "" : cell;
    }

    /** The cell as it stands in the source. */
    String written(String field) {
        return row().get(Objects.requireNonNull(indexes.get(field), field));
    }

    /** The column of a field, as the header has it. */
    String name(String field) {
        return names.getOrDefault(field, "");
    }

    /** The columns as the header has them, by field. */
    Map<String, String> names() {
        return names;
    }

    /** What there is to note since the last time: rows without anything in them; at first a delimiter that is no comma. */
    List<String> takeNotes() {
        if (noted && blankRows == 0) {
            return List.of();
        }
        List<String> notes = new ArrayList<>();
        if (!noted && delimiter != ',' && table.delimiter() != delimiter) {
            notes.add("delimiter=" + OTHER_DELIMITERS.getOrDefault(delimiter, "other"));
        }
        if (blankRows > 0) {
            notes.add("blank-rows:" + blankRows);
        }
        noted = true;
        blankRows = 0;
        return notes;
    }

    /** The number of the row as a spreadsheet shows it: the header is row 1. */
    long number() {
        return row().getRecordNumber();
    }

    /** The line the row begins on, from 1; more than its number where cells hold line breaks. */
    long line() {
        return line;
    }

    /** How many cells the row has. */
    int size() {
        return row().size();
    }

    /** How many cells the header has. */
    int width() {
        return width;
    }

    /** Bytes of the source used up so far, give or take a buffer. */
    long offset() {
        return text.offset();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
