package io.cxt.cxone.digital;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.CxoneCaller;
import io.cxt.cxone.Remark;
import io.cxt.cxone.Remark.Level;
import io.cxt.cxone.SignInException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at the channel, the custom fields and the tags that messages are sent with. */
final class ChannelCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DigitalSettings settings;
    private final CxoneCaller caller;
    private final List<Remark> remarks = new ArrayList<>();

    ChannelCheck(DigitalSettings settings, CxoneCaller caller) {
        this.settings = settings;
        this.caller = caller;
    }

    List<Remark> run() throws SignInException, IOException {
        channel();
        search();
        known(
                "/consumer-contact-custom-fields",
                "ident",
                "custom field",
                settings.fields().idents());
        known(
                "/tags",
                "id",
                "tag",
                settings.tagIds().stream().map(String::valueOf).toList());
        return remarks;
    }

    private void channel() throws SignInException, IOException {
        String what = "channel " + settings.channelId();
        JsonNode channels = get("/channels?id%5B%5D=" + settings.channelId(), what);
        if (channels == null) {
            return;
        }
        JsonNode channel = JSON.missingNode();
        for (JsonNode one : channels) {
            if (settings.channelId().equals(one.path("id").asText())) {
                channel = one;
            }
        }
        if (channel.isMissingNode()) {
            bad(
                    what,
                    "CXone shows no channel with this id. Check cxone.digital.channel-id, and that the access key may read it");
            return;
        }
        int before = remarks.size();
        String platform = channel.path("realExternalPlatformId").asText();
        if (!platform.equals("custom")) {
            bad(
                    what,
                    "It is of the platform %s. Messages of others are imported into a channel of the platform custom"
                            .formatted(platform));
        }
        if (channel.path("isDeleted").asBoolean()) {
            bad(what, "It is deleted. Make another one, for the archive alone");
        }
        if (channel.path("isLiveChat").asBoolean()) {
            bad(
                    what,
                    "It is a live chat. Agents would be called, and a closed chat takes no message. Make a messaging channel");
        }
        if (channel.hasNonNull("defaultSkillId")) {
            unsafe(
                    what,
                    "It leads to the skill %s. Let it lead to one that no agent has"
                            .formatted(channel.path("defaultSkillId").asText()));
        }
        if (channel.has("hasMultipleThreadsPerEndUser")
                && !channel.path("hasMultipleThreadsPerEndUser").asBoolean()) {
            unsafe(
                    what,
                    "It allows one thread for each customer. Several chats of a customer may become one: allow several");
        }
        if (remarks.size() == before) {
            remarks.add(new Remark(Level.GOOD, what, channel.path("name").asText()));
        }
    }

    /** As it is made for a message whose answer never came, and by {@code reconcile} and {@code withdraw}. */
    private void search() throws SignInException, IOException {
        String what = "search for messages";
        CxoneCaller.Reply reply = caller.call("GET", Digital.search("cxt-check:none"), null);
        if (reply.good() && MessageAnswer.isSearch(reply.body())) {
            remarks.add(new Remark(Level.GOOD, what, ""));
        } else {
            unsafe(
                    what,
                    "CXone answers HTTP %s%s. %s"
                            .formatted(
                                    reply.status(),
                                    reply.good() ? ", and not with a list" : "",
                                    Digital.SEARCH_RIGHTS));
        }
    }

    /** Adds a remark for each of these that a list of CXone does not have. */
    private void known(String path, String field, String what, List<String> wanted)
            throws SignInException, IOException {
        if (wanted.isEmpty()) {
            return;
        }
        JsonNode answer = get(path, what + "s");
        if (answer == null) {
            return;
        }
        Set<String> there = new HashSet<>();
        for (JsonNode one : answer.isArray() ? answer : answer.path("data")) {
            there.add(one.path(field).asText());
        }
        for (String one : wanted) {
            if (there.contains(one)) {
                remarks.add(new Remark(Level.GOOD, what + " " + one, ""));
            } else {
                bad(what + " " + one, "CXone does not show it. Make it there, or correct the configuration");
            }
        }
    }

    /** The answer as JSON; null, with a remark, when it cannot be read. */
    private @Nullable JsonNode get(String path, String what) throws SignInException, IOException {
        CxoneCaller.Reply reply = caller.call("GET", Digital.API + path, null);
        try {
            JsonNode json = reply.good() ? JSON.readTree(reply.body()) : null;
            if (json != null && (json.isArray() || json.isObject())) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        unsafe(
                what,
                "It could not be looked at: HTTP %s. Check the rights of the access key, and cxone.base-url"
                        .formatted(reply.status()));
        return null;
    }

    private void bad(String what, String text) {
        remarks.add(new Remark(Level.BAD, what, text));
    }

    private void unsafe(String what, String text) {
        remarks.add(new Remark(Level.UNSAFE, what, text));
    }
}
