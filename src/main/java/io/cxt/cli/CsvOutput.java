package io.cxt.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.text.SafeText;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * What a command prints as JSON, as comma-separated values (RFC 4180): a row for each element of a list, or one for an object.
 * The fields of an object that holds lists are a row of their own, and the column {@code list} names the list of each. Names of
 * nested fields are joined by dots; a list within a row is JSON. A cell that a spreadsheet would take for a formula begins
 * with an apostrophe.
 *
 * <p>The columns are known only at the end, so the JSON waits in a file without a name. It is read twice; memory stays flat.
 */
final class CsvOutput {
    private static final String LIST = "list";
    private static final String FORMULA = "=+-@";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static @Nullable CsvOutput begun;

    private final PrintStream real;
    private final PrintStream captured;
    private final SeekableByteChannel json;

    private CsvOutput(PrintStream real, SeekableByteChannel json) {
        this.real = real;
        this.json = json;
        this.captured = new PrintStream(Channels.newOutputStream(json), false, StandardCharsets.UTF_8);
    }

    /** From now on, what the command prints is kept. */
    static void begin() {
        if (begun != null) {
            return;
        }
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "cxt-" + UUID.randomUUID());
        try {
            SeekableByteChannel json = Files.newByteChannel(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            CsvOutput csv = new CsvOutput(System.out, json);
            begun = csv;
            System.setOut(csv.captured);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write to " + file.getParent() + ", where -o csv gathers its rows", e);
        }
    }

    static boolean hasBegun() {
        return begun != null;
    }

    /** Prints what was kept. Nothing when nothing was. */
    static void end() {
        CsvOutput csv = begun;
        if (csv == null) {
            return;
        }
        begun = null;
        System.setOut(csv.real);
        try (SeekableByteChannel json = csv.json) {
            csv.captured.flush();
            if (csv.captured.checkError()) {
                throw new IOException("the folder for temporary files takes no more");
            }
            if (json.size() > 0) {
                csv.print();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void print() throws IOException {
        Set<String> columns = new LinkedHashSet<>();
        rows(row -> columns.addAll(row.keySet()));
        if (columns.isEmpty()) {
            return;
        }
        CSVPrinter printer = new CSVPrinter(real, CSVFormat.RFC4180);
        printer.printRecord(columns);
        rows(row -> {
            List<String> cells = new ArrayList<>();
            columns.forEach(column -> cells.add(row.getOrDefault(column, "")));
            try {
                printer.printRecord(cells);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        printer.flush();
    }

    private void rows(Consumer<Map<String, String>> row) throws IOException {
        json.position(0);
        try (JsonParser parser =
                MAPPER.createParser(Channels.newInputStream(json)).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_ARRAY) {
                    elements(parser, null, row);
                } else {
                    object(parser, row);
                }
            }
        }
    }

    private static void elements(JsonParser parser, @Nullable String list, Consumer<Map<String, String>> row)
            throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            row.accept(row(list, MAPPER.readTree(parser)));
        }
    }

    private static void object(JsonParser parser, Consumer<Map<String, String>> row) throws IOException {
        ObjectNode fields = MAPPER.createObjectNode();
        boolean lists = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                lists = true;
                elements(parser, name, row);
            } else {
                fields.set(name, MAPPER.<JsonNode>readTree(parser));
            }
        }
        if (!fields.isEmpty()) {
            row.accept(row(lists ? "" : null, fields));
        }
    }

    private static Map<String, String> row(@Nullable String list, JsonNode value) {
        Map<String, String> row = new LinkedHashMap<>();
        if (list != null) {
            row.put(LIST, list);
        }
        put(row, value.isObject() ? "" : "value", value);
        return row;
    }

    private static void put(Map<String, String> row, String name, JsonNode value) {
        if (value.isObject()) {
            value.properties()
                    .forEach(field ->
                            put(row, name.isEmpty() ? field.getKey() : name + "." + field.getKey(), field.getValue()));
        } else if (value.isTextual()) {
            String text = SafeText.readable(value.textValue());
            row.put(name, !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text);
        } else {
            row.put(name, value.isNull() ? "" : value.toString());
        }
    }
}
