package io.cxt.simulator.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.simulator.Json;
import io.cxt.simulator.Reply;
import io.cxt.simulator.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one call below {@code /dfo/3.0} does, once its token and body are good. Made for each call; holds the store's monitor. */
final class DfoCalls {

    /** The published parameters that are understood here; any other is refused rather than ignored. */
    private static final Set<String> SEARCH = Set.of(
            "idOnExternalPlatform[]",
            "channel[]",
            "authorIdOnExternalPlatform[]",
            "contactNumber",
            "direction",
            "scrollToken",
            "sorting",
            "sortingType");

    private final DigitalState digital;
    private final MessageStore store;
    private final DfoHandler.DfoVisit visit;
    private final DigitalSwitches switches;
    private final Map<String, List<String>> query;

    DfoCalls(DigitalState digital, DfoHandler.DfoVisit visit) {
        this.digital = digital;
        this.store = digital.store;
        this.visit = visit;
        this.switches = visit.switches;
        this.query = Request.fields(visit.request().query());
    }

    Reply answer() {
        return switch (visit.call) {
            case CREATE -> store.channel(id(0)).map(this::create).orElseGet(this::notFound);
            case CHANNELS ->
                listed(store.channels().stream().map(channel -> channel.fields).toList(), true);
            case THREAD ->
                store.channel(id(0))
                        .map(channel -> channel.threads.get(id(1)))
                        .map(this::lock)
                        .orElseGet(this::notFound);
            case SEARCH -> search();
            case MESSAGE -> message(found -> json(MessageJson.message(found, 0)));
            case CONTENT_REMOVAL -> message(found -> change(found.contact, () -> remove(found)));
            case CONTACT -> contact(found -> json(MessageJson.contact(found)));
            case CONTACT_MESSAGES -> contact(found -> page(found.messages.stream(), switches.pageSize()));
            case STATUS -> contact(found -> change(found, () -> setStatus(found)));
            case CUSTOM_FIELDS -> contact(found -> change(found, () -> found.setCustomFields(visit.json)));
            case CUSTOM_FIELD_DEFINITIONS -> json(digital.customFields);
            case TAGS -> listed(digital.tags, false);
            case ATTACHMENT ->
                visit.path.get(1).equals("temporary")
                        ? visit.refused(400, Violations.of("This stand-in stores no attachments."))
                        : notFound();
            case UNKNOWN -> notFound();
        };
    }

    /** The ids in the path, from 0. */
    private String id(int index) {
        return visit.path.get(2 * index + 1);
    }

    private Reply notFound() {
        return visit.refused(404, Violations.of("Not found."));
    }

    private static Reply json(JsonNode body) {
        return Reply.json(200, body.toString());
    }

    private Reply done() {
        return Reply.json(switches.done(), "");
    }

    private Reply message(Function<StoredMessage, Reply> then) {
        return store.message(MessageJson.number(id(0))).map(then).orElseGet(this::notFound);
    }

    private Reply contact(Function<StoredContact, Reply> then) {
        return store.contact(id(0)).map(then).orElseGet(this::notFound);
    }

