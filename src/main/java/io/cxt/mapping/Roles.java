package io.cxt.mapping;

import io.cxt.transcript.Blanks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who wrote a message, by the word or name that the source has for it: {@code role.agent = agent, supervisor, agent:*}. A
 * word without {@code *} and {@code ?} wins over patterns, and a longer pattern over a shorter one. For all threads.
 */
final class Roles {
    static final String CUSTOMER = "customer";
    static final String AGENT = "agent";
    static final String BOT = "bot";

    /** What persons of one side write to each other. It never becomes chat, and is left out. */
    static final String NOTE = "note";

    /** What nobody wrote, such as a rating or that somebody left. It is left out. */
    static final String EVENT = "event";

    private static final String PREFIX = "role.";

    /** The words of each role when the mapping has none; a note counts as one unless the mapping says otherwise. */
    private static final Map<String, String> WITHOUT_WORDS =
            Map.of(CUSTOMER, CUSTOMER, AGENT, AGENT, BOT, BOT, "system", "system", NOTE, "note, internal, private");

    /** In the order in which patterns of the same length are tried. */
    private static final List<String> ALL = List.of(NOTE, EVENT, CUSTOMER, AGENT, BOT, "system");

    private final Map<String, String> words = new HashMap<>();
    private final List<Map.Entry<String, String>> patterns = new ArrayList<>();

    private Roles() {}

    /** The keys that a mapping can have. */
    static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        ALL.forEach(role -> keys.add(PREFIX + role));
        return keys;
    }

    /** Reads what the file says; a word under two roles is a problem of the file. */
    static Roles read(MappingFile file) {
        Roles roles = new Roles();
        Map<String, String> all = new HashMap<>();
        for (String role : List.of(CUSTOMER, AGENT, BOT, "system", NOTE, EVENT)) {
            boolean said = file.optional(PREFIX + role).isPresent();
            for (String word : file.optional(PREFIX + role)
                    .orElse(WITHOUT_WORDS.getOrDefault(role, ""))
                    .split(",")) {
                String lower = lower(word);
                String before = lower.isEmpty() ? role : all.putIfAbsent(lower, role);
                if (before != null && !before.equals(role) && (said || !role.equals(NOTE))) {
                    file.problem("the word %s stands in role.%s and in role.%s; keep it in one of them"
                            .formatted(word.strip(), before, role));
                }
            }
        }
        all.forEach((word, role) -> {
            if (word.indexOf('*') < 0 && word.indexOf('?') < 0) {
                roles.words.put(word, role);
            } else {
                roles.patterns.add(Map.entry(word, role));
            }
        });
        roles.patterns.sort(Comparator.comparingInt((Map.Entry<String, String> pattern) -> -literals(pattern.getKey()))
                .thenComparing(pattern -> -pattern.getKey().length())
                .thenComparing(pattern -> ALL.indexOf(pattern.getValue())));
        return roles;
    }

    /** The role that a word or a name stands for, as behind {@code role.}; null when it stands for none, or is blank. */
    @Nullable
    String of(String word) {
        String lower = lower(word);
        String role = words.get(lower);
        if (role == null && !lower.isEmpty()) {
            for (Map.Entry<String, String> pattern : patterns) {
                if (matches(pattern.getKey(), lower)) {
                    return pattern.getValue();
                }
            }
        }
        return role;
    }

    private static String lower(String word) {
        return Blanks.strip(word).toLowerCase(Locale.ROOT);
    }

    private static int literals(String pattern) {
        return (int) pattern.chars().filter(c -> c != '*').count();
    }

    /** Without going back further than to the last {@code *}, so a long name costs no more than its length times the pattern's. */
    private static boolean matches(String pattern, String word) {
        int p = 0;
        int star = -1;
        int behindStar = 0;
        int w = 0;
        while (w < word.length()) {
            char c = p < pattern.length() ? pattern.charAt(p) : 0;
            if (c == '*') {
                star = p++;
                behindStar = w;
            } else if (p < pattern.length() && (c == '?' || c == word.charAt(w))) {
                p++;
                w++;
            } else if (star >= 0) {
                p = star + 1;
                w = ++behindStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
