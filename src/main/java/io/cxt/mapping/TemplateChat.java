package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import io.cxt.json.TranscriptText;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Places;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes an entry of one chat with a template. Besides the transcript a template may say {@code refuse}: a word that
 * the mapping file explains; {@code notes}: numbers by name, for the audit; {@code places}: where in the chat each
 * message stands, as JSON Pointers.
 */
final class TemplateChat {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> OURS =
            Set.of("interactionId", "interaction_id", "agentId", "agent_id", "customerId", "customer_id", "messages");
    private static final Pattern NOTE = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern PLACE = Pattern.compile("(/[A-Za-z0-9_-]{1,40}){1,8}");

    private final Template mapping;
    private final Expression template;
    private final Map<String, JsonNode> variables;
    private final int maxBytes;
    private final TranscriptText text;

    /** @param variables what the template sees besides the chat, by name */
    TemplateChat(Template mapping, Map<String, JsonNode> variables, ReadingOptions options) {
        this.mapping = mapping;
        this.template = Objects.requireNonNull(mapping.template(), "a mapping without problems");
        this.variables = new HashMap<>(variables);
        this.maxBytes = options.maxRecordBytes();
        this.text = new TranscriptText(options);
    }

    Entry entry(long index, ForeignChat chat) throws IOException {
        variables.put("index", LongNode.valueOf(index));
        variables.put("key", chat.key() == null ? NullNode.getInstance() : TextNode.valueOf(chat.key()));
        JsonNode made;
        try {
            made = template.apply(variables, chat.node());
        } catch (JsltException e) { // its own message quotes values
            String message = "%s cannot be applied to it%s".formatted(mapping.file(), Template.place(e));
            return refused(index, chat, Reason.MAP_FAILED, message);
        } catch (RuntimeException | StackOverflowError e) {
            String message = "%s cannot be applied to it: %s";
            String kind = e.getClass().getSimpleName();
            return refused(index, chat, Reason.MAP_FAILED, message.formatted(mapping.file(), kind));
        }
        if (!(made instanceof ObjectNode transcript)) {
            String message = "%s makes no object of it".formatted(mapping.file());
            return refused(index, chat, Reason.MAP_FAILED, message);
        }
        JsonNode refusal = transcript.get("refuse");
        if (refusal != null) {
            String words = mapping.refusals().get(refusal.asText());
            return words == null
                    ? refused(
                            index,
                            chat,
                            Reason.MAP_FAILED,
                            mapping.file() + " refuses it with a word that has no" + " refuse.* in the mapping file")
                    : declined(index, chat, words);
        }
        for (JsonNode message : transcript.path("messages")) {
            if (!message.isObject() && !message.isNull()) {
                String words = "%s makes a message that is no object of it".formatted(mapping.file());
                return refused(index, chat, Reason.MAP_FAILED, words);
            }
        }
        if (transcript.path("messages").isEmpty() && holdsNothing(chat.node())) {
            return empty(index, chat);
        }
        List<String> notes = notes(transcript.remove("notes"));
        if (!SpokenChat.isOne(transcript)) {
            Places places = places(index, transcript.remove("places"));
            return entry(index, chat, transcript, List.of(), notes, places);
        }
        SpokenChat spoken = new SpokenChat(transcript, mapping.messages(), chat.line());
        ObjectNode whole = spoken.made();
        notes.addAll(spoken.notes());
        boolean rolesKnown = spoken.findings().stream()
                .noneMatch(finding -> finding.rule() == Reason.MAP_ROLE); // else that says more
        if (rolesKnown && SpokenChat.answeredByNobody(whole)) {
            String words =
                    "was answered by nobody: no message is by a word of role.agent in the mapping file (agent.default there brings such chats in)";
            return declined(index, chat, words);
        }
        return entry(index, chat, whole, spoken.findings(), notes, places(index, spoken.places()));
    }

    /** What the template, or a mapping, does not bring in; of what holds nothing, no such words are true. */
    private static Entry declined(long index, ForeignChat chat, String words) {
        return holdsNothing(chat.node()) ? empty(index, chat) : refused(index, chat, Reason.MAP_REFUSED, words);
    }

