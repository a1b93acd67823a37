package io.cxt.simulator.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.text.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the stand-in does where the published contract is silent, and its limits. Each can be changed while it runs.
 *
 * @param duplicate a message id that the channel already has
 * @param success the status of an accepted message: 200 or 201 with a body, 202 or 204 without
 * @param done the status of an accepted change that has no answer: 200 or 204
 * @param invalid the status of a body that breaks the contract: 400 or 422
 * @param errorBodies false for refusals without a body
 * @param oldDates a message that is more than a day old
 * @param newContactAfter the contact's status after which the next message of its thread opens another contact
 * @param tokenNames the spelling of the fields in the answer to a sign-in
 * @param searchLagMillis how long a message cannot be found after it was stored; milliseconds, 0 to 600000
 * @param longText the length above which a text is cut except by {@code GET /messages/{id}}; characters, 0 for never
 * @param pageSize messages in each answer to a search, 1 to 10000
 * @param contactBurst changes to one contact accepted at once, 1 to 1000000
 * @param contactPerMinute changes to one contact accepted in each minute after that, 0 (no limit) to 1000000
 * @param area names the area in the discovery document
 * @param domain the domain there; blank for {@code localhost} and the port
 */
public record DigitalSwitches(
        Duplicate duplicate,
        int success,
        int done,
        int invalid,
        boolean errorBodies,
        OldDates oldDates,
        NewContactAfter newContactAfter,
        TokenNames tokenNames,
        int searchLagMillis,
        int longText,
        int pageSize,
        int contactBurst,
        double contactPerMinute,
        String area,
        String domain) {

    /** New: another message. Same: 200 with the message that is there. Conflict: 409. Unprocessable: 422. */
    public enum Duplicate {
        NEW,
        SAME,
        CONFLICT,
        UNPROCESSABLE
    }

    /** Kept, replaced by the time of arrival, or refused. */
    public enum OldDates {
        KEPT,
        NOW,
        REFUSED
    }

    /** Closed or trashed; these and resolved; or none. */
    public enum NewContactAfter {
        CLOSED,
        RESOLVED,
        NEVER
    }

    /** {@code access_token} or {@code accessToken}. */
    public enum TokenNames {
        SNAKE,
        CAMEL
    }

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private static final int MOST = 1_000_000;

    public DigitalSwitches {
        List<String> problems = new ArrayList<>();
        amongst(problems, "success", success, List.of(200, 201, 202, 204));
        amongst(problems, "done", done, List.of(200, 204));
        amongst(problems, "invalid", invalid, List.of(400, 422));
        within(problems, "searchLagMillis", searchLagMillis, 0, 600_000);
        within(problems, "longText", longText, 0, MOST);
        within(problems, "pageSize", pageSize, 1, 10_000);
        within(problems, "contactBurst", contactBurst, 1, MOST);
        within(problems, "contactPerMinute", contactPerMinute, 0, MOST);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void amongst(List<String> problems, String name, int value, List<Integer> allowed) {
        if (!allowed.contains(value)) {
            problems.add("%s is %s; allowed: %s".formatted(name, value, allowed));
        }
    }

    private static void within(List<String> problems, String name, double value, int least, int most) {
        if (!(value >= least && value <= most)) {
            problems.add("%s is %s; allowed: %s to %s".formatted(name, value, least, most));
        }
    }

    /** The published limit of a contact; everything else in the way that is easiest for a client. */
    public static DigitalSwitches defaults() {
        return new DigitalSwitches(
                Duplicate.NEW,
                201,
                204,
                400,
                true,
                OldDates.KEPT,
                NewContactAfter.CLOSED,
                TokenNames.SNAKE,
                0,
                0,
                25,
                250,
                17,
                "standin",
                "");
    }

    /**
     * The same with other values by name, for example {@code Map.of("duplicate", "conflict", "searchLagMillis", 500)}. Numbers
     * and truth values may be texts.
     *
     * @throws IllegalArgumentException for an unknown name or a value that is not allowed; the message says which are
     */
    public DigitalSwitches with(Map<String, ?> values) {
        ObjectNode all = MAPPER.valueToTree(this);
        for (Map.Entry<String, ?> value : values.entrySet()) {
            if (!all.has(value.getKey())) {
                List<String> names = new ArrayList<>();
                all.fieldNames().forEachRemaining(names::add);
                throw new IllegalArgumentException("there is no switch '%s'; the nearest is %s. Known: %s"
                        .formatted(value.getKey(), Nearest.to(value.getKey(), names), String.join(", ", names)));
            }
            all.set(value.getKey(), MAPPER.valueToTree(value.getValue()));
        }
        try {
            return MAPPER.treeToValue(all, DigitalSwitches.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    e.getCause() instanceof IllegalArgumentException own ? own.getMessage() : e.getOriginalMessage());
        }
    }

    /** The same with one other value. */
    public DigitalSwitches with(String name, Object value) {
        return with(Map.of(name, value));
    }
}
