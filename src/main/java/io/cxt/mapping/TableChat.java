package io.cxt.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cxt.json.TranscriptText;
import io.cxt.mapping.Times.NoTimeException;
import io.cxt.settings.Fingerprint;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rfc3339;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one chat, and the transcript they make.
 *
 * <p>Long because the order, the ids and the parties of the messages depend on each other.
 */
final class TableChat {

    /** Most rows of one chat. */
    static final int MOST_ROWS = 50_000;

    private static final String TWICE = "ids-twice";
    private static final JsonFactory JSON = new JsonFactory();

    private final Table table;
    private final List<String> fields;
    private final String[] blankCells;
    private final int maxBytes;
    private final TranscriptText text;
    private final List<Row> rows = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private Map<String, Row> byId = new HashMap<>(); // of messages
    private Map<String, String> names = Map.of(); // of the columns, by field
    private String interactionId = "";
    private int nextIndex; // of a row in the chat
    private @Nullable Row firstTwice; // the first row with the id of one before it
    private final Map<String, Integer> counts = new TreeMap<>(); // for the notes
    private long size;
    private boolean stripped; // blanks around an id
    private boolean sorted;
    private boolean customerNamed; // by a cell of its own
    private @Nullable String otherUnit; // of a time, in words, or null
    private @Nullable String tooLong; // in words, or null
    private long firstRow;
    private long firstLine;
    private long lastRow;

    TableChat(Table table, ReadingOptions options) {
        this.table = table;
        this.fields = List.copyOf(table.columns().keySet());
        this.blankCells = table.blankCells();
        this.maxBytes = options.maxRecordBytes();
        this.text = new TranscriptText(options);
    }

