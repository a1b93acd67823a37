package io.cxt.mapping;

import io.cxt.text.SafeText;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** A first mapping for a table, from the names of its columns and from what stands in its first rows. */
final class TableDraft {
    private static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');
    private static final int ROWS = 200;
    private static final int MOST_WORDS = 12;

    /** What columns are often called, by the field they hold; in the order in which they are looked for. */
    private static final Map<String, Pattern> NAMES = names();

    private final char delimiter;
    private final List<CSVRecord> rows;
    private final Map<String, String> columns = new LinkedHashMap<>();

    private TableDraft(char delimiter, List<CSVRecord> rows) {
        this.delimiter = delimiter;
        this.rows = rows;
    }

    private static Map<String, Pattern> names() {
        Map<String, Pattern> names = new LinkedHashMap<>();
        names.put("id", Pattern.compile("(message|msg|event|entry|row)_?(id|sid|uuid|key)"));
        names.put(
                Table.INTERACTION,
                Pattern.compile(
                        "(conversation|chat|session|thread|ticket|case|interaction|dialog(ue)?|contact|engagement|room)_?(id|sid|uuid|key|no|number|ref)?"));
        names.put(
                Table.ROLE,
                Pattern.compile(
                        ".*(role|sender_?type|author_?type|participant_?type|direction)|sender|author|from|speaker"));
        names.put(Table.AGENT, Pattern.compile("(agent|operator|advis[oe]r|rep|staff|assignee|owner|employee).*"));
        names.put(
                Table.CUSTOMER,
                Pattern.compile("(customer|visitor|client|end_?user|requester|caller|guest|consumer|user).*"));
        names.put("text", Pattern.compile("(message|msg|chat)?_?(text|body|content|message|utterance|comment|msg)"));
        return names;
    }

    /** The table that a text begins with, or null when it is none: rows with as many cells as the first one, three at least. */
    static @Nullable TableDraft of(String text) {
        TableDraft best = null;
        for (char delimiter : DELIMITERS) {
            List<CSVRecord> rows = rows(text, delimiter);
            int width = rows.isEmpty() ? 0 : rows.get(0).size();
            boolean even = rows.size() > 1 && rows.stream().allMatch(row -> row.size() == width);
            if (even && width >= 3 && (best == null || width > best.rows.get(0).size())) {
                best = new TableDraft(delimiter, rows);
            }
        }
        return best;
    }

    private static List<CSVRecord> rows(String text, char delimiter) {
        String begins = text.startsWith("sep=") ? text.substring(text.indexOf('\n') + 1) : text;
        List<CSVRecord> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.builder()
                .setReader(new StringReader(begins))
                .setFormat(CSVFormat.RFC4180.builder().setDelimiter(delimiter).get())
                .get()) {
            for (CSVRecord row : parser) {
                boolean blank = row.stream().allMatch(String::isBlank);
                if (!blank && rows.size() < ROWS) {
                    rows.add(row);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return rows; // cut in a cell
        }
        return rows;
    }

    /** What stands in the columns, a line each. */
    List<String> samples() {
        find();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.get(0).size(); i++) {
            String name = name(i);
            String field = columns.entrySet().stream()
                    .filter(column -> column.getValue().equals(name))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("");
            List<String> values = values(i);
            String shown =
                    String.join(" | ", values.stream().distinct().limit(3).toList());
            lines.add("%s  %s  %s".formatted(name, field.isEmpty() ? "-" : "-> " + field, SafeText.escaped(shown, 90)));
        }
        return lines;
    }

    /** The mapping file. */
    String properties(String files) {
        find();
        List<String> lines = new ArrayList<>();
        lines.add(
                "# A first mapping, made from the names of the columns and the first rows. Check every line; rows.properties");
        lines.add("# explains them.");
        lines.add("format = csv");
        lines.add("files = " + files);
        lines.add("delimiter = " + (delimiter == '\t' ? "tab" : delimiter));
        for (String field :
                List.of(Table.INTERACTION, Table.AGENT, Table.CUSTOMER, "text", Table.TIMESTAMP, Table.ROLE, "id")) {
            String column = columns.get(field);
            boolean needed = !field.equals("id");
            if (column != null) {
                lines.add("column.%s = %s".formatted(field, column.replace("\\", "\\\\")));
            } else if (needed) {
                lines.add("# No column was found for this: name it.");
                lines.add("column.%s = ".formatted(field));
            }
        }
        lines.addAll(roles());
        lines.addAll(TimeForms.lines(valuesOf(Table.TIMESTAMP)));
        return String.join("\n", lines) + "\n";
    }

    private List<String> roles() {
        Set<String> words = new TreeSet<>(valuesOf(Table.ROLE).stream()
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .toList());
        return words.size() > MOST_WORDS
                ? List.of(
                        "# Who wrote a message is a name. Say whose are those of agents; all others are customers.",
                        "#role.agent = ",
                        "role.customer = *")
                : RoleWords.lines(words);
    }

    private void find() {
        if (!columns.isEmpty()) {
            return;
        }
        for (int i = 0; i < rows.get(0).size(); i++) {
            if (!columns.containsKey(Table.TIMESTAMP)
                    && !TimeForms.of(values(i)).isEmpty()) {
                columns.put(Table.TIMESTAMP, name(i));
            }
        }
        NAMES.forEach((field, pattern) -> {
            for (int i = 0; i < rows.get(0).size(); i++) {
                String name = name(i);
                String plain = name.strip()
                        .replaceAll("([a-z])([A-Z])", "$1_$2")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]+", "_");
                if (!columns.containsKey(field)
                        && !columns.containsValue(name)
                        && pattern.matcher(plain).matches()) {
                    columns.put(field, name);
                }
            }
        });
        if (!columns.containsKey(Table.ROLE)) {
            other(column -> values(column).stream().distinct().count() <= MOST_WORDS
                            && values(column).stream().filter(RoleWords::isOne).count() * 2
                                    > values(column).size())
                    .ifPresent(column -> columns.put(Table.ROLE, name(column)));
        }
        if (!columns.containsKey("text")) {
            other(column -> TimeForms.of(values(column)).isEmpty())
                    .ifPresent(column -> columns.put("text", name(column)));
        }
    }

    /** Of the columns without a field, the one with the longest values. */
    private Optional<Integer> other(IntPredicate which) {
        return IntStream.range(0, rows.get(0).size())
                .filter(column -> !columns.containsValue(name(column)) && which.test(column))
                .boxed()
                .max(Comparator.comparingInt(column ->
                        values(column).stream().mapToInt(String::length).sum()));
    }

    private String name(int column) {
        return rows.get(0).get(column).strip();
    }

    private List<String> valuesOf(String field) {
        for (int i = 0; i < rows.get(0).size(); i++) {
            if (name(i).equals(columns.get(field))) {
                return values(i);
            }
        }
        return List.of();
    }

    private List<String> values(int column) {
        return rows.stream()
                .skip(1)
                .map(row -> row.get(column))
                .filter(value -> !value.isBlank())
                .toList();
    }
}
