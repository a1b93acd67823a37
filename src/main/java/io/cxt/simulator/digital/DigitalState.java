package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Control;
import io.cxt.simulator.Fault;
import io.cxt.simulator.Journal;
import io.cxt.simulator.Json;
import io.cxt.simulator.StandInState;
import io.cxt.simulator.Tally;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state that the handlers of one digital stand-in share. */
final class DigitalState {

    static final String CHANNEL = "custom_archive_1";

    final StandInState shared;
    final MessageStore store = new MessageStore();
    final Journal<DigitalCall> journal;
    final Tally<DfoCall> calls = new Tally<>();
    final LongAdder unknownFields = new LongAdder();

    /** Faults for the next calls below {@code /dfo/3.0} that create no message. */
    final Queue<Fault> otherScript = new ConcurrentLinkedQueue<>();

    /** Makes the ids of one run differ from those of another. */
    final long run = UUID.randomUUID().getMostSignificantBits();

    volatile ArrayNode tags = Json.MAPPER.createArrayNode();
    volatile ArrayNode customFields = Json.MAPPER.createArrayNode();
    private volatile DigitalSwitches switches;

    DigitalState(StandInState shared, DigitalSwitches switches) {
        this.shared = shared;
        this.switches = switches;
        this.journal = new Journal<>(shared.settings.journalSize(), DigitalCall::number);
        store.channel(Json.MAPPER.createObjectNode().put("id", CHANNEL));
        tags.addObject().put("id", 11104).put("title", "import");
        customFields
                .addObject()
                .put("ident", "import_batch")
                .put("label", "Import batch")
                .put("type", "text")
                .put("required", false)
                .put("isEditable", true);
    }

    DigitalSwitches switches() {
        return switches;
    }

    /**
     * Reads the fields of {@code /control} that the other contract does not have: the switches by name, {@code nextOther},
     * {@code channel} with its {@code id} and the fields to change, {@code tags} and {@code customFields} as their calls answer.
     *
     * @return what applies them and tells the switches
     * @throws IllegalArgumentException naming what cannot be applied
     */
    Supplier<Map<String, String>> change(ObjectNode fields) {
        JsonNode next = fields.remove("nextOther");
        List<Fault> faults = next == null ? List.of() : Control.faults(next);
        JsonNode channel = fields.remove("channel");
        if (channel != null
                && !(channel instanceof ObjectNode && channel.path("id").isTextual())) {
            throw new IllegalArgumentException("channel must be an object with an id");
        }
        ArrayNode newTags = list("tags", fields.remove("tags"), tags);
        ArrayNode newCustomFields = list("customFields", fields.remove("customFields"), customFields);
        Map<String, JsonNode> named = new LinkedHashMap<>();
        fields.properties().forEach(field -> named.put(field.getKey(), field.getValue()));
        DigitalSwitches wanted = switches.with(named);
        return () -> {
            switches = wanted;
            tags = newTags;
            customFields = newCustomFields;
            otherScript.addAll(faults);
            if (channel instanceof ObjectNode object) {
                store.channel(object);
            }
            return Map.of("switches", wanted.toString());
        };
    }

    private static ArrayNode list(String name, @Nullable JsonNode given, ArrayNode before) {
        if (given == null) {
            return before;
        }
        if (given instanceof ArrayNode list) {
            return list;
        }
        throw new IllegalArgumentException(name + " must be a list");
    }

    DigitalCounts counts() {
        MessageStore.Sizes sizes = store.sizes();
        return new DigitalCounts(
                shared.signIns.sum(),
                shared.signInsRefused.sum(),
                shared.posts.sum(),
                sizes.accepted(),
                sizes.distinct(),
                sizes.duplicates(),
                sizes.threads(),
                sizes.contacts(),
                sizes.contacts() - sizes.threads(),
                shared.refused.sums(),
                shared.unanswered.sum(),
                shared.rateLimited.sum(),
                sizes.earlyContact(),
                shared.duringRetryAfter.sum(),
                unknownFields.sum(),
                calls.sums().entrySet().stream()
                        .collect(Collectors.toMap(each -> each.getKey().name(), Map.Entry::getValue)),
                shared.faults.sums());
    }
}
