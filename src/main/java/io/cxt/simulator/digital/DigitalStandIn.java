package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Fault;
import io.cxt.simulator.Json;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.StandInState;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A running stand-in for CXone that serves the {@code cxone-digital} contract: sign-in, discovery, {@code /dfo/3.0}, and
 * {@code GET /stats}, {@code GET /stats/accepted} and {@code POST /control}. All methods are thread-safe.
 *
 * <p>A post is a new message; shares of faults and {@link #next} apply to these. The traffic's rate is the limit of the tenant, its
 * latency applies to every call below {@code /dfo/3.0}.
 */
public final class DigitalStandIn extends RunningStandIn<DigitalCounts> {

    /** The channel that is there from the start. */
    public static final String CHANNEL = DigitalState.CHANNEL;

    private final DigitalState digital;

    private DigitalStandIn(DigitalState digital) throws IOException {
        super(digital.shared, new DigitalRouter(digital));
        this.digital = digital;
    }

    /** Starts one; it is serving when this returns. */
    public static DigitalStandIn start(StandInSettings settings, DigitalSwitches switches) throws IOException {
        return new DigitalStandIn(new DigitalState(new StandInState(settings), switches));
    }

    @Override
    public DigitalCounts counts() {
        return digital.counts();
    }

    /** The latest calls below {@code /dfo/3.0} in the order of arrival, as many as the journal keeps. */
    public List<DigitalCall> calls() {
        return digital.journal.calls();
    }

    /** All message ids that were ever accepted, in that order; not limited by the journal. */
    public List<AcceptedMessage> accepted() {
        return digital.store.accepted().toList();
    }

    /** The messages of one thread in the order of acceptance, as {@code GET /messages/{id}} answers them. */
    public List<JsonNode> messages(String thread) {
        return ofThread(thread, message -> MessageJson.message(message, 0));
    }

    /** The contacts of one thread in the order of their first message, as {@code GET /contacts/{n}} answers them. */
    public List<JsonNode> contacts(String thread) {
        return ofThread(thread, message -> MessageJson.contact(message.contact));
    }

    private List<JsonNode> ofThread(String thread, Function<StoredMessage, JsonNode> shown) {
        synchronized (digital.store) {
            return digital.store
                    .messages(null)
                    .filter(message -> message.thread().externalId.equals(thread))
                    .map(shown)
                    .distinct()
                    .toList();
        }
    }

    /** The next calls below {@code /dfo/3.0} that create no message meet these faults, first in first out. */
    public void nextOther(Fault... faults) {
        digital.otherScript.addAll(List.of(faults));
    }

    public DigitalSwitches switches() {
        return digital.switches();
    }

    /** From the next call on: a switch by name, {@code channel}, {@code tags} or {@code customFields}, as in {@code /control}. */
    public void set(String name, Object value) {
        ObjectNode fields = Json.MAPPER.createObjectNode();
        fields.set(name, Json.MAPPER.valueToTree(value));
        digital.change(fields).get();
    }
}
