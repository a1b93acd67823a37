package io.cxt.console;

import io.cxt.ledger.DeliveryState;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The addresses of the pages; whatever is in an id, it stays one value. */
public final class Links {
    static final String OVERVIEW = "/";
    static final String LETTERS = "/letters";
    static final String REDRIVE = "/letters/redrive";
    static final String JOBS = "/jobs";

    private Links() {}

    /** A dead letter by its id. */
    public static String letter(String id) {
        return to(LETTERS, "letter", id);
    }

    /** A redrive of one letter. */
    public static String redriveOne(String id) {
        return to(REDRIVE, "letter", id);
    }

    /** The dead letters of a reason. */
    public static String letters(@Nullable String reason) {
        return to(LETTERS, "reason", reason);
    }

    public static String job(long number) {
        return to(JOBS, "job", Long.toString(number));
    }

    /** A redrive of what a job has not sent. */
    public static String redriveOf(long job) {
        return to(REDRIVE, "job", Long.toString(job));
    }

    /** The events of a chain up to one, the newest first. */
    public static String events(String chain, long upTo) {
        return to("/audit", "chain", chain, "before", Long.toString(upTo + 1));
    }

    /** A chat by its interaction id, or by its position. */
    public static String chat(@Nullable String id) {
        return to("/chats", "id", id);
    }

    /** Parts that were not sent. */
    public static String notSent(DeliveryState state, @Nullable String reason) {
        return to("/chats", "state", state.name(), "reason", reason);
    }

    public static String source(String reading) {
        return to("/sources", "reading", reading);
    }

    /** The balance of a day. */
    public static String day(String day) {
        return to("/sources", "day", day);
    }

    /** What one reading decided like that. */
    public static String outcome(String reading, String outcome) {
        return to("/sources", "reading", reading, "outcome", outcome);
    }

    public static String reason(@Nullable String reason) {
        return to("/help", "reason", reason);
    }

    public static String chain(String path, String chain) {
        return to(path, "chain", chain);
    }

    /** A path with names and values in turn; a value that is null or empty is left out with its name. */
    static String to(String path, @Nullable String... query) {
        return also(path, query);
    }

    /** An address with more names and values. */
    static String also(String address, @Nullable String... query) {
        StringBuilder link = new StringBuilder(address);
        for (int i = 0; i < query.length; i += 2) {
            String value = query[i + 1];
            if (value != null && !value.isEmpty()) {
                link.append(link.indexOf("?") < 0 ? '?' : '&')
                        .append(query[i])
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return link.toString();
    }
}
