package io.cxt.simulator.digital;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The calls below {@code /dfo/3.0}. */
enum DfoCall {
    CREATE("POST channels/*/messages", "message", true),
    CHANNELS("GET channels", null, false),
    THREAD("PUT channels/*/threads/*", "thread", false),
    SEARCH("GET messages", null, false),
    MESSAGE("GET messages/*", null, false),
    CONTENT_REMOVAL("POST messages/*/content-removal", "removal", true),
    CONTACT("GET contacts/*", null, false),
    CONTACT_MESSAGES("GET contacts/*/messages", null, false),
    STATUS("PUT contacts/*/status", "status", true),
    CUSTOM_FIELDS("PUT contacts/*/custom-fields", "customFields", true),
    CUSTOM_FIELD_DEFINITIONS("GET consumer-contact-custom-fields", null, false),
    TAGS("GET tags", null, false),
    ATTACHMENT("POST attachments/*", null, false),
    UNKNOWN("", null, false);

    private static final Map<String, DfoCall> BY_PATH =
            Arrays.stream(values()).collect(Collectors.toMap(call -> call.path, Function.identity()));

    /** Method and path; a star stands for an id. */
    private final String path;

    /** The published type of its body; null when it has none. */
    final @Nullable String type;

    /** True if it counts as an update of a contact: the limit of the tenant counts it. */
    final boolean changesContact;

    DfoCall(String path, @Nullable String type, boolean changesContact) {
        this.path = path;
        this.type = type;
        this.changesContact = changesContact;
    }

    static DfoCall of(String path) {
        return BY_PATH.getOrDefault(path, UNKNOWN);
    }
}
