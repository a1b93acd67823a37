package io.cxt.mapping;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping file says about the messages that its template makes.
 *
 * @param times how times are written
 * @param agent the agent of a chat in which none is named, or null
 * @param customer the customer of a chat in which none is named, or null
 * @param byTime true to order messages by time, then by their {@code sequence}, then as they came
 * @param twice what happens to a message whose id was met before in its chat
 * @param makesIds true to give a message without an id one that is the same in every reading
 * @param attachmentsAsText true for a line of text in the place of an attachment
 * @param plainMarkdown true to take the marks out of Markdown
 */
record MessageRules(
        Roles roles,
        Times times,
        @Nullable String agent,
        @Nullable String customer,
        boolean byTime,
        Twice twice,
        boolean makesIds,
        boolean attachmentsAsText,
        boolean plainMarkdown) {

    /** What happens to a message whose id was met before in its chat. */
    enum Twice {
        KEEP,
        REFUSE,
        DROP
    }

    private static final String AGENT = "agent.default";
    private static final String CUSTOMER = "customer.default";

    static Set<String> keys() {
        Set<String> keys = new TreeSet<>(Roles.keys());
        keys.addAll(Times.keys());
        keys.addAll(Set.of(AGENT, CUSTOMER, "order", "ids.twice", "ids.missing", "attachments", "markdown"));
        return keys;
    }

    static MessageRules read(MappingFile file) {
        String twice = file.oneOf("ids.twice", "keep", "refuse", "drop");
        return new MessageRules(
                Roles.read(file),
                Times.read(file),
                file.optional(AGENT).orElse(null),
                file.optional(CUSTOMER).orElse(null),
                file.oneOf("order", "source", "time").equals("time"),
                switch (twice) {
                    case "refuse" -> Twice.REFUSE;
                    case "drop" -> Twice.DROP;
                    default -> Twice.KEEP;
                },
                file.oneOf("ids.missing", "keep", "make").equals("make"),
                file.oneOf("attachments", "drop", "text").equals("text"),
                file.oneOf("markdown", "keep", "plain").equals("plain"));
    }
}