    /** Begins a chat. */
    void begin() {
        rows.clear();
        findings.clear();
        forgetIds();
        nextIndex = 0;
        firstTwice = null;
        counts.clear();
        size = 0;
        stripped = false;
        sorted = false;
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
            names = from.names();
            interactionId = from.cell(Table.INTERACTION);
        }
        int index = nextIndex++;
        if (tooLong != null) {
            return;
        }
        String[] cells = blankCells.clone();
        long bytes = 0;
        for (String field : fields) {
            String cell = from.cell(field);
            stripped |= !cell.isEmpty() && cell.length() < from.written(field).length();
            bytes += cell.length();
            cells[Table.place(field)] = cell;
        }
        Row row = new Row(table, from.number(), from.line(), index, cells);
        if (isLeftOut(row)) {
            return;
        }
        size += bytes;
        rows.add(row);
        if (size > maxBytes) {
            tooLong("is longer than %s bytes".formatted(maxBytes));
        } else if (rows.size() > MOST_ROWS) {
            tooLong("has more than %s rows".formatted(MOST_ROWS));
        }
    }

    /** Notes, events and, if the mapping says so, copies of a row are no messages. */
    private boolean isLeftOut(Row row) {
        if (Roles.NOTE.equals(row.role()) || Roles.EVENT.equals(row.role())) {
            count(row.role() + "s-dropped");
            return true;
        }
        String id = row.cell("id");
        Row before = id.isEmpty() ? null : byId.put(id, row);
        if (before == null) {
            return false;
        }
        if (table.ids().twice().equals("drop") && Arrays.equals(before.cells(), row.cells())) {
            count("copies-dropped");
            return true;
        }
        firstTwice = firstTwice == null ? row : firstTwice;
        count(TWICE);
        return false;
    }

    private void tooLong(String words) {
        tooLong = words;
        rows.clear();
        forgetIds();
    }

    /** To empty a map takes as long as it ever was large. */
    private void forgetIds() {
        if (byId.size() < 1_000) {
            byId.clear();
        } else {
            byId = new HashMap<>();
        }
    }

    /**
     * The transcript of the rows that were added.
     *
     * @param ofTable what there is to note about the table at this place
     */
    Entry entry(long index, long offset, List<String> ofTable) throws IOException {
        if (tooLong != null) {
            return refused(index, offset, tooLong, ofTable);
        }
        if (table.byTime()) {
            sort();
        }
        String json = json();
        byte[] raw = json.getBytes(StandardCharsets.UTF_8);
        if (raw.length > maxBytes) {
            rows.clear();
            return refused(index, offset, "is longer than %s bytes once it is mapped".formatted(maxBytes), ofTable);
        }
        Transcript transcript = text.read(json, firstLine);
        findings.addAll(text.findings());
        List<String> notes = new ArrayList<>(text.notes());
        notes.addAll(ofTable);
        if (stripped) {
            notes.add("id-blanks-stripped");
        }
        if (sorted) {
            notes.add("sorted");
        }
        counts.forEach((name, count) -> notes.add(name + ":" + count));
        return new Entry(
                        index,
                        firstLine,
                        raw,
                        findings.isEmpty() ? transcript : null,
                        List.copyOf(findings),
                        notes,
                        offset,
                        places())
                .hinting(text.hint());
    }

    private void count(String name) {
        counts.merge(name, 1, Integer::sum);
    }

    private Entry refused(long index, long offset, String words, List<String> notes) {
        Finding finding = new Finding(Reason.JSON_RECORD_SIZE, firstLine, "", words);
        return new Entry(index, firstLine, null, null, List.of(finding), notes, offset, places());
    }

    private RowPlaces places() {
        long[] numbers = rows.stream().mapToLong(Row::number).toArray();
        long[] lines = rows.stream().mapToLong(Row::line).toArray();
        return new RowPlaces(names, firstRow, firstLine, lastRow, numbers, lines, otherUnit);
    }

    private String json() throws IOException {
        StringWriter out = new StringWriter((int) Math.min(maxBytes, 256 + size * 2));
        try (JsonGenerator json = JSON.createGenerator(out)) {
            String agent = first(row -> row.cell(Table.AGENT));
            agent = agent.isEmpty() ? first(row -> row.party(Roles.AGENT)) : agent;
            agent = agent.isEmpty() ? table.agentDefault() : agent;
            String customer = first(row -> row.cell(Table.CUSTOMER));
            customerNamed = !customer.isEmpty();
            customer = customerNamed ? customer : first(row -> row.party(Roles.CUSTOMER));
            String with = agent; // the agent who was in the chat last, as far as the rows say
            json.writeStartObject();
            json.writeStringField(Table.INTERACTION, interactionId);
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
        boolean byCustomer = Roles.CUSTOMER.equals(row.role());
        String ownCustomer = customerNamed ? row.cell(Table.CUSTOMER) : byCustomer ? row.cell(Table.FROM) : "";
        if (!ownCustomer.isBlank() && !ownCustomer.equals(customer)) {
            String pointer = customerNamed ? "/" + Table.CUSTOMER : "/from/id";
            found(Reason.MAP_DIFFERS, index, pointer, "is not the same as in the rows of the chat before");
        }
        if (row == firstTwice && table.ids().twice().equals("refuse")) {
            int others = counts.getOrDefault(TWICE, 1) - 1;
            String more = others == 0 ? "" : ", and so do %s more".formatted(others);
            found(Reason.MAP_ID_TWICE, index, "/id", "holds the id of a row of the chat before" + more);
        }
        id(json, row);
        parties(json, index, agent, customer);
        json.writeStringField("text", row.cell("text"));
        timestamp(json, index);
        optional(json, row, "type");
        optional(json, row, "format");
    }

    /** The message's id; one that is made is the same whenever the table is read. */
    private void id(JsonGenerator json, Row row) throws IOException {
        if (table.ids().make() && row.cell("id").isEmpty()) {
            byte[] of = (interactionId + "\n" + row.index()).getBytes(StandardCharsets.UTF_8);
            json.writeStringField(
                    "id", HexFormat.of().formatHex(Fingerprint.sha256().digest(of), 0, 16));
            count("ids-made");
        } else {
            optional(json, row, "id");
        }
    }

    /** Who wrote it and to whom, as the row says; else as the role says: the customer and all others write to each other. */
    private void parties(JsonGenerator json, int index, String agent, String customer) throws IOException {
        Row row = rows.get(index);
        String role = row.role();
        if (role == null) {
            found(Reason.MAP_ROLE, index, "/from/type", withoutRole(row));
            json.writeNullField("from"); // so that the dead letter is refused again until it is corrected
            json.writeNullField("to");
            return;
        }
        String sender =
                switch (role) {
                    case Roles.CUSTOMER -> customer;
                    case Roles.AGENT -> agent;
                    default -> role;
                };
        party(json, "from", row.given(Table.FROM, sender), row.fromType(role));
        party(json, "to", row.given("to.id", role.equals(Roles.CUSTOMER) ? agent : customer), row.toType());
    }

    private static String withoutRole(Row row) {
        int length = row.sender().strip().length();
        if (length > 0) {
            return "holds a word of %s characters that is in no role of the mapping".formatted(length);
        }
        boolean message =
                !row.cell("text").isBlank() || !row.cell(Table.TIMESTAMP).isBlank();
        return message
                ? "is empty, and says who wrote the message"
                : "is empty, and so are text and time: a row that is no message, such as a total, does not belong here";
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

    /** The first that is not blank in the rows. */
    private String first(Function<Row, String> cell) {
        for (Row row : rows) {
            String found = cell.apply(row);
            if (!found.isBlank()) {
                return found;
            }
        }
        return "";
    }

    /** Puts the rows in the order of their times, then of their numbers; as they came while one of these cannot be read. */
    private void sort() {
        List<Placed> placed = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Instant time = time(rows.get(i));
            Long number = sequence(rows.get(i));
            if (number == null) {
                found(
                        Reason.TS_ORDER,
                        i,
                        "/" + Table.SEQUENCE,
                        "is no whole number, by which the rows are put in order");
            }
            if (time == null || number == null) {
                return;
            }
            placed.add(new Placed(rows.get(i), time, number));
        }
        placed.sort(Comparator.comparing(Placed::time).thenComparing(Placed::number));
        for (int i = 0; i < placed.size(); i++) {
            sorted |= rows.set(i, placed.get(i).row()) != placed.get(i).row();
        }
    }

    private record Placed(Row row, Instant time, long number) {}

    private @Nullable Instant time(Row row) {
        try {
            return Rfc3339.parse(table.times().rfc3339(row.cell(Table.TIMESTAMP)))
                    .orElse(null);
        } catch (NoTimeException e) {
            return null; // is found when it is written
        }
    }

    private @Nullable Long sequence(Row row) {
        try {
            return table.columns().containsKey(Table.SEQUENCE)
                    ? Long.parseLong(row.cell(Table.SEQUENCE).strip())
                    : Long.valueOf(0);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
