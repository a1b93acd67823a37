package io.cxt.transcript;

/**
 * Every reason for which CXT itself refuses a transcript. The id is stable: reports, audit and scripts rely on it.
 * Never rename one that has shipped.
 */
public enum Rule {
    GZIP_DAMAGED("The file is not whole. Copy it again, or unpack it to see how far it goes."),
    UTF8_INVALID("Save the file as UTF-8. The byte offset says where it stops being UTF-8."),
    JSON_SYNTAX(
            "Correct the JSON at that line. A .json file holds one object or one array; one object a line is .ndjson."),
    JSON_EMPTY(
            "There is no transcript in it, and nothing to correct here. Ask its sender, or check how it was exported."),
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
    ID_BLANK(
            "Remove the blanks around the id where it comes from: with them it is another id, and the chat another chat."),
    MSG_NONE("A transcript needs at least one message. Leave empty chats out of the export."),
    MSG_NULL("Remove the null from the list of messages."),
    MSG_FROM("Say who wrote the message: {\"id\": …, \"type\": …}."),
    MSG_TO("Say whom the message was written to: {\"id\": …, \"type\": …}."),
    MSG_PARTY("Fill in id and type of from and to."),
    MSG_TEXT("Fill in text; an empty text is fine."),
    TS_MISSING("Fill in the time the message was written."),
    TS_FORMAT("Write times like 2024-06-15T09:00:00Z or 2024-06-15T09:00:00.123+02:00."),
    TS_RANGE(
            "Ten digits are seconds since 1970, thirteen milliseconds, sixteen microseconds: check which one the export"
                    + " has and which one it was read as. A chat that is so old, or a clock that is ahead, is taken with"
                    + " transcript.earliest or transcript.max-ahead-hours."),
    TS_ORDER("Put the messages in order, oldest first, or set transcript.order=sort."),
    MSG_LIMIT("Cut the chat, or set transcript.oversize=split."),
    SIZE_LIMIT("Shorten the chat, or set transcript.oversize=split."),
    MSG_SIZE("Shorten this message; it does not fit into one request by itself."),
    CSV_EMPTY("The file holds no header row. Check how it was exported."),
    CSV_SYNTAX(
            "Correct the quotes on that line: a quote inside a quoted cell is written twice. Nothing of the file was sent."),
    CSV_COLUMN("Put the names of the columns into the first row, or change column.* in the mapping file."),
    CSV_CELLS(
            "Correct the row: a cell that holds the delimiter or a line break is quoted. Nothing of the file was sent."),
    CSV_INTERACTION(
            "Fill in the column: it says which chat the row belongs to. Nothing of the file was sent, since a chat could"
                    + " have gone without the row."),
    CSV_NOT_GROUPED(
            "Sort the file by that column, keeping the order of times within a chat, and drop it again. Nothing of the"
                    + " file was sent."),
    CSV_ID_CHANGED(
            "A spreadsheet has changed ids, and different ones may have become the same. Export the file again from where"
                    + " the ids come from; in a spreadsheet give the column the format Text before the data goes in. Nothing"
                    + " of the file was sent."),
    CSV_ID_ALIKE(
            "If it is one chat, write its id the same in each row; if there are two, give one of them another id. Nothing"
                    + " of the file was sent."),
    CSV_TOO_MANY("Cut the file between two chats, each piece with the header row. Nothing of the file was sent."),
    SOURCE_SIZE(
            "Cut it into several, or raise pickup.max-source-bytes, and bring it in again: a file lies in .failed, or still"
                    + " on its server. What was sent is not sent again."),
    SOURCE_REFUSALS(
            "Correct the export, or raise pickup.max-refusals, and bring it in again: a file lies in .failed. What was sent"
                    + " is not sent again."),
    MAP_AMBIGUOUS("Make the patterns in files of the two mapping files tell the names apart, and drop the file again."),
    MAP_ROLE("Add the word to role.* in the mapping file, or correct the row."),
    MAP_TIME("Write the time as timestamp in the mapping file says, or change it there."),
    MAP_DIFFERS("A chat has one customer. Correct the rows, or give the second customer's chat an id of its own."),
    MAP_REFUSED("The mapping file does not take such a chat. Leave it out of the export, or change the mapping."),
    MAP_FAILED("Correct the mapping at the place that is named, or the chat, and drop the file again.");

    private final String hint;

    Rule(String hint) {
        this.hint = hint;
    }

    /** As printed: {@code TS-ORDER}. */
    public String id() {
        return name().replace('_', '-');
    }

    /** True for a bound of the source itself: it ends there, undecided. */
    public boolean endsSource() {
        return this == SOURCE_SIZE || this == SOURCE_REFUSALS;
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
