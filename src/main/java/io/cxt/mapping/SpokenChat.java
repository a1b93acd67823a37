package io.cxt.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.mapping.Times.NoTimeException;
import io.cxt.settings.Fingerprint;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;
import org.jspecify.annotations.Nullable;

/**
 * A chat in the words of its template, made whole: each message says {@code by} whom it is and, if the source knows,
 * {@code who} that is; to whom it went, in which order, and what is no chat at all follows from that.
 *
 * <p>A customer writes to the agent who last joined or wrote, at first to the first one who does; everybody else writes to
 * the customer.
 *
 * <p>Long because each step needs what the one before it found out.
 */
final class SpokenChat {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String SYSTEM = "system";
    private static final String ATTACHMENT = "attachment";
    private static final String TIMESTAMP = "timestamp";
    private static final int LONGEST_NUMBER = 400;

    /** What a template can call what it leaves out: it goes into audit and report. */
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private static final String CUSTOMER_ID = "customerId";
    private static final String AGENT_ID = "agentId";

    private final MessageRules rules;
    private final long line;
    private final ObjectNode transcript;
    private final List<Part> parts = new ArrayList<>();
    private final ArrayNode messages = NODES.arrayNode();
    private final ArrayNode places = NODES.arrayNode();
    private final Map<String, Long> dropped = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private boolean sorted;
    private long copies;
    private long idsTwice;
    private final Set<String> customers = new HashSet<>();

    /** A part of the chat: a message, or what is left out. */
    private record Part(
            ObjectNode node,
            @Nullable String role,
            @Nullable String drop,
            @Nullable String said,
            @Nullable Instant time,
            int index) {

        @Nullable
        String who() {
            return id(node.get("who"));
        }
    }

    /** @param transcript what the template made, with {@code by} in its messages */
    SpokenChat(ObjectNode transcript, MessageRules rules, long line) {
        this.transcript = transcript;
        this.rules = rules;
        this.line = line;
    }

    /** True for a chat with a message that has one of the fields that our own form has not. */
    static boolean isOne(ObjectNode transcript) {
        for (JsonNode message : transcript.path("messages")) {
            if (message.has("by") || message.has("drop") || message.has("who") || message.has("at")) {
                return true;
            }
        }
        return false;
    }

    /** The transcript in our own form, as far as it can be made. */
    ObjectNode made() {
        for (JsonNode message : transcript.path("messages")) {
            if (message instanceof ObjectNode part) {
                add(part);
            }
        }
        sort();
        ObjectNode made = NODES.objectNode();
        String interaction = id(transcript.get("interactionId"));
        String agent = firstOf(Roles.AGENT, AGENT_ID, rules.agent());
        String customer = firstOf(Roles.CUSTOMER, CUSTOMER_ID, rules.customer());
        put(made, "interactionId", interaction);
        put(made, AGENT_ID, agent);
        put(made, CUSTOMER_ID, customer);
        made.set("messages", messages);
        String with = agent;
        Set<String> ids = new HashSet<>();
        Set<ObjectNode> known = new HashSet<>();
        for (Part part : parts) {
            if (Roles.AGENT.equals(part.role)) {
                with = Objects.requireNonNullElse(part.who(), with == null ? "" : with);
            }
            if (part.drop == null && Roles.CUSTOMER.equals(part.role) && part.who() != null) {
                customers.add(part.who());
            }
            if (part.drop == null) {
                message(part, interaction, with, customer, ids, known);
            }
        }
        return made;
    }

    /** True when the chat has no agent, and the mapping names none. */
    static boolean answeredByNobody(ObjectNode made) {
        return !made.hasNonNull(AGENT_ID);
    }

    /** What was wrong, with pointers into {@link #made}. */
    List<Finding> findings() {
        return findings;
    }

    /** What was left out, by kind, and that the messages were sorted. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        dropped.forEach((kind, count) -> notes.add(kind + "s-dropped:" + count));
        if (copies > 0) {
            notes.add("copies-dropped:" + copies);
        }
        if (idsTwice > 0) {
            notes.add("ids-twice:" + idsTwice);
        }
        if (customers.size() > 1) {
            notes.add("more-customers:" + (customers.size() - 1));
        }
        if (sorted) {
            notes.add("sorted");
        }
        return notes;
    }

    /** Where each message stands: a place in the chat, or the number of a line. */
    JsonNode places() {
        return places;
    }

    private void add(ObjectNode part) {
        String word = id(part.get("by"));
        String role = word == null ? null : rules.roles().of(word);
        String drop = text(part.get("drop"));
        if (drop != null && !KIND.matcher(drop).matches()) {
            drop = "other";
        }
        if (drop == null && (Roles.NOTE.equals(role) || Roles.EVENT.equals(role))) {
            drop = role;
        }
        String said = drop == null ? said(part) : null;
        String attachment = text(part.get("attachment"));
        if (drop == null && attachment != null) {
            boolean silent = said == null || said.isBlank();
            if (rules.attachmentsAsText()) {
                String line = attachment.isEmpty() ? "[attachment]" : "[attachment: %s]".formatted(attachment);
                said = silent ? line : said + "\n" + line;
            } else if (silent) {
                drop = ATTACHMENT;
            } else {
                dropped.merge(ATTACHMENT, 1L, Long::sum);
            }
        }
        if (drop != null) {
            dropped.merge(drop, 1L, Long::sum);
        }
        if (Roles.NOTE.equals(drop)) {
            role = null; // a note brings nobody into the chat
        }
        Instant before = parts.isEmpty() ? null : parts.get(parts.size() - 1).time;
        parts.add(new Part(part, role, drop, said, rules.byTime() ? time(part, before) : null, parts.size()));
    }

