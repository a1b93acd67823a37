package io.cxt.cxone.digital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.CxoneCaller.Reply;
import io.cxt.cxone.CxoneTarget.Probed;
import io.cxt.cxone.Elsewhere;
import io.cxt.cxone.SignInException;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Some twenty calls on the archive channel that settle what is not published. Used once. */
final class Probe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant LONG_AGO = Instant.parse("2015-03-01T10:00:00.123Z");
    private static final List<Integer> TEXTS = List.of(10_000, 100_000);
    private static final List<Integer> IDS = List.of(128, 300);
    private static final Set<Integer> SAYS_NOTHING = Set.of(401, 403, 407, 408, 425, 429);
    private static final long LONGEST_LAG_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_AGAIN_MILLIS = 500;

    private final DigitalSettings settings;
    private final String path;
    private final String thread;
    private final CxoneCaller caller;
    private final List<Probed> found = new ArrayList<>();
    private final Set<String> contacts = new LinkedHashSet<>();
    private int sent;

    Probe(DigitalSettings settings, String path, String thread, CxoneCaller caller) {
        this.settings = settings;
        this.path = path;
        this.thread = thread;
        this.caller = caller;
    }

    List<Probed> run() throws SignInException, IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Reply first = create("first", "Probe of an import, please ignore.", now);
        long storedAt = System.nanoTime();
        tell("Status of a message that was created", said(first), "", first.good());
        if (!first.good()) {
            tell("Everything else", "not tried, as CXone did not take the first message", "", false);
            return found;
        }
        tell("Status of its contact", json(first).at("/consumerContact/status").asText("not said"), "", true);
        lag(storedAt);
        duplicate(now);
        longAgo();
        texts(now);
        ids(now);
        tell(
                "Contacts of one chat",
                contacts.isEmpty()
                        ? "not said; close it in CXone"
                        : contacts.size() == 1
                                ? "one"
                                : "%s: %s".formatted(contacts.size(), String.join(", ", contacts)),
                contacts.size() <= 1 ? "" : "look at Studio script and Workflow Automation of the channel",
                !contacts.isEmpty());
        tell("A 429", "none in %s messages: its body and headers stay unknown".formatted(sent), "", true);
        close();
        return found;
    }

    private Reply create(String id, String text, Instant time) throws SignInException, IOException {
        ObjectNode body = JSON.createObjectNode();
        body.put("idOnExternalPlatform", thread + ":" + id);
        body.put("direction", "inbound");
        body.put("createdAtWithMilliseconds", MessageBodies.time(time));
        body.putObject("thread").put("idOnExternalPlatform", thread).put("threadName", "Probe of an import");
        body.putObject("messageContent")
                .put("type", "TEXT")
                .putObject("payload")
                .put("text", text);
        body.putObject("authorEndUserIdentity").put("idOnExternalPlatform", "cxt-probe");
        Reply reply = caller.call("POST", path, JSON.writeValueAsBytes(body));
        sent++;
        String contact = json(reply).at("/consumerContact/id").asText();
        if (!contact.isEmpty()) {
            contacts.add(contact);
        }
        return reply;
    }

    private void lag(long storedAt) throws SignInException, IOException {
        String query = Digital.search(thread + ":first");
        while (System.nanoTime() - storedAt < LONGEST_LAG_NANOS) {
            Reply reply = caller.call("GET", query, null);
            if (!reply.good()) {
                boolean no = answers(reply);
                String open = no ? "" : "; see the right to search messages";
                tell("Search for a message", said(reply) + open, no ? "cxone.in-doubt = resend" : "", no);
                return;
            }
            if (json(reply).path("data").size() > 0) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - storedAt);
                tell(
                        "A message can be found after",
                        millis + " ms",
                        millis * 3 <= settings.searchLag().toMillis()
                                ? ""
                                : "cxone.digital.search-lag-ms = " + Math.max(1_000, millis * 5),
                        true);
                whereabouts(json(reply).path("data").path(0));
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        tell("A message can be found after", "not within 20 s", "cxone.in-doubt = park", true);
    }

    /** A message of another channel, or thread, does not count. */
    private void whereabouts(JsonNode message) {
        Elsewhere elsewhere = new Whereabouts(settings.channelId(), thread, thread + ":first").elsewhere(message);
        if (elsewhere != null || !Whereabouts.namesChannel(message)) {
            String shown = elsewhere == null ? "without its channel" : elsewhere.inWords();
            String toDo =
                    elsewhere == null ? "remove the same chats from other channels first" : "cxone.in-doubt = park";
            tell("A message that was found is shown", shown, toDo, true);
        }
    }

    private void duplicate(Instant now) throws SignInException, IOException {
        Reply reply = create("first", "Probe of an import, please ignore.", now);
        String answer = said(reply);
        String property = "";
        if (reply.good()) {
            int times = json(caller.call("GET", Digital.search(thread + ":first"), null))
                    .path("data")
                    .size();
            answer += times > 1 ? ", and there are two now" : times == 1 ? ", and there is one" : "";
            property = times > 1 ? "cxone.in-doubt = lookup" : "";
        } else if (reply.status() == 409 || reply.status() == 422 || reply.status() == 400) {
            property = "cxone.digital.duplicate = look-up";
        }
        tell("The same message again", answer, property, answers(reply));
    }

    private void longAgo() throws SignInException, IOException {
        Reply reply = create("old", "A message of 2015.", LONG_AGO);
        Optional<Instant> kept = Rfc3339.parse(
                json(reply).at("/message/createdAtWithMilliseconds").asText());
        tell(
                "A time of eleven years ago",
                !reply.good()
                        ? said(reply)
                        : kept.isEmpty()
                                ? "taken; the answer does not show it"
                                : kept.get().equals(LONG_AGO) ? "kept" : "replaced by " + kept.get(),
                !answers(reply) || kept.isPresent() && kept.get().equals(LONG_AGO)
                        ? ""
                        : "cxone.digital.field.start, .end = idents of custom fields",
                answers(reply));
    }

    private void texts(Instant now) throws SignInException, IOException {
        int longest = 0;
        String last = "";
        boolean settled = true;
        for (int length : TEXTS) {
            Reply reply = create("text-" + length, "x".repeat(length), now.plusMillis(1 + sent));
            JsonNode more = json(reply).at("/message/hasAdditionalMessageContent");
            last = said(reply) + (more.asBoolean() ? ", with its text elsewhere" : "");
            settled &= answers(reply);
            if (!reply.good()) {
                break;
            }
            longest = length;
        }
        tell(
                "Texts of %s and %s characters".formatted(TEXTS.get(0), TEXTS.get(1)),
                "accepted to %s; the last got %s".formatted(longest, last),
                settled && longest < settings.longestText()
                        ? "cxone.digital.max-text = " + Math.max(1_000, longest)
                        : "",
                settled);
    }

    private void ids(Instant now) throws SignInException, IOException {
        List<String> answers = new ArrayList<>();
        boolean settled = true;
        for (int length : IDS) {
            Reply reply =
                    create("i".repeat(length), "Id of %s characters.".formatted(length), now.plusMillis(1 + sent));
            answers.add("%s: %s".formatted(length, said(reply)));
            settled &= answers(reply);
        }
        Reply odd = create("a.b_c-d~e", "Id with . _ - ~", now.plusMillis(1 + sent));
        answers.add("with . _ - ~: " + said(odd));
        tell("Ids of messages, by their length", String.join("; ", answers), "", settled && answers(odd));
    }

    private void close() throws SignInException, IOException {
        for (String contact : contacts) {
            String at = Digital.API + "/contacts/" + URLEncoder.encode(contact, StandardCharsets.UTF_8);
            Reply closed =
                    caller.call("PUT", at + "/status", "{\"status\":\"closed\"}".getBytes(StandardCharsets.UTF_8));
            tell(
                    "Closing the contact " + contact,
                    said(closed),
                    closed.good() || !answers(closed) ? "" : "cxone.digital.final-status = resolved",
                    answers(closed));
            Reply after = caller.call("GET", at, null);
            tell("Its status afterwards", json(after).path("status").asText("not said"), "", answers(after));
        }
    }

    private void tell(String question, String answer, String property, boolean settled) {
        found.add(new Probed(question, answer, property, settled));
    }

    /** False for a status that says nothing of what was asked: no right to it, too many calls, or a fault of CXone. */
    private static boolean answers(Reply reply) {
        return reply.status() < 500 && !SAYS_NOTHING.contains(reply.status());
    }

    private static String said(Reply reply) {
        String errors = json(reply).path("errors").path(0).path("message").asText();
        String without = reply.body().length == 0 ? " without a body" : "";
        return "HTTP %s%s%s".formatted(reply.status(), without, errors.isEmpty() ? "" : " (%s)".formatted(errors));
    }

    private static JsonNode json(Reply reply) {
        try {
            JsonNode json = JSON.readTree(reply.body());
            return json == null ? JSON.missingNode() : json;
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
