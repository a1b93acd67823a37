package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A first mapping and template for chats of JSON or XML, from the names of their fields and what stands in them. */
final class JsonDraft {
    private static final Pattern TEXT =
            Pattern.compile("(.*[._])?(text|body|msg|message|content|utterance|comment|#text)");
    private static final Pattern BY = Pattern.compile(
            "(.*[._@])?(by|kind|role|sender_?type|author_?type|participant_?role|from|sender|author|direction|speaker|type|name)");
    private static final String CHAT =
            "(conversation|chat|session|thread|ticket|case|dialog(ue)?|room|contact|interaction|engagement)";
    private static final String NUMBER = "(id|sid|uuid|key|number|no)";
    private static final Pattern KEY = Pattern.compile("@?" + CHAT + "_?" + NUMBER + "?");
    private static final Pattern ID = Pattern.compile("@?(message|msg|entry|event|part|item)?_?(id|sid|uuid|key)");
    private static final Pattern PERSON = Pattern.compile("(.*[_.@])?(id|ref|uuid|sid|key|email|name)");
    private static final Pattern TIME =
            Pattern.compile(".*(time|date|created|sent|_at|stamp|ts).*|(.*[._@])?(at|when)");
    private static final Pattern CHAT_ID = Pattern.compile("@?" + CHAT + "?_?" + NUMBER);
    private static final int MOST_VALUES = 200;
    private static final int MOST_WORDS = 12;

    private final String each; // where the chats are
    private final JsonNode chat;
    private final String list; // where the messages of a chat are, as JSLT
    private final Map<String, List<String>> values; // of messages, by path

    private JsonDraft(String each, JsonNode chat, String list, Map<String, List<String>> values) {
        this.each = each;
        this.chat = chat;
        this.list = list;
        this.values = values;
    }

    /** From a chat, or from a document with several; null when nothing in it looks like messages. */
    static @Nullable JsonDraft of(JsonNode document) {
        return find(document, document, "", ".", 0);
    }

