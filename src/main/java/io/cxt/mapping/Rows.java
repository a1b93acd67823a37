package io.cxt.mapping;

import io.cxt.files.RereadableSource;
import io.cxt.transcript.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;

/** The rows of a table behind its header, one after the other; empty lines are stepped over. */
final class Rows implements Closeable {
    private final TableText text;
    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final Map<String, Integer> indexes = new HashMap<>();
    private int width;
    private @Nullable CSVRecord row;
    private long line;

    /** @throws TableFault when the header cannot be read or lacks a column */
    static Rows open(RereadableSource content, Table table, int maxRowBytes) throws IOException {
        Rows rows = new Rows(new TableText(content.open(), table, maxRowBytes), table);
        try {
            rows.readHeader(table);
            return rows;
        } catch (IOException e) {
            rows.close();
            throw e;
        }
    }

    private Rows(TableText text, Table table) throws IOException {
        this.text = text;
        CSVFormat.Builder format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(table.delimiter())
                .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
                .setIgnoreEmptyLines(false);
        this.parser = CSVParser.builder()
                .setReader(text)
                .setFormat(format.setQuote(table.quote() == 0 ? null : (Character) table.quote())
                        .get())
                .get();
        this.records = parser.iterator();
    }

    private void readHeader(Table table) throws IOException {
        if (!next()) {
            throw new TableFault(Reason.CSV_EMPTY, 1, "the file is empty");
        }
        CSVRecord header = row();
        width = header.size();
        Map<String, Integer> places = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < width; i++) {
            places.put(header.get(i).strip(), i);
            counts.merge(header.get(i).strip(), 1, Integer::sum);
        }
        for (Map.Entry<String, String> column : table.columns().entrySet()) {
            String name = column.getValue();
            if (counts.getOrDefault(name, 0) != 1) {
                throw new TableFault(
                        Reason.CSV_COLUMN,
                        line,
                        counts.containsKey(name)
                                ? "the header has the column %s %s times".formatted(name, counts.get(name))
                                : "the header has no column %s, which is %s; it has %s %s"
                                        .formatted(name, column.getKey(), width, cells(table)));
            }
            indexes.put(column.getKey(), places.getOrDefault(name, -1));
        }
    }

    private String cells(Table table) {
        String delimiter = table.delimiter() == '\t' ? "tab" : String.valueOf(table.delimiter());
        return width == 1 ? "cell, so %s may not be the delimiter".formatted(delimiter) : "cells";
    }

    /** Goes on to the next row. */
    boolean next() throws IOException {
        try {
            do {
                line = parser.getCurrentLineNumber() + 1;
                if (!records.hasNext()) {
                    return false;
                }
                row = records.next();
            } while (row().size() == 1 && row().get(0).isEmpty());
            return true;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private CSVRecord row() {
        return Objects.requireNonNull(row, "the first row was read");
    }

    /** The cell of a field that the table has a column for; of an id as {@link IdCell} reads it. */
    String cell(String field) {
        String cell = written(field);
        return Table.IDS.contains(field) ? IdCell.read(cell) : cell;
    }

    /** The cell as it stands in the source. */
    String written(String field) {
        return row().get(Objects.requireNonNull(indexes.get(field), field));
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
