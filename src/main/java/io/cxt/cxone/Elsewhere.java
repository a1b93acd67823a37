package io.cxt.cxone;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What CXone shows under the id of a part, and cannot be taken for that part.
 *
 * @param id of the channel or thread that has it; empty where there is none to name
 */
public record Elsewhere(Kind kind, String id) {
    /** Why it does not count. */
    public enum Kind {
        /** It is in another channel. Whether ids are unique there and here together, nobody publishes. */
        CHANNEL,
        /** It is in the channel, in another thread. */
        THREAD,
        /** It is the part, and somebody has deleted it. */
        DELETED
    }

    private static final Pattern WORD = Pattern.compile("(?:^| )elsewhere=([a-z]+):(\\S*)");
    private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9._~-]{1,200}");

    /** @param id as CXone writes it; one of an odd form is left out */
    public Elsewhere {
        id = SHOWN.matcher(id).matches() ? id : "";
    }

    /** The detail of an event. */
    public String word() {
        return "elsewhere=%s:%s".formatted(kind.name().toLowerCase(Locale.ROOT), id);
    }

    /** What the detail of an event says; null for nothing. */
    public static @Nullable Elsewhere of(@Nullable String detail) {
        Matcher word = WORD.matcher(detail == null ? "" : detail);
        if (!word.find()) {
            return null;
        }
        for (Kind kind : Kind.values()) {
            if (kind.name().equalsIgnoreCase(word.group(1))) {
                return new Elsewhere(kind, word.group(2));
            }
        }
        return null; // a later version's
    }

    /**
     * True when the part can be sent again, as one that CXone does not have: it would at worst be refused. In one channel an
     * id is the address of a message, so that a repeat would meet the other one.
     */
    public boolean leavesRoom() {
        return kind == Kind.CHANNEL;
    }

    /** Where it is, behind "shows it". */
    public String inWords() {
        return switch (kind) {
            case CHANNEL -> "in %s only".formatted(id.isEmpty() ? "another channel" : "channel " + id);
            case THREAD -> "in %s of the channel only".formatted(id.isEmpty() ? "another thread" : "the thread " + id);
            case DELETED -> "as deleted";
        };
    }

    /**
     * What a person can do about it.
     *
     * @param replay the command that sends its dead letter again
     */
    public String next(String replay) {
        return switch (kind) {
            case CHANNEL ->
                ("CXone refused it, and shows a message with this id %s: it seems to keep ids of all channels apart. Look"
                                + " there: if that is this chat, as after a trial, remove it from there, then run %s."
                                + " Until then a replay ends the same.")
                        .formatted(inWords(), replay);
            case THREAD ->
                ("CXone shows a message with this id %s. Look there: if that is this chat, there is nothing to send;"
                                + " if not, two senders use the same ids: give this chat an id of its own.")
                        .formatted(inWords());
            case DELETED ->
                ("CXone shows it as deleted. If that was meant, delete the dead letter. If not, set cxone.in-doubt ="
                                + " resend for one run and run %s: that sends it again, marked.")
                        .formatted(replay);
        };
    }
}
