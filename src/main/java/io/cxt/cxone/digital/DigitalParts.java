package io.cxt.cxone.digital;

import io.cxt.cxone.Prepared;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Part.Call;
import io.cxt.transcript.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes a chat into parts: one for each message, and behind them those that close its contact. */
final class DigitalParts {
    private final DigitalSettings settings;
    private final Call create;
    private final List<Part.Begun> begun;

    /**
     * @param createPath of the call that creates a message
     * @param begun parts that CXone has from a time with other closing calls; they say what they said then
     */
    DigitalParts(DigitalSettings settings, String createPath, List<Part.Begun> begun) {
        this.settings = settings;
        this.create = new Call("POST", createPath);
        this.begun = begun;
    }

    private record Closing(Call call, String body) {}

    Prepared of(Entry entry, Origin origin) {
        Transcript transcript = entry.transcript();
        MessageBodies messages = new MessageBodies(transcript, settings);
        List<byte[]> bodies = messages.write();
        List<String> notes = new ArrayList<>(entry.notes());
        notes.addAll(messages.notes());
        List<Closing> closings = closings(messages.thread());
        int all = bodies.size() + closings.size();
        List<Part> parts = new ArrayList<>(all);
        for (byte[] body : bodies) {
            List<String> noted = parts.isEmpty() ? notes : List.of();
            parts.add(
                    part(transcript, parts.size(), all, 1, body, noted, origin).by(create));
        }
        for (Closing closing : closings) {
            byte[] body = closing.body.getBytes(StandardCharsets.UTF_8);
            parts.add(part(transcript, parts.size(), all, 0, body, List.of(), origin)
                    .by(closing.call));
        }
        String hash = messages.hash();
        return new Prepared(parts.stream().map(part -> part.of(hash)).toList(), List.of(), hash);
    }

    private List<Closing> closings(String thread) {
        List<Closing> closings = new ArrayList<>();
        if (settings.finalStatus() != null) {
            closings.add(new Closing(
                    new Call("PUT", Digital.API + "/contacts/" + Call.CONVERSATION + "/status"),
                    "{\"status\":\"%s\"}".formatted(settings.finalStatus())));
        }
        if (settings.lockThread()) {
            closings.add(new Closing(
                    new Call("PUT", Digital.API + "/channels/" + settings.channelId() + "/threads/" + thread),
                    "{\"canAddMoreMessages\":false}"));
        }
        return closings;
    }

    private Part part(
            Transcript transcript, int index, int all, int messages, byte[] body, List<String> notes, Origin origin) {
        int parts = index < begun.size() ? begun.get(index).parts() : all;
        return Part.of(Digital.NAME, transcript.interactionId(), index + 1, parts, messages, body, notes, origin);
    }
}
