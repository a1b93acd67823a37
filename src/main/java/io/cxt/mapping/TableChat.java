package io.cxt.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cxt.json.TranscriptText;
import io.cxt.mapping.Times.NoTimeException;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one chat, and the transcript they make. */
final class TableChat {

    /** Most rows of one chat. */
    static final int MOST_ROWS = 50_000;

    private static final JsonFactory JSON = new JsonFactory();

    private final Table table;
    private final List<String> fields;
    private final int maxBytes;
    private final TranscriptText text;
    private final List<Row> rows = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private long size;
    private boolean stripped; // blanks around an id
    private @Nullable String otherUnit; // of a time, in words, or null
    private @Nullable String tooLong; // in words, or null
    private long firstRow;
    private long firstLine;
    private long lastRow;

    TableChat(Table table, ReadingOptions options) {
        this.table = table;
        this.fields = List.copyOf(table.columns().keySet());
        this.maxBytes = options.maxRecordBytes();
        this.text = new TranscriptText(options);
    }

    /** Begins a chat. */
    void begin() {
        rows.clear();
        findings.clear();
        size = 0;
        stripped = false;
        otherUnit = null;
        tooLong = null;
        firstRow = 0;
    }

    /** Adds the row that the table stands on. Of a chat that is too long only the place is kept. */
    void add(Rows from) {
        lastRow = from.number();
        if (firstRow == 0) {
            firstRow = from.number();
            firstLine = from.line();
        }
        if (tooLong != null) {
            return;
        }
        String[] cells = new String[fields.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = from.cell(fields.get(i));
            stripped |= !cells[i].isEmpty()
                    && cells[i].length() < from.written(fields.get(i)).length();
            size += cells[i].length();
        }
        rows.add(new Row(table, fields, from.number(), from.line(), cells));
        if (size > maxBytes) {
            tooLong("is longer than %s bytes".formatted(maxBytes));
        } else if (rows.size() > MOST_ROWS) {
            tooLong("has more than %s rows".formatted(MOST_ROWS));
        }
    }

    private void tooLong(String words) {
        tooLong = words;
        rows.clear();
    }

    /** The transcript of the rows that were added. */
    Entry entry(long index, long offset) throws IOException {
        if (tooLong != null) {
            return refused(index, offset, tooLong);
        }
        String json = json();
        byte[] raw = json.getBytes(StandardCharsets.UTF_8);
        if (raw.length > maxBytes) {
            rows.clear();
            return refused(index, offset, "is longer than %s bytes once it is mapped".formatted(maxBytes));
        }
        Transcript transcript = text.read(json, firstLine);
        findings.addAll(text.findings());
        List<String> notes = new ArrayList<>(text.notes());
        if (stripped) {
            notes.add("id-blanks-stripped");
        }
        return new Entry(
                index,
                firstLine,
                raw,
                findings.isEmpty() ? transcript : null,
                List.copyOf(findings),
                notes,
                offset,
                places());
    }

    private Entry refused(long index, long offset, String words) {
        Finding finding = new Finding(Reason.JSON_RECORD_SIZE, firstLine, "", words);
        return new Entry(index, firstLine, null, null, List.of(finding), List.of(), offset, places());
    }

    private RowPlaces places() {
        long[] numbers = rows.stream().mapToLong(Row::number).toArray();
        long[] lines = rows.stream().mapToLong(Row::line).toArray();
        return new RowPlaces(table.columns(), firstRow, firstLine, lastRow, numbers, lines, otherUnit);
    }

    private String json() throws IOException {
        StringWriter out = new StringWriter((int) Math.min(maxBytes, 256 + size * 2));
        try (JsonGenerator json = JSON.createGenerator(out)) {
            String agent = firstOf(Table.AGENT);
            String customer = firstOf(Table.CUSTOMER);
            String with = agent; // the agent who was in the chat last, as far as the rows say
            json.writeStartObject();
            json.writeStringField(Table.INTERACTION, rows.get(0).cell(Table.INTERACTION));
            json.writeStringField(Table.AGENT, agent);
            json.writeStringField(Table.CUSTOMER, customer);
            json.writeArrayFieldStart("messages");
            for (int i = 0; i < rows.size(); i++) {
                with = rows.get(i).agent(with);
                json.writeStartObject();
                message(json, i, with, customer);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toString();
    }

    private void message(JsonGenerator json, int index, String agent, String customer) throws IOException {
        Row row = rows.get(index);
        String ownCustomer = row.cell(Table.CUSTOMER);
        if (!ownCustomer.isBlank() && !ownCustomer.equals(customer)) {
            found(Reason.MAP_DIFFERS, index, "/" + Table.CUSTOMER, "is not the same as in the rows of the chat before");
        }
        optional(json, row, "id");
        if (table.columns().containsKey(Table.ROLE)) {
            byRole(json, index, agent, customer);
        } else {
            party(json, "from", row.cell("from.id"), row.cell("from.type"));
            party(json, "to", row.cell("to.id"), row.cell("to.type"));
        }
        json.writeStringField("text", row.cell("text"));
        timestamp(json, index);
        optional(json, row, "type");
        optional(json, row, "format");
    }

    /** Who wrote it as the role says, and to whom: the customer and all others write to each other. */
    private void byRole(JsonGenerator json, int index, String agent, String customer) throws IOException {
        Row row = rows.get(index);
        String role = row.role();
        if (role == null) {
            String message = "holds a word of %s characters that is in no role of the mapping";
            found(
                    Reason.MAP_ROLE,
                    index,
                    "/from/type",
                    message.formatted(row.cell(Table.ROLE).length()));
            json.writeNullField("from"); // so that the dead letter is refused again until it is corrected
            json.writeNullField("to");
            return;
        }
        String sender =
                switch (role) {
                    case "customer" -> customer;
                    case "agent" -> agent;
                    default -> role;
                };
        boolean byCustomer = role.equals("customer");
        party(json, "from", row.given("from.id", sender), row.given("from.type", role));
        party(
                json,
                "to",
                row.given("to.id", byCustomer ? agent : customer),
                row.given("to.type", byCustomer ? "agent" : "customer"));
    }

    private void timestamp(JsonGenerator json, int index) throws IOException {
        String written = rows.get(index).cell(Table.TIMESTAMP).strip();
        if (written.isEmpty()) {
            json.writeNullField(Table.TIMESTAMP);
            return;
        }
        try {
            json.writeStringField(Table.TIMESTAMP, table.times().rfc3339(written));
            otherUnit = otherUnit == null ? table.times().otherUnit(written) : otherUnit;
        } catch (NoTimeException e) {
            found(e.rule(), index, "/" + Table.TIMESTAMP, e.words());
            json.writeStringField(Table.TIMESTAMP, written);
        }
    }

    private void found(Reason rule, int index, String pointer, String message) {
        findings.add(new Finding(rule, firstLine, "/messages/" + index + pointer, message));
    }

    private static void party(JsonGenerator json, String field, String id, String type) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("id", id);
        json.writeStringField("type", type);
        json.writeEndObject();
    }

    private void optional(JsonGenerator json, Row row, String field) throws IOException {
        String value = row.cell(field);
        if (!value.isEmpty()) {
            json.writeStringField(field, value);
        }
    }

    /** The first cell of that field that is not blank. */
    private String firstOf(String field) {
        return rows.stream()
                .map(row -> row.cell(field))
                .filter(cell -> !cell.isBlank())
                .findFirst()
                .orElse("");
    }
}
