package io.cxt.cxone.conversations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.Prepared;
import io.cxt.cxone.SignInForm;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Cutter;
import io.cxt.transcript.Cutter.Range;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contract of the tutorial that this project grew from: one call takes one transcript.
 *
 * <p>Each message is written once; parts are put together from those bytes. Sizes are therefore those of the bytes
 * as sent. Not verified against a CXone tenant.
 */
public final class Conversations implements CxoneTarget {
    static final String NAME = "conversations";
    private static final JsonFactory JSON = new JsonFactory();
    /** Capacity for {@code "part":…,"parts":…} with any two numbers that an int can hold. */
    private static final int PART_FIELDS = ",\"part\":,\"parts\":".length() + 2 * 10;

    private final String baseUrl;

    /** @param baseUrl without a slash at the end */
    public Conversations(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String baseUrl() {
        return baseUrl;
    }

    @Override
    public String callPath() {
        return "/api/v2/conversations/channels/chat";
    }

    @Override
    public List<SignInForm> signInForms() {
        return List.of(SignInForm.CLIENT_CREDENTIALS);
    }

    @Override
    public String signInUrl(SignInForm form, Documents documents) {
        return baseUrl + "/api/v2/oauth/token";
    }

    @Override
    public Limits limits() {
        return new Limits(500, 1_048_576, true);
    }

    @Override
    public Prepared prepare(Entry entry, Origin origin, Limits limits, List<Part.Begun> begun) {
        Transcript transcript = entry.transcript();
        byte[] whole = head(transcript, 1, 1);
        Messages messages = Messages.write(transcript.messages());
        int envelope = whole.length + TAIL.length;
        int partEnvelope = envelope + PART_FIELDS;
        int[] sizes = messages.sizes();

        List<Range> ranges = new ArrayList<>();
        List<Finding> findings;
        if (begun.isEmpty()) {
            findings = Cutter.refusals(sizes, envelope, partEnvelope, limits, origin.line());
            if (findings.isEmpty()) {
                ranges = Cutter.cut(sizes, envelope, partEnvelope, limits);
            }
        } else {
            findings = Cutter.goOn(sizes, begun, partEnvelope, limits, origin.line(), ranges);
        }
        if (!findings.isEmpty()) {
            return new Prepared(List.of(), findings, Part.hashOf(whole, messages.json(), TAIL));
        }
        int count = ranges.size();
        List<Part> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Range range = ranges.get(i);
            int of = i < begun.size() ? begun.get(i).parts() : count;
            byte[] payload = messages.body(of == 1 ? whole : head(transcript, i + 1, of), range.from(), range.to());
            int held = range.to() - range.from();
            Part part = Part.of(name(), transcript.interactionId(), i + 1, of, held, payload, entry.notes(), origin);
            parts.add(part);
        }
        if (count == 1) {
            return new Prepared(parts, List.of(), parts.get(0).hash());
        }
        String transcriptHash = Part.hashOf(whole, messages.json(), TAIL);
        return new Prepared(parts.stream().map(part -> part.of(transcriptHash)).toList(), List.of(), transcriptHash);
    }

    @Override
    public boolean recordsEachPart() {
        return true;
    }

    /** A yes is 201, or 200, and one whole JSON object with a conversation id and no error. */
    @Override
    public @Nullable Confirmation confirmation(Part part, int httpStatus, byte[] body) {
        String id = httpStatus == 200 || httpStatus == 201 ? ConversationId.read(body) : null;
        return id == null ? null : new Confirmation(id, httpStatus == 201);
    }

    private static final byte[] TAIL = "]}".getBytes(StandardCharsets.UTF_8);

    /** Everything up to the first message; names its place among the parts when there is more than one. */
    private static byte[] head(Transcript transcript, int part, int parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("channel", "webchat");
            json.writeFieldName("from");
            party(json, new Party(transcript.agentId(), "agent"));
            json.writeFieldName("to");
            party(json, new Party(transcript.customerId(), "customer"));
            json.writeObjectFieldStart("properties");
            json.writeStringField("interactionId", transcript.interactionId());
            if (parts > 1) {
                json.writeNumberField("part", part);
                json.writeNumberField("parts", parts);
            }
            json.writeEndObject();
            json.writeArrayFieldStart("messages");
            json.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void party(JsonGenerator json, Party party) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", party.id());
        json.writeStringField("type", party.type());
        json.writeEndObject();
    }

    private static String orElse(@Nullable String value, String fallback) {
        return value == null || value.isEmpty() ? fallback : value;
    }

    /** All messages as JSON, one behind the other with a comma between, and where each of them ends. */
    private record Messages(byte[] json, int[] ends) {

        static Messages write(List<ChatMessage> messages) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 * messages.size());
            int[] ends = new int[messages.size()];
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                json.setRootValueSeparator(null);
                Set<String> taken = null;
                for (int i = 0; i < ends.length; i++) {
                    if (i > 0) {
                        json.writeRaw(',');
                    }
                    String id = messages.get(i).id();
                    if (id == null || id.isEmpty()) {
                        taken = taken == null ? ids(messages) : taken;
                        id = "msg_" + i;
                        while (taken.contains(id)) {
                            id += "_";
                        }
                    }
                    message(json, messages.get(i), id);
                    ends[i] = bytes.size() + json.getOutputBuffered();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Messages(bytes.toByteArray(), ends);
        }

        /** The sender's ids that look like one that is made here. */
        private static Set<String> ids(List<ChatMessage> messages) {
            Set<String> ids = new HashSet<>();
            for (ChatMessage message : messages) {
                if (message.id() != null && message.id().startsWith("msg_")) {
                    ids.add(message.id());
                }
            }
            return ids;
        }

        private static void message(JsonGenerator json, ChatMessage message, String id) throws IOException {
            json.writeStartObject();
            json.writeStringField("id", id);
            json.writeFieldName("from");
            party(json, message.from());
            json.writeFieldName("to");
            party(json, message.to());
            json.writeStringField("text", message.text());
            json.writeStringField("timestamp", message.timestamp().text());
            json.writeStringField("type", orElse(message.type(), "text"));
            json.writeStringField("format", orElse(message.format(), "plain"));
            json.writeEndObject();
        }

        int start(int index) {
            return index == 0 ? 0 : ends[index - 1] + 1;
        }

        int[] sizes() {
            int[] sizes = new int[ends.length];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = ends[i] - start(i);
            }
            return sizes;
        }

        byte[] body(byte[] head, int from, int to) {
            int length = ends[to - 1] - start(from);
            byte[] body = new byte[head.length + length + TAIL.length];
            System.arraycopy(head, 0, body, 0, head.length);
            System.arraycopy(json, start(from), body, head.length, length);
            System.arraycopy(TAIL, 0, body, head.length + length, TAIL.length);
            return body;
        }
    }
}
