package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.JsltException;
import io.cxt.json.JsonElements.Element;
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
    private final int maxBytes;
    private final TranscriptText text;

    TemplateChat(Template mapping, ReadingOptions options) {
        this.mapping = mapping;
        this.template = Objects.requireNonNull(mapping.template(), "a mapping without problems");
        this.maxBytes = options.maxRecordBytes();
        this.text = new TranscriptText(options);
    }

    Entry entry(long index, Element element, JsonNode chat) throws IOException {
        JsonNode made;
        try {
            made = template.apply(chat);
        } catch (JsltException e) { // its own message quotes values
            String message = "%s cannot be applied to it%s".formatted(mapping.file(), Template.place(e));
            return refused(index, element, Reason.MAP_FAILED, message);
        } catch (RuntimeException | StackOverflowError e) {
            String message = "%s cannot be applied to it: %s";
            String kind = e.getClass().getSimpleName();
            return refused(index, element, Reason.MAP_FAILED, message.formatted(mapping.file(), kind));
        }
        if (!(made instanceof ObjectNode transcript)) {
            String message = "%s makes no object of it".formatted(mapping.file());
            return refused(index, element, Reason.MAP_FAILED, message);
        }
        JsonNode refusal = transcript.get("refuse");
        if (refusal != null) {
            String words = mapping.refusals().get(refusal.asText());
            return words == null
                    ? refused(
                            index,
                            element,
                            Reason.MAP_FAILED,
                            mapping.file() + " refuses it with a word that has no" + " refuse.* in the mapping file")
                    : refused(index, element, Reason.MAP_REFUSED, words);
        }
        return entry(index, element, transcript);
    }

    private Entry entry(long index, Element element, ObjectNode transcript) throws IOException {
        List<String> notes = notes(transcript.remove("notes"));
        Places places = places(index, transcript.remove("places"));
        String json = JSON.writeValueAsString(transcript);
        byte[] raw = json.getBytes(StandardCharsets.UTF_8);
        if (raw.length > maxBytes) {
            String message = "is longer than %s bytes once it is mapped".formatted(maxBytes);
            return refused(index, element, Reason.JSON_RECORD_SIZE, message);
        }
        Transcript read = text.read(json, element.line());
        notes.addAll(text.notes());
        // A lone surrogate cannot be written as UTF-8, so that chat is kept as it came.
        boolean halfCharacter = text.findings().stream().anyMatch(finding -> finding.rule() == Reason.TEXT_SURROGATE);
        return new Entry(
                index,
                element.line(),
                halfCharacter ? element.raw() : raw,
                read,
                List.copyOf(text.findings()),
                notes,
                element.offset(),
                places);
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
    Entry ours(long index, Element element) {
        Transcript read = text.read(element.text(), element.line());
        return new Entry(
                index,
                element.line(),
                element.raw(),
                read,
                List.copyOf(text.findings()),
                List.copyOf(text.notes()),
                element.offset());
    }

    private static Entry refused(long index, Element element, Reason rule, String message) {
        Finding finding = new Finding(rule, element.line(), "", message);
        Places places = places(index, null);
        return new Entry(
                index, element.line(), element.raw(), null, List.of(finding), List.of(), element.offset(), places);
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
            String at = pointer == null ? "" : pointer.asText();
            String place = "chat " + index + (PLACE.matcher(at).matches() ? ", " + at : "");
            return new Finding(finding.rule(), finding.line(), finding.pointer(), place + ": " + finding.message());
        };
    }
}