    /** Looks for the list of messages that lies least deep. */
    private static @Nullable JsonDraft find(JsonNode node, JsonNode chat, String each, String list, int depth) {
        if (depth > 6) {
            return null;
        }
        if (node.isArray()) {
            Map<String, List<String>> values = values(node);
            if (field(values, TEXT, false) != null && values.keySet().stream().anyMatch(name -> isTime(values, name))) {
                return new JsonDraft(each, chat, list, values);
            }
            JsonNode first = node.path(0);
            return first.isContainerNode() ? find(first, first, each + path(list), ".", depth + 1) : null;
        }
        JsonDraft found = null;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (field.getValue().isContainerNode() && found == null) {
                found = find(
                        field.getValue(),
                        chat,
                        each,
                        (list.equals(".") ? "." : list + ".") + name(field.getKey()),
                        depth + 1);
            }
        }
        return found;
    }

    private static String path(String jslt) {
        return jslt.equals(".") ? "" : jslt.replace('.', '/').replace("\"", "");
    }

    private static String name(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*") ? name : '"' + name.replace("\"", "") + '"';
    }

    private static Map<String, List<String>> values(JsonNode messages) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (JsonNode message : messages) {
            if (count++ < MOST_VALUES && message.isObject()) {
                collect(message, "", values, 0);
            }
        }
        return values;
    }

    private static void collect(JsonNode node, String path, Map<String, List<String>> values, int depth) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String name = path + "." + name(field.getKey());
            if (field.getValue().isObject() && depth < 3) {
                collect(field.getValue(), name, values, depth + 1);
            } else if (field.getValue().isTextual() || field.getValue().isNumber()) {
                values.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(field.getValue().asText());
            }
        }
    }

    private static boolean isTime(Map<String, List<String>> values, String name) {
        return TIME.matcher(plain(name)).matches()
                && !TimeForms.of(values.getOrDefault(name, List.of())).isEmpty();
    }

    private static String plain(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1_$2")
                .replace("\"", "")
                .toLowerCase(Locale.ROOT)
                .substring(1);
    }

    /** The field whose name matches and that most messages have. */
    private static @Nullable String field(Map<String, List<String>> values, Pattern names, boolean few) {
        String found = null;
        for (Map.Entry<String, List<String>> field : values.entrySet()) {
            boolean fits = names.matcher(plain(field.getKey())).matches()
                    && (!few || Set.copyOf(field.getValue()).size() <= MOST_WORDS);
            if (fits
                    && (found == null
                            || field.getValue().size()
                                    > values.getOrDefault(found, List.of()).size())) {
                found = field.getKey();
            }
        }
        return found;
    }

    private @Nullable String by() {
        for (String word : List.of("role", "type", "direction", "")) {
            for (String name : values.keySet()) {
                boolean party = !plain(name).matches(".*(recipient|receiver|to[._]).*")
                        && plain(name).matches(".*(author|sender|from|user|participant|role|direction|speaker|by).*");
                if (party && BY.matcher(plain(name)).matches() && plain(name).contains(word)) {
                    return name;
                }
            }
        }
        return field(values, BY, true);
    }

    /** The id of a person beside what says who wrote it, or of a field that is named after a party. */
    private @Nullable String who() {
        String by = by();
        String parent = by == null ? "" : by.substring(0, by.lastIndexOf('.') + 1);
        return values.keySet().stream()
                .filter(name -> !name.equals(by) && PERSON.matcher(plain(name)).matches())
                .filter(name -> parent.length() > 1 && name.startsWith(parent)
                        || plain(name).matches(".*(author|sender|from|user|participant|agent).*"))
                .findFirst()
                .orElse(null);
    }

    private @Nullable String time() {
        return values.keySet().stream()
                .filter(name -> isTime(values, name))
                .findFirst()
                .orElse(null);
    }

    /** The field by which messages of several chats are told apart; null when the list is of one chat. */
    private @Nullable String key() {
        return !list.equals(".")
                ? null
                : values.entrySet().stream()
                        .filter(field -> KEY.matcher(plain(field.getKey())).matches())
                        .filter(field -> Set.copyOf(field.getValue()).size()
                                < field.getValue().size())
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(null);
    }

    /**
     * The mapping file.
     *
     * @param outer the place of what it was drafted from, or empty
     */
    String properties(String files, String template, String format, String outer) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "# A first mapping, made from the names of the fields and the first chat. Check every line; docs/mappings.md");
        lines.add("# explains them.");
        lines.add("format = " + format);
        lines.add("files = " + files);
        lines.add("template = " + template);
        String key = key();
        String places = outer + each;
        if (key != null) {
            lines.add("# Each record is a message; those with the same value make a chat.");
            lines.add("group = /" + key.substring(1).replace("\"", "").replace('.', '/'));
        }
        if (!places.isEmpty() || list.equals(".") && key == null) {
            lines.add("each = " + (places.isEmpty() ? "." : places));
        }
        String by = by();
        if (by != null) {
            lines.addAll(RoleWords.lines(new LinkedHashSet<>(values.getOrDefault(by, List.of()))));
        }
        String time = time();
        lines.addAll(TimeForms.lines(time == null ? List.of() : values.getOrDefault(time, List.of())));
        lines.add("#agent.default = ");
        return String.join("\n", lines) + "\n";
    }

    /** The template. */
    String template() {
        String id = key() == null ? null : ".key";
        if (id == null && chat.isObject()) {
            for (Map.Entry<String, JsonNode> field : chat.properties()) {
                String plain = plain("." + field.getKey());
                boolean better = id == null || plain.length() > id.length();
                id = field.getValue().isValueNode() && CHAT_ID.matcher(plain).matches() && better
                        ? "." + name(field.getKey())
                        : id;
            }
        }
        return """
                // A first template. What it may return: docs/mappings.md.
                {
                  "interactionId": %s,
                  "messages": [for (%s) {
                    "id": %s,
                    "by": %s,
                    "who": %s,
                    "text": %s,
                    "timestamp": %s
                  }]
                }
                """.formatted(
                        id == null ? "$file.name" : id,
                        key() != null ? ".records" : list.equals(".") ? "." : "." + list.replaceFirst("^\\.", ""),
                        orNull(field(values, ID, false)),
                        orNull(by()),
                        orNull(who()),
                        orNull(field(values, TEXT, false)),
                        orNull(time()));
    }

    private static String orNull(@Nullable String path) {
        return path == null ? "null" : path;
    }
}