    private static Entry empty(long index, ForeignChat chat) {
        return refused(index, chat, Reason.JSON_EMPTY, "holds no chat: there is no text in it");
    }

    /** True for an object without fields, and for what stands around chats where there are none. */
    private static boolean holdsNothing(JsonNode node) {
        return node.isContainerNode()
                ? node.valueStream().allMatch(TemplateChat::holdsNothing)
                : !node.isTextual() || node.asText().isBlank();
    }

    private Entry entry(
            long index, ForeignChat chat, ObjectNode transcript, List<Finding> found, List<String> notes, Places places)
            throws IOException {
        String json = JSON.writeValueAsString(transcript);
        byte[] raw = json.getBytes(StandardCharsets.UTF_8);
        if (raw.length > maxBytes) {
            String message = "is longer than %s bytes once it is mapped".formatted(maxBytes);
            return refused(index, chat, Reason.JSON_RECORD_SIZE, message);
        }
        Transcript read = text.read(json, chat.line());
        List<Finding> findings = new ArrayList<>(found);
        findings.addAll(text.findings());
        notes.addAll(text.notes());
        return new Entry(
                        index,
                        chat.line(),
                        findings.isEmpty() ? raw : chat.raw(), // as it came, so that it goes by the corrected mapping
                        findings.isEmpty() ? read : null,
                        List.copyOf(findings),
                        notes,
                        chat.offset(),
                        places)
                .hinting(customer());
    }

    /**
     * True for what is in our own form already, as a dead letter that was corrected: whole names of ours alone, and messages
     * that are from or to somebody as we write them.
     */
    static boolean isOurs(JsonNode chat) {
        JsonNode messages = chat.path("messages");
        JsonNode first = messages.path(0);
        return messages.isArray()
                && (chat.has("interactionId") || chat.has("interaction_id"))
                && chat.properties().stream().allMatch(field -> OURS.contains(field.getKey()))
                && (messages.isEmpty()
                        || first.path("from").isObject()
                        || first.path("to").isObject());
    }

    /** One that is in our own form is read as it is. */
    Entry ours(long index, ForeignChat chat) {
        byte[] raw = Objects.requireNonNull(chat.raw(), "a chat that could be read");
        Transcript read = text.read(new String(raw, StandardCharsets.UTF_8), chat.line());
        return new Entry(
                        index,
                        chat.line(),
                        raw,
                        read,
                        List.copyOf(text.findings()),
                        List.copyOf(text.notes()),
                        chat.offset())
                .hinting(customer());
    }

    /** Not the interaction id: the letter goes by the name of its source, which the mapping reads. */
    private Entry.Hint customer() {
        return new Entry.Hint(null, text.hint().customerId());
    }

    private static Entry refused(long index, ForeignChat chat, Reason rule, String message) {
        Finding finding = new Finding(rule, chat.line(), "", message);
        Places places = places(index, null);
        return new Entry(index, chat.line(), chat.raw(), null, List.of(finding), List.of(), chat.offset(), places);
    }

    /** What a template counts, in fixed words: {@code events-dropped:4}. */
    private static List<String> notes(@Nullable JsonNode counts) {
        List<String> notes = new ArrayList<>();
        if (counts instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> count : object.properties()) {
                if (NOTE.matcher(count.getKey()).matches()
                        && count.getValue().isIntegralNumber()
                        && count.getValue().asLong() > 0) {
                    notes.add(count.getKey() + ":" + count.getValue().asLong());
                }
            }
        }
        return notes;
    }

    private static Places places(long index, @Nullable JsonNode pointers) {
        return finding -> {
            int message = finding.messageIndex();
            JsonNode pointer = pointers == null || message < 0 ? null : pointers.get(message);
            String place = "chat " + index;
            long line = finding.line();
            if (pointer != null && pointer.isIntegralNumber()) {
                line = pointer.asLong();
                place += ", line " + line;
            } else if (pointer != null && PLACE.matcher(pointer.asText()).matches()) {
                place += ", " + pointer.asText();
            }
            return new Finding(finding.rule(), line, finding.pointer(), place + ": " + finding.message());
        };
    }
}
