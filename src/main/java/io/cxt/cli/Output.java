package io.cxt.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cxt.audit.AuditEntry;
import io.cxt.text.SafeJson;
import io.cxt.text.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine;

/** How results are printed. */
enum Output {
    table,
    json,
    /** Made of JSON by {@link CsvOutput}: a command is asked for that. */
    csv;

    /** What a command prints for what was asked for. */
    static Output asked(String word) {
        Output form = valueOf(word.toLowerCase(Locale.ROOT));
        if (form == csv) {
            CsvOutput.begin();
            return json;
        }
        return form;
    }

    /** The option of commands that print a table or JSON. */
    static final class Option {
        @CommandLine.Option(
                names = {"-o", "--output"},
                paramLabel = "FORM",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES}.")
        Output output = table;
    }

    /** The value as JSON on several lines. */
    static String json(Object value) {
        try {
            return Json.MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own results can be written as JSON", e);
        }
    }

    /** The value as JSON on one line. */
    static String line(Object value) {
        try {
            return Json.MAPPER
                    .writer()
                    .without(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own results can be written as JSON", e);
        }
    }

    /** Prints a value as the next one of an array, which {@link #endOfItems} or {@link #error} closes. */
    static void item(Object value) {
        System.out.print((begun ? "," : "[") + System.lineSeparator() + json(value));
        begun = true;
    }

    static void endOfItems() {
        System.out.println(begun ? System.lineSeparator() + "]" : "[]");
        begun = false;
    }

    /** Prints why there is no result: as an object, or as the last value of the array that was begun. */
    static void error(String words) {
        Map<String, String> error = Map.of("error", words);
        if (begun) {
            item(error);
            endOfItems();
        } else {
            System.out.println(json(error));
        }
    }

    private static boolean begun;

    /** Longest cell, characters; no id is longer. */
    private static final int LONGEST = 600;

    /** Rows under a header, each column as wide as its widest value; control characters are escaped. */
    static String table(List<String> header, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(header);
        rows.forEach(row -> all.add(row.stream()
                .map(cell -> cell == null ? "" : SafeText.escaped(cell, LONGEST))
                .toList()));
        int[] widths = new int[header.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    /** Created on first use: a table needs none, and a mapper is expensive. */
    private static final class Json {
        static final ObjectMapper MAPPER =
                SafeJson.mapper().enable(SerializationFeature.INDENT_OUTPUT).build();
    }

    /** Audit events as a table. */
    static String events(List<AuditEntry> events) {
        return table(
                List.of(
                        "AT",
                        "EVENT",
                        "INTERACTION",
                        "PART",
                        "SOURCE",
                        "HTTP",
                        "CALL",
                        "MS",
                        "REASON",
                        "CONVERSATION",
                        "DETAIL",
                        "ACTOR"),
                events.stream().map(Output::row).toList());
    }

    private static List<String> row(AuditEntry event) {
        return Stream.of(
                        event.at(),
                        event.event(),
                        event.interactionId(),
                        event.part(),
                        event.source(),
                        event.httpStatus(),
                        event.attempt(),
                        event.latencyMs(),
                        event.reason(),
                        event.conversationId(),
                        event.detail(),
                        event.actor())
                .map(value -> Objects.toString(value, ""))
                .toList();
    }
}
