package io.cxt.transcript;

/**
 * Every reason for which CXT itself refuses a transcript. The id is stable: reports, audit and scripts rely on it.
 * Never rename one that has shipped.
 */
public enum Rule {
    GZIP_DAMAGED("The file is not whole. Copy it again, or unpack it to see how far it goes."),
    UTF8_INVALID("Save the file as UTF-8. The byte offset says where it stops being UTF-8."),
    JSON_SYNTAX(
            "Mend the JSON at that line. A .json file holds one object or one array; one object a line is .ndjson."),
    JSON_EMPTY("The file holds no transcript. Check how it was exported."),
    JSON_TRAILING("Remove what follows the end of the JSON, or name the file .ndjson if each line is a transcript."),
    JSON_DUPLICATE_KEY("Keep one of the two fields; it cannot be told which is meant."),
    JSON_DEPTH("A transcript is nested 4 levels deep. Check how it was exported."),
    JSON_TYPE("Write the value in the type the message names."),
    JSON_UNKNOWN_FIELD("Remove the field, or set transcript.unknown-fields=drop to leave such fields out."),
    JSON_RECORD_SIZE("One transcript must stay below transcript.max-input-bytes. Check that line breaks are not lost."),
    TEXT_SURROGATE("The text holds half a character (a lone surrogate). Export it again from the source."),
    TEXT_NUL("Remove the NUL character."),
    ID_INTERACTION("Give the conversation an interactionId that is unique and stays the same on every export."),
    ID_AGENT("Fill in agentId. For a bot, use the bot's own id."),
    ID_CUSTOMER("Fill in customerId."),
    ID_LENGTH("Use a shorter id."),
    MSG_NONE("A transcript needs at least one message. Leave empty chats out of the export."),
    MSG_NULL("Remove the null from the list of messages."),
    MSG_FROM("Say who wrote the message: {\"id\": …, \"type\": …}."),
    MSG_TO("Say whom the message was written to: {\"id\": …, \"type\": …}."),
    MSG_PARTY("Fill in id and type of from and to."),
    MSG_TEXT("Fill in text; an empty text is fine."),
    TS_MISSING("Fill in the time the message was written."),
    TS_FORMAT("Write times like 2024-06-15T09:00:00Z or 2024-06-15T09:00:00.123+02:00."),
    TS_ORDER("Put the messages in order, oldest first, or set transcript.order=sort."),
    MSG_LIMIT("Cut the chat, or set transcript.oversize=split."),
    SIZE_LIMIT("Shorten the chat, or set transcript.oversize=split."),
    MSG_SIZE("Shorten this message; it does not fit into one request by itself.");

    private final String hint;

    Rule(String hint) {
        this.hint = hint;
    }

    /** As printed: {@code TS-ORDER}. */
    public String id() {
        return name().replace('_', '-');
    }

    /** What a person can do about it. */
    public String hint() {
        return hint;
    }

    /** The rule behind a constraint's message, which begins with its id: {@code "TS-ORDER: messages must …"}. */
    static Rule ofMessage(String message) {
        return valueOf(message.substring(0, message.indexOf(':')).replace('-', '_'));
    }
}