    private @Nullable Instant time(ObjectNode part, @Nullable Instant before) {
        try {
            String written = rfc3339(part.get(TIMESTAMP));
            return written == null ? before : Instant.parse(written);
        } catch (NoTimeException | DateTimeParseException e) {
            return before; // the message is refused for it
        }
    }

    private void sort() {
        if (!rules.byTime()) {
            return;
        }
        parts.sort(Comparator.comparing((Part part) -> part.time, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(part -> sequence(part.node), Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparingInt(Part::index));
        int last = -1; // of what is kept: that something else was moved is nobody's concern
        for (Part part : parts) {
            if (part.drop == null) {
                sorted |= part.index < last;
                last = part.index;
            }
        }
    }

    private static @Nullable BigDecimal sequence(ObjectNode part) {
        try {
            String written = id(part.get("sequence"));
            return written == null ? null : new BigDecimal(written);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** What the template says, else the first who has the role, else what the mapping says. */
    private @Nullable String firstOf(String role, String field, @Nullable String otherwise) {
        String said = id(transcript.get(field));
        if (said != null) {
            return said;
        }
        return parts.stream()
                .filter(part -> role.equals(part.role))
                .map(Part::who)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(otherwise);
    }

    private void message(
            Part part,
            @Nullable String interaction,
            @Nullable String with,
            @Nullable String customer,
            Set<String> ids,
            Set<ObjectNode> known) {
        int index = messages.size();
        ObjectNode message = NODES.objectNode();
        String id = id(part.node.get("id"));
        if (id == null && rules.makesIds()) {
            String seed = interaction + "\n" + part.index;
            byte[] digest = Fingerprint.sha256().digest(seed.getBytes(StandardCharsets.UTF_8));
            id = HexFormat.of().formatHex(digest, 0, 16);
        }
        put(message, "id", id);
        parties(message, part, index, with, customer);
        put(message, "text", part.said);
        timestamp(message, part, index);
        boolean twice = id != null && !ids.add(id);
        if (id != null && rules.twice() == MessageRules.Twice.DROP && !known.add(message)) {
            copies++;
            return;
        }
        idsTwice += twice ? 1 : 0;
        if (twice && rules.twice() == MessageRules.Twice.REFUSE) {
            found(Reason.MAP_DIFFERS, index, "/id", "is the id of a message before it in the chat");
        }
        messages.add(message);
        places.add(part.node.path("at"));
    }

    private void parties(ObjectNode message, Part part, int index, @Nullable String with, @Nullable String customer) {
        String role = part.role;
        if (role == null) {
            String by = part.node.path("by").asText();
            String words = by.isEmpty()
                    ? "does not say who wrote it"
                    : "is by a word of %s characters that is in no role of the mapping".formatted(by.length());
            found(Reason.MAP_ROLE, index, "/from/type", words);
            message.putNull("from").putNull("to"); // so that the dead letter is refused again until it is corrected
            return;
        }
        boolean byCustomer = role.equals(Roles.CUSTOMER);
        String otherwise =
                byCustomer ? customer : role.equals(Roles.AGENT) ? with : role.equals(SYSTEM) ? SYSTEM : role;
        put(message.putObject("from"), "id", part.who() == null ? otherwise : part.who())
                .put("type", role);
        put(message.putObject("to"), "id", byCustomer ? with : customer)
                .put("type", byCustomer ? Roles.AGENT : Roles.CUSTOMER);
    }

    /** The text, as such or from the form that the template names. */
    private @Nullable String said(ObjectNode part) {
        String html = text(part.get("html"));
        String markdown = text(part.get("markdown"));
        if (html != null) {
            return HtmlText.of(html);
        }
        if (markdown != null) {
            return rules.plainMarkdown()
                    ? TextContentRenderer.builder()
                            .build()
                            .render(Parser.builder().build().parse(markdown))
                    : markdown;
        }
        return text(part.get("text"));
    }

    private void timestamp(ObjectNode message, Part part, int index) {
        JsonNode written = part.node.get(TIMESTAMP);
        try {
            put(message, TIMESTAMP, rfc3339(written));
        } catch (NoTimeException e) {
            found(e.rule(), index, "/" + TIMESTAMP, e.words());
            message.put(TIMESTAMP, written.path("start").asText(written.asText()));
        }
    }

    private @Nullable String rfc3339(@Nullable JsonNode written) {
        if (written != null && written.isObject()) {
            String start = id(written.get("start"));
            String after = id(written.get("after"));
            return start == null || after == null ? null : rules.times().rfc3339After(start, after);
        }
        String cell = id(written);
        return cell == null ? null : rules.times().rfc3339(cell.strip());
    }

    private void found(Reason rule, int index, String pointer, String words) {
        findings.add(new Finding(rule, line, "/messages/" + index + pointer, words));
    }

    private static ObjectNode put(ObjectNode node, String field, @Nullable String value) {
        return value == null ? node.putNull(field) : node.put(field, value);
    }

    private static @Nullable String text(@Nullable JsonNode value) {
        return value == null || !value.isTextual() ? null : value.textValue();
    }

    /** A text or a number as text; null for anything else, and for nothing. */
    private static @Nullable String id(@Nullable JsonNode value) {
        if (value == null || !value.isValueNode() || value.isNull()) {
            return null;
        }
        String id = value.isNumber() ? plain(value.decimalValue()) : value.asText();
        return id.isEmpty() ? null : id;
    }

    /** Without an exponent, unless that would take more characters than any id or time has. */
    private static String plain(BigDecimal number) {
        boolean huge = Math.abs((long) number.scale()) > LONGEST_NUMBER || number.precision() > LONGEST_NUMBER;
        return huge ? number.toString() : number.toPlainString();
    }
}