    private Reply create(StoredChannel channel) {
        MessageStore.Outcome outcome = store.add(new Arrival(
                channel, visit.json, visit.sha256, visit.arrivedNanos(), System.currentTimeMillis(), switches));
        if (outcome instanceof MessageStore.Outcome.Early early) {
            return visit.early(early.waitNanos());
        }
        if (outcome instanceof MessageStore.Outcome.Refused refused) {
            return visit.refused(refused.status(), refused.why());
        }
        MessageStore.Outcome.Stored stored = (MessageStore.Outcome.Stored) outcome;
        int status = stored.again() ? 200 : switches.success();
        if (status == 202 || status == 204) {
            return Reply.json(status, "");
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("consumerContact", MessageJson.contact(stored.message().contact));
        body.set("message", MessageJson.message(stored.message(), switches.longText()));
        return Reply.json(status, body.toString());
    }

    private Reply change(StoredContact contact, Runnable change) {
        long wait = store.take(contact, visit.arrivedNanos(), switches);
        if (wait > 0) {
            return visit.early(wait);
        }
        change.run();
        return done();
    }

    private void setStatus(StoredContact contact) {
        contact.status = visit.json.path("status").asText();
        contact.statusMillis = System.currentTimeMillis();
    }

    private void remove(StoredMessage message) {
        message.content = null;
        message.removedFor = visit.json.path("reason").asText("other");
        message.removedMillis = System.currentTimeMillis();
    }

    private Reply lock(StoredThread thread) {
        thread.locked = !visit.json.path("canAddMoreMessages").asBoolean(!thread.locked);
        return done();
    }

    /** One page of those whose id was asked for, or of all; a bare array or with its number. */
    private Reply listed(Iterable<? extends JsonNode> all, boolean bare) {
        List<String> ids = query.get("id[]");
        ArrayNode matching = Json.MAPPER.createArrayNode();
        all.forEach(each -> {
            if (ids == null || ids.contains(each.path("id").asText())) {
                matching.add(each);
            }
        });
        int size = whole("size", Integer.MAX_VALUE);
        long from = (Math.max(1, whole("page", 1)) - 1L) * size;
        ArrayNode page = Json.MAPPER.createArrayNode();
        for (long i = from; i < Math.min(from + size, matching.size()); i++) {
            page.add(matching.get((int) i));
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.put("hits", matching.size());
        answer.set("data", page);
        return json(bare ? page : answer);
    }

    private int whole(String name, int otherwise) {
        String text = query.getOrDefault(name, List.of("")).get(0);
        return text.matches("[1-9]\\d{0,8}") ? Integer.parseInt(text) : otherwise;
    }

    private Reply search() {
        for (String name : query.keySet()) {
            if (!SEARCH.contains(name)) {
                return visit.refused(400, Violations.of("This stand-in has no parameter " + name + "."));
            }
        }
        return page(
                store.messages(query.get("idOnExternalPlatform[]"))
                        .filter(message ->
                                matches("channel[]", message.thread().channel.id())
                                        && matches("authorIdOnExternalPlatform[]", message.author.externalId())
                                        && matches("contactNumber", Long.toString(message.contact.number))
                                        && matches("direction", message.inbound ? "inbound" : "outbound")),
                switches.pageSize());
    }

    private boolean matches(String parameter, String value) {
        Collection<String> wanted = query.get(parameter);
        return wanted == null || wanted.contains(value);
    }

    /** Those that can be found by now, as many as a page has, after the place in the scroll token. */
    private Reply page(Stream<StoredMessage> messages, int size) {
        Integer after = after(query.getOrDefault("scrollToken", List.of("")).get(0));
        if (after == null) {
            return visit.refused(400, Violations.of("The scrollToken is not one of those given."));
        }
        long lag = switches.searchLagMillis() * 1_000_000L;
        List<StoredMessage> found = messages.filter(message -> visit.arrivedNanos() - message.storedNanos >= lag)
                .toList();
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.put("hits", found.size());
        ArrayNode data = answer.putArray("data");
        StoredMessage last = null;
        for (StoredMessage each : found) {
            if (each.number <= after) {
                continue;
            }
            if (data.size() == size) {
                return json(answer.put("scrollToken", token(last)));
            }
            data.add(MessageJson.message(each, switches.longText()));
            last = each;
        }
        return json(answer.putNull("scrollToken"));
    }

    private static String token(@Nullable StoredMessage last) {
        byte[] place = Integer.toString(last == null ? 0 : last.number).getBytes(StandardCharsets.US_ASCII);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place);
    }

    /** The number of the last message before the page; null for a token that was never given. */
    private static @Nullable Integer after(String token) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
            return place.isEmpty() ? Integer.valueOf(0) : Integer.valueOf(place);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
