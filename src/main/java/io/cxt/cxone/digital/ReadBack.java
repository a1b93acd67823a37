package io.cxt.cxone.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CallLimits;
import io.cxt.cxone.CxoneCallException;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneTarget.Sent;
import io.cxt.cxone.Elsewhere;
import io.cxt.cxone.NextStep;
import io.cxt.cxone.SignInException;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what CXone has of one chat with what was sent, or removes it. Many messages are asked for in one call. Used once.
 *
 * <p>Long because both search in the same way, and must find the same.
 */
final class ReadBack {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Ids in one call: a URL of a few thousand characters. */
    static final int AT_ONCE = 20;
    /** Pages of one answer; CXone decides how long they are. */
    private static final int MOST_PAGES = 100;

    /** Of a contact, whose pages are read one after the other. */
    private static final int MOST_PAGES_OF_CONTACT = 10_000;

    private static final String READ_RIGHTS =
            "Give the user of the access key the right to read messages and contacts (GET /dfo/3.0/messages).";
    private static final String REMOVAL_RIGHTS =
            "Give the user of the access key the right to remove the content of messages.";

    private final CxoneCaller caller;
    private final String channel;
    private final @Nullable String finalStatus;
    private final Map<String, List<JsonNode>> found = new HashMap<>();
    private final List<String> differences = new ArrayList<>();

    /**
     * @param channel that the chat was sent into
     * @param finalStatus that the contact should have; null for any
     */
    ReadBack(CxoneCaller caller, String channel, @Nullable String finalStatus) {
        this.caller = caller;
        this.channel = channel;
        this.finalStatus = finalStatus;
    }

    private static List<JsonNode> messages(List<Sent> parts) throws IOException {
        List<JsonNode> messages = new ArrayList<>();
        for (Sent part : parts) {
            if (part.messages() > 0) {
                messages.add(JSON.readTree(part.payload()));
            }
        }
        return messages;
    }

    /** As many as one call asks for. */
    private static List<List<JsonNode>> atOnce(List<JsonNode> messages) {
        List<List<JsonNode>> groups = new ArrayList<>();
        for (int from = 0; from < messages.size(); from += AT_ONCE) {
            groups.add(messages.subList(from, Math.min(messages.size(), from + AT_ONCE)));
        }
        return groups;
    }

    /** Has CXone remove the content of every message of the chat that it shows; one that has none any more counts. */
    void removeContent(List<Sent> parts, Runnable removed) throws SignInException, IOException {
        Set<String> contacts = new LinkedHashSet<>();
        Set<String> seen = new HashSet<>();
        Whereabouts chat = new Whereabouts(channel, "", "");
        for (List<JsonNode> group : atOnce(messages(parts))) {
            ask(group);
            for (JsonNode sent : group) {
                chat = Whereabouts.of(channel, sent);
                for (JsonNode one : ours(sent)) {
                    contacts.add(one.path("contactNumber").asText());
                    removeContent(one, seen, removed);
                }
            }
            found.clear();
        }
        for (String contact : contacts) { // a message whose answer never came is in none of the parts
            removeContent(contact, chat, seen, removed);
        }
    }

    /** A contact may have more messages than one answer shows. */
    private void removeContent(String contact, Whereabouts chat, Set<String> seen, Runnable removed)
            throws SignInException, IOException {
        long[] count = {0, 0}; // shown, and said to be there
        pages("contactNumber=" + URLEncoder.encode(contact, StandardCharsets.UTF_8), MOST_PAGES_OF_CONTACT, page -> {
            for (JsonNode one : page.path("data")) {
                if (one.path("threadIdOnExternalPlatform").asText().equals(chat.thread())
                        && !Whereabouts.isElse(chat.elsewhere(one))) {
                    removeContent(one, seen, removed);
                }
            }
            count[0] += page.path("data").size();
            count[1] = page.path("hits").asLong();
        });
        if (count[0] < count[1]) {
            throw new CxoneCallException(
                    "CXone shows %s of the %s messages of contact %s. Look at the others there, or run it again"
                            .formatted(count[0], count[1], contact));
        }
    }

    private void removeContent(JsonNode message, Set<String> seen, Runnable removed)
            throws SignInException, IOException {
        String id = message.path("id").asText();
        if (seen.add(id)) {
            if (!message.hasNonNull("contentRemoved")) {
                remove(id);
            }
            removed.run();
        }
    }

    private void remove(String id) throws SignInException, IOException {
        String path = "/messages/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "/content-removal";
        byte[] reason = "{\"reason\":\"GDPR\"}".getBytes(StandardCharsets.UTF_8);
        CxoneCaller.Reply reply;
        try {
            reply = caller.patiently("POST", Digital.API + path, reason);
        } catch (CxoneCallException e) {
            throw new CxoneCallException(
                    "%s The content of the message of that call may be removed or not. Run it again: what is removed stays removed"
                            .formatted(String.valueOf(e.getMessage()).replaceFirst("\\.?$", ".")));
        }
        if (!reply.good()) {
            throw new CxoneCallException(
                    "CXone answers HTTP %s to the removal of the content of a message. %s Then run it again: what is removed stays removed"
                            .formatted(reply.status(), NextStep.ofCommand(reply.status(), REMOVAL_RIGHTS)));
        }
    }

