package io.cxt.mapping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The words that systems use for who wrote a message, for a first mapping. */
final class RoleWords {
    private static final Map<String, Pattern> WORDS = words();

    private RoleWords() {}

    private static Map<String, Pattern> words() {
        Map<String, Pattern> words = new LinkedHashMap<>();
        words.put("note", Pattern.compile(".*(note|internal|private|whisper|remark).*"));
        words.put("bot", Pattern.compile(".*(bot|automat|trigger|assistant|virtual).*"));
        words.put("agent", Pattern.compile(".*(agent|operator|advis|admin|staff|support|supervisor|outbound|rep).*"));
        words.put(
                "customer",
                Pattern.compile(".*(customer|visitor|client|user|consumer|lead|contact|guest|inbound|external).*"));
        words.put("system", Pattern.compile(".*(system|event|info|status|workflow|rule).*"));
        return words;
    }

    /** True for a word that probably stands for who wrote a message. */
    static boolean isOne(String word) {
        return WORDS.values().stream()
                .anyMatch(role -> role.matcher(word.toLowerCase(Locale.ROOT)).matches());
    }

    /** Lines of a mapping file in which each word has the role that it probably stands for. */
    static List<String> lines(Collection<String> found) {
        Map<String, List<String>> roles = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String word : found) {
            WORDS.entrySet().stream()
                    .filter(role -> role.getValue()
                            .matcher(word.toLowerCase(Locale.ROOT))
                            .matches())
                    .findFirst()
                    .ifPresentOrElse(
                            role -> roles.computeIfAbsent(role.getKey(), key -> new ArrayList<>())
                                    .add(word),
                            () -> unknown.add(word));
        }
        List<String> lines = new ArrayList<>();
        roles.forEach((role, words) -> lines.add("role.%s = %s".formatted(role, String.join(", ", words))));
        if (!unknown.isEmpty()) {
            lines.add("# Nothing says what these stand for: put each behind a role.");
            lines.add("#role.customer = " + String.join(", ", unknown));
        }
        return lines;
    }
}
