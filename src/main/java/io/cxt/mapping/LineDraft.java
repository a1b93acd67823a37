package io.cxt.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A first mapping for a text, from the forms of lines that exports use most. */
final class LineDraft {
    /** What it returns: docs/mappings.md. */
    static final String TEMPLATE = """
            // A first template. What it may return: docs/mappings.md.
            {
              "interactionId": $file.name,
              "messages": [for (.lines) {"by": .by, "who": .by, "text": .text, "timestamp": .time, "at": .line}],
              "notes": {"lines-skipped": .skipped}
            }
            """;

    private static final String TIME =
            "(?<time>[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4},?[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?([.,][0-9]+)?( ?[AaPp][.]?[Mm][.]?)?(Z|[+-][0-9:]+)?)";

    private static final List<String> FORMS = List.of(
            "\\[" + TIME + "\\] (?<by>[^:]{1,80}): ?(?<text>.*)",
            TIME + " - (?<by>[^:]{1,80}): ?(?<text>.*)",
            TIME + " +(?<by>[^:]{1,80}): ?(?<text>.*)",
            "(?<by>[^:(]{1,80}) \\(" + TIME + "\\): ?(?<text>.*)");

    private static final int MOST_WORDS = 6;

    private LineDraft() {}

    /** The mapping file; null when the lines have none of the forms. */
    static @Nullable String properties(String text, String files, String template) {
        String best = null;
        List<Map<String, String>> found = List.of();
        for (String form : FORMS) {
            TextForm lines = TextForm.read(MappingFile.of(Map.of("line", form)));
            List<Map<String, String>> messages = text.lines()
                    .map(lines::message)
                    .filter(Objects::nonNull)
                    .map(groups -> (Map<String, String>) new LinkedHashMap<>(groups))
                    .toList();
            if (messages.size() > found.size()) {
                best = form;
                found = messages;
            }
        }
        if (best == null) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        lines.add("# A first mapping, made from the first lines. Check every line; docs/mappings.md explains them.");
        lines.add("format = text");
        lines.add("files = " + files);
        lines.add("template = " + template);
        lines.add("line = " + best.replace("\\", "\\\\"));
        Set<String> names = new LinkedHashSet<>();
        found.forEach(message -> names.add(message.getOrDefault("by", "")));
        lines.add("# Names in the file: " + (names.size() > MOST_WORDS ? names.size() : String.join(", ", names)));
        lines.add("# Say whose are those of agents; all others are customers.");
        lines.add("#role.agent = ");
        lines.add("role.customer = *");
        lines.addAll(TimeForms.lines(
                found.stream().map(message -> message.getOrDefault("time", "")).toList()));
        return String.join("\n", lines) + "\n";
    }
}