    /** The differences, in fixed words and without a text. */
    List<String> differences(List<Sent> parts) throws SignInException, IOException {
        List<JsonNode> messages = messages(parts);
        for (List<JsonNode> group : atOnce(messages)) {
            ask(group);
        }
        Set<String> contacts = new LinkedHashSet<>();
        Instant before = Instant.MIN;
        boolean inOrder = true;
        for (JsonNode sent : messages) {
            List<JsonNode> there = ours(sent);
            if (there.isEmpty()) {
                differences.add("missing " + id(sent) + shownElsewhere(sent));
            } else if (there.size() > 1) {
                differences.add("%s times %s".formatted(there.size(), id(sent)));
            }
            for (JsonNode one : there) {
                compare(sent, one);
                contacts.add(one.path("contactNumber").asText());
                Instant time = time(one).orElse(before);
                inOrder &= !time.isBefore(before);
                before = time;
            }
        }
        if (!inOrder) {
            differences.add("order: the times in CXone are not in the order of the chat");
        }
        contacts(contacts);
        return differences;
    }

    /** What CXone shows of a message; one that it shows as deleted is there, for its content is. */
    private List<JsonNode> ours(JsonNode sent) {
        Whereabouts wanted = Whereabouts.of(channel, sent);
        return found.getOrDefault(id(sent), List.of()).stream()
                .filter(one -> !Whereabouts.isElse(wanted.elsewhere(one)))
                .toList();
    }

    /** Where one of its id is that does not count, in words; empty where there is none. */
    private String shownElsewhere(JsonNode sent) {
        for (JsonNode one : found.getOrDefault(id(sent), List.of())) {
            Elsewhere elsewhere = Whereabouts.of(channel, sent).elsewhere(one);
            if (elsewhere != null) {
                return ": CXone shows one of this id " + elsewhere.inWords();
            }
        }
        return "";
    }

    private void ask(List<JsonNode> messages) throws SignInException, IOException {
        String ids = messages.stream()
                .map(message -> "idOnExternalPlatform%5B%5D=" + URLEncoder.encode(id(message), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        pages(ids, MOST_PAGES, page -> {
            for (JsonNode one : page.path("data")) {
                found.computeIfAbsent(id(one), first -> new ArrayList<>()).add(one);
            }
        });
    }

    private interface Page {
        void read(JsonNode answer) throws SignInException, IOException;
    }

    /** Passes on the pages of a search, one at a time. */
    private void pages(String query, int most, Page each) throws SignInException, IOException {
        String scroll = "";
        for (int page = 0; page < most; page++) {
            JsonNode answer = get("/messages?" + query + scroll);
            each.read(answer);
            String token = answer.path("scrollToken").asText();
            if (answer.path("data").isEmpty() || token.isEmpty() || token.equals("null")) {
                return;
            }
            scroll = "&scrollToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        }
        throw new CxoneCallException("CXone has more than %s pages for one search. Look it up there".formatted(most));
    }

    private void compare(JsonNode sent, JsonNode there) throws SignInException, IOException {
        String id = id(sent);
        if (there.path("isDeletedOnExternalPlatform").asBoolean()) {
            differences.add("deleted " + id);
        }
        if (!time(sent).equals(time(there))) {
            differences.add("time %s: sent %s, CXone has %s"
                    .formatted(
                            id,
                            sent.path(TIME).asText(),
                            time(there).map(Instant::toString).orElse("none")));
        }
        if (!sent.path("direction").equals(there.path("direction"))) {
            differences.add("direction " + id);
        }
        JsonNode whole = there.path("hasAdditionalMessageContent").asBoolean()
                ? get("/messages/" + URLEncoder.encode(there.path("id").asText(), StandardCharsets.UTF_8))
                : there;
        if (!text(sent).equals(text(whole))) {
            differences.add("text " + id);
        }
    }

    private void contacts(Set<String> contacts) throws SignInException, IOException {
        if (contacts.size() > 1) {
            differences.add("contacts: %s in place of one".formatted(contacts.size()));
        }
        for (String contact : finalStatus == null ? Set.<String>of() : contacts) {
            String status = get("/contacts/" + URLEncoder.encode(contact, StandardCharsets.UTF_8))
                    .path("status")
                    .asText();
            if (!status.equals(finalStatus)) {
                differences.add("status of contact %s: %s in place of %s".formatted(contact, status, finalStatus));
            }
        }
    }

    private static final String TIME = "createdAtWithMilliseconds";

    private static String id(JsonNode message) {
        return message.path("idOnExternalPlatform").asText();
    }

    private static Optional<Instant> time(JsonNode message) {
        return Rfc3339.parse(message.path(TIME).asText());
    }

    private static String text(JsonNode message) {
        return message.at("/messageContent/payload/text").asText();
    }

    private JsonNode get(String path) throws SignInException, IOException {
        CxoneCaller.Reply reply = caller.patiently("GET", Digital.API + path, null);
        if (!reply.good()) {
            throw new CxoneCallException("CXone answers HTTP %s to GET %s. %s Then run it again"
                    .formatted(reply.status(), path, NextStep.ofCommand(reply.status(), READ_RIGHTS)));
        }
        try {
            return JSON.readTree(reply.body());
        } catch (JsonProcessingException e) {
            throw new CxoneCallException((reply.body().length < CallLimits.MAX_ANSWER
                            ? "CXone answers GET %s with something other than JSON: most likely a proxy or firewall wrote it. Check them and cxone.base-url, then run it again"
                            : "CXone answers GET %s with more than %s bytes, which are not read. Look these messages up in CXone")
                    .formatted(path, CallLimits.MAX_ANSWER));
        }
    }
}
