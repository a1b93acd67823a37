package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is wrong with one call, as {@code errors[]} has it. Quotes what was sent, so that tests notice when CXT leaks it. */
final class Violations {

    private static final int QUOTED_CHARACTERS = 200;

    final List<Map<String, Object>> errors = new ArrayList<>();

    /** Fields that the contract does not name. */
    int unknown;

    static Violations of(String message) {
        Violations one = new Violations();
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", message);
        one.errors.add(error);
        return one;
    }

    static Violations of(String field, String message, JsonNode value) {
        Violations one = new Violations();
        one.add(field, message, value);
        return one;
    }

    void add(String field, String message, JsonNode value) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("field", field);
        error.put("message", message);
        error.put(
                "parameters",
                value.isMissingNode()
                        ? Map.of()
                        : Map.of("value", text.substring(0, Math.min(text.length(), QUOTED_CHARACTERS))));
        errors.add(error);
    }
}
