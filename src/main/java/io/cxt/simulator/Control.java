package io.cxt.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code POST /control}: changes how calls are handled, from another process. Fields, all optional:
 *
 * <pre>
 * {"latencyMillis": 20, "ratePerSecond": 50, "burst": 10, "retryAfterForm": "DATE", "graceMillis": 100,
 *  "seed": 1, "faults": {"503": 1.0, "429;Retry-After: 2": 0.5},     all faults; {} for none
 *  "next": ["reset-after-body"], "nextSignIn": ["503"], "revokeTokens": true}
 * </pre>
 *
 * @param others reads the fields that only one contract has, and returns what applies them and tells what holds then
 */
public record Control(StandInState state, Function<ObjectNode, Supplier<Map<String, String>>> others) {
    private static final int MOST_BYTES = 1_048_576;

    /** For a contract that has no other fields. */
    static Supplier<Map<String, String>> noMore(ObjectNode fields) {
        fields.fieldNames().forEachRemaining(name -> {
            throw new IllegalArgumentException("no such field: " + name);
        });
        return Map::of;
    }

    public Reply handle(Request request) {
        try {
            byte[] body = request.body(MOST_BYTES);
            JsonNode wish = Json.MAPPER.readTree(body == null ? new byte[0] : body);
            if (wish == null || !wish.isObject()) {
                throw new IllegalArgumentException("the body must be a JSON object");
            }
            Map<String, String> now = new TreeMap<>(apply(wish));
            now.put("traffic", state.traffic().toString());
            return Reply.json(200, Json.of(now));
        } catch (JsonProcessingException e) {
            return Reply.error(400, "bad_request", "the body is not JSON");
        } catch (IOException e) {
            return Reply.error(400, "bad_request", "the body cannot be read");
        } catch (IllegalArgumentException e) {
            return Reply.error(400, "bad_request", e.getMessage());
        }
    }

    /** Reads every field before it changes anything. */
    private Map<String, String> apply(JsonNode wish) {
        Traffic traffic = state.traffic();
        List<Fault> next = List.of();
        List<Fault> nextSignIn = List.of();
        boolean revoke = false;
        ObjectNode rest = Json.MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> field : wish.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "latencyMillis" -> traffic = traffic.withLatency((int) number(field));
                case "graceMillis" -> traffic = traffic.withGrace((int) number(field));
                case "ratePerSecond" -> traffic = traffic.withRate(number(field), traffic.burst());
                case "burst" -> traffic = traffic.withRate(traffic.ratePerSecond(), (int) number(field));
                case "retryAfterForm" -> traffic = traffic.withRetryAfter(RetryAfterForm.valueOf(value.asText()));
                case "seed" -> traffic = traffic.withFaults(traffic.faults().withSeed((long) number(field)));
                case "faults" ->
                    traffic = traffic.withFaults(plan(traffic.faults().seed(), value));
                case "next" -> next = faults(value);
                case "nextSignIn" -> nextSignIn = faults(value);
                case "revokeTokens" -> revoke = value.asBoolean();
                default -> rest.set(field.getKey(), value);
            }
        }
        Supplier<Map<String, String>> other = others.apply(rest);
        Traffic wanted = traffic;
        state.change(before -> wanted);
        state.script.addAll(next);
        state.signInScript.addAll(nextSignIn);
        if (revoke) {
            state.tokens.revokeAll();
        }
        return other.get();
    }

    private static double number(Map.Entry<String, JsonNode> field) {
        if (!field.getValue().isNumber()) {
            throw new IllegalArgumentException(field.getKey() + " must be a number");
        }
        return field.getValue().doubleValue();
    }

    private static FaultPlan plan(long seed, JsonNode shares) {
        FaultPlan plan = new FaultPlan(seed, List.of());
        for (Map.Entry<String, JsonNode> share : shares.properties()) {
            plan = plan.with(Fault.parse(share.getKey()), number(share));
        }
        return plan;
    }

    /** The faults of a list of texts. */
    public static List<Fault> faults(JsonNode texts) {
        List<Fault> faults = new ArrayList<>();
        texts.forEach(text -> faults.add(Fault.parse(text.asText())));
        return faults;
    }
}
