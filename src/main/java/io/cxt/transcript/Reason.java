package io.cxt.transcript;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every reason why a transcript was not sent, or is in doubt: its word, what it means, and what a person can do. Reports,
 * audit, ledger and scripts rely on the words: never rename one that has shipped.
 *
 * <p>{@link #CXONE_STATUS} and {@link #PROXY_STATUS} stand for one word for each HTTP status. Long because it is the whole
 * list.
 */
public enum Reason {
    GZIP_DAMAGED(
            "The gzip file is damaged or cut off.", "Copy the file again, or unpack it to see how much is intact."),
    UTF8_INVALID("The text is not UTF-8.", "Save the file as UTF-8. The byte offset says where it stops being UTF-8."),
    JSON_SYNTAX(
            "The text is not JSON.",
            "Correct the JSON at that line. A .json file holds one object or one array; one object a line is .ndjson."),
    JSON_EMPTY(
            "The source holds no transcript.",
            "There is nothing to correct here. Ask the sender, or check how the file was exported."),
    JSON_TRAILING(
            "Something follows the end of the JSON.",
            "Remove what follows the end of the JSON, or name the file .ndjson if each line is a transcript."),
    JSON_DUPLICATE_KEY(
            "An object has a field twice.", "Keep one of the two fields. CXT cannot tell which one is meant."),
    JSON_DEPTH("The JSON is nested too deeply.", "A transcript is nested 4 levels deep. Check how it was exported."),
    JSON_TYPE("A value has the wrong type.", "Write the value in the type that the message names."),
    JSON_UNKNOWN_FIELD(
            "A field is not part of a transcript.",
            "Remove the field, or set transcript.unknown-fields=drop to leave such fields out."),
    JSON_OTHER_FORM(
            "The source is of another format than its name says, or its records are no transcripts.",
            "The message says what it looks like, and cxt map guess says which mapping reads it. Rename the file, or write a"
                    + " mapping (docs/mappings.md), and drop it again: a file is in .failed, a message or body in the dead letter."),
    JSON_RECORD_SIZE(
            "One transcript is larger than transcript.max-input-bytes.",
            "Check that line breaks are not lost, or raise transcript.max-input-bytes."),
    TEXT_SURROGATE(
            "A text holds half a character (a lone surrogate).",
            "Export the transcript again from where it comes from."),
    TEXT_NUL("A text holds a NUL character.", "Remove the NUL character."),
    ID_INTERACTION(
            "The interactionId is missing.",
            "Give the conversation an interactionId that is unique and stays the same on every export."),
    ID_AGENT("The agentId is missing.", "Fill in agentId. For a bot, use the bot's own id."),
    ID_CUSTOMER("The customerId is missing.", "Fill in customerId."),
    ID_LENGTH("An id is longer than 512 characters.", "Use a shorter id."),
    ID_BLANK(
            "An id has blanks around it.",
            "Remove the blanks where the id comes from. With them it is another id, and the chat is another chat."),
    MSG_NONE(
            "The transcript has no messages.",
            "A transcript needs at least one message. Leave empty chats out of the export."),
    MSG_NULL("The list of messages holds null.", "Remove the null from the list of messages."),
    MSG_FROM("A message does not say who wrote it.", "Say who wrote the message: {\"id\": …, \"type\": …}."),
    MSG_TO("A message does not say to whom it was written.", "Say to whom it was written: {\"id\": …, \"type\": …}."),
    MSG_PARTY("An id or type of from or to is missing.", "Fill in id and type of from and to."),
    MSG_TEXT("The text of a message is missing.", "Fill in text. An empty text is allowed."),
    TS_MISSING("The time of a message is missing.", "Fill in the time when the message was written."),
    TS_FORMAT(
            "The time of a message cannot be read.",
            "Write times like 2024-06-15T09:00:00Z or 2024-06-15T09:00:00.123+02:00."),
    TS_RANGE(
            "The time of a message is too early, or too far ahead.",
            "Ten digits are seconds since 1970, thirteen milliseconds, sixteen microseconds: check which one the export"
                    + " has, and as which one CXT read it. Set transcript.earliest to accept older chats, and"
                    + " transcript.max-ahead-hours for a clock that is ahead."),
    TS_ORDER(
            "Messages are not in the order of their times.",
            "Put the messages in order, oldest first, or set transcript.order=sort."),
    MSG_LIMIT(
            "The transcript has more messages than one request takes.",
            "Cut the chat, or set transcript.oversize=split."),
    SIZE_LIMIT(
            "The transcript has more bytes than one request takes.",
            "Shorten the chat, or set transcript.oversize=split."),
    MSG_SIZE(
            "One message has more bytes than one request takes.",
            "Shorten this message. It does not fit into one request by itself."),
    CSV_EMPTY("The table has no header row.", "Check how the file was exported."),
    CSV_SYNTAX(
            "A quote in the table is not closed, or stands inside a cell.",
            "Correct the quotes on that line: a quote inside a quoted cell is written twice. CXT sent nothing of the file."),
    CSV_COLUMN(
            "A column that the mapping names is missing.",
            "Put the names of the columns into the first row, or change column.* in the mapping file."),
    CSV_CELLS(
            "A row has too few or too many cells.",
            "Correct the row: quote a cell that holds the delimiter or a line break. CXT sent nothing of the file."),
    CSV_INTERACTION(
            "The cell that names the chat is empty.",
            "Fill in the column: it says to which chat the row belongs. CXT sent nothing of the file, because the chat"
                    + " could have been sent without the row."),
    CSV_NOT_GROUPED(
            "The rows of one chat do not stand together.",
            "Sort the file by that column, keep the order of times within a chat, and drop it again. CXT sent nothing of"
                    + " the file."),
    CSV_ID_CHANGED(
            "A spreadsheet has changed ids.",
            "Different ids may have become the same. Export the file again from where the ids come from; in a spreadsheet,"
                    + " give the column the format Text before you put the data in. CXT sent nothing of the file."),
    CSV_ID_ALIKE(
            "Two ids differ only by case or blanks.",
            "If it is one chat, write its id the same in each row. If there are two, give one of them another id. CXT sent"
                    + " nothing of the file."),
    CSV_TOO_MANY(
            "The table holds too many chats.",
            "Cut the file between two chats, each piece with the header row. CXT sent nothing of the file."),
    SOURCE_SIZE(
            "The source is larger than pickup.max-source-bytes.",
            "Cut it into several, or raise pickup.max-source-bytes, and drop it again: a file is in .failed, or still on its"
                    + " server. What was sent is not sent again."),
    SOURCE_REFUSALS(
            "More transcripts of the source were rejected than pickup.max-refusals allows.",
            "Correct the export, or raise pickup.max-refusals, and drop it again: a file is in .failed, a message or body in the"
                    + " dead letter (cxt dead-letters replay). What was sent is not sent again."),
    XML_SYNTAX(
            "The XML is not well-formed, has a document type, or is nested too deep.",
            "Correct the file at that place, or how it is exported. CXT reads no document types, since they can pull in other"
                    + " files."),
    TEXT_FORM(
            "No line of the text is one that the mapping describes.",
            "Compare line in the mapping file with the file, and change it there."),
    EXPORT_CUT(
            "The export says that it does not hold all there was: a page of several, or a chat cut at a bound.",
            "Export the rest, too. What is in the file was brought in; the report counts what is missing, where the export says it."),
    MAP_AMBIGUOUS(
            "Two mapping files match the name of the source.",
            "Change the patterns in files of the two mapping files so that one matches, and drop the file again."),
    MAP_ROLE(
            "A role is not one that the mapping knows.",
            "Add the word to role.* in the mapping file, or remove from the source what is no message, such as a row with a"
                    + " total. Drop the source again: what was sent is not sent again."),
    MAP_TIME(
            "A time is not as the mapping says.",
            "Correct timestamp in the mapping file and, of local times, timestamp.zone; or a time in the source that no calendar or"
                    + " clock has. Drop the source again: what was sent is not sent again."),
    MAP_DIFFERS(
            "The rows of one chat name several customers.",
            "A chat has one customer. Correct the rows, or give the second customer's chat an id of its own."),
    MAP_ID_TWICE(
            "Two rows of one chat have the same message id.",
            "Correct the export. Or set ids.twice in the mapping file: keep sends both, drop leaves exact copies out."),
    MAP_REFUSED("The mapping rejects such a chat.", "Leave the chat out of the export, or change the mapping."),
    MAP_FAILED(
            "The mapping failed on this chat.",
            "Correct the mapping at the place that is named, or the chat, and drop the file again."),

    CXONE_STATUS(
            "CXone, or a gateway before it, answered with HTTP status nnn.",
            "The dead letter and cxt find say what to do about this status."),
    CXONE_PAGE(
            "A web page answered in place of CXone. CXone may have the transcript.",
            "Check proxy, firewall and cxone.base-url. Look the interactionId up in CXone, and replay what is missing."),
    CXONE_ID_UNKNOWN(
            "The answer was a yes without a usable conversation id. CXone may have the transcript.",
            "Look the interactionId up in CXone, and replay what is missing."),
    CXONE_ID_CUT(
            "CXone has the transcript. Its conversation id is too long to keep; the ledger has the beginning.",
            "Nothing to do."),
    CXONE_LOOKED_UP("CXone has the transcript: it was looked up after a call without an answer.", "Nothing to do."),
    DIGITAL_ELSEWHERE(
            "CXone shows a message with this id in another channel or thread, or as deleted. Whether it has"
                    + " this one is not known.",
            "Look at that message in CXone. The dead letter and cxt find say where it is and what to do."),
    DIGITAL_NOT_CLOSED(
            "CXone has all messages of the chat. It did not take the change of the contact's status, or the lock of its thread.",
            "Set it in CXone. If that happens to each chat, look at the rights of the access key, cxone.digital.final-status and"
                    + " cxone.digital.lock-thread."),
    DIGITAL_SPLIT_CONTACT(
            "CXone has all messages of the chat, in more than one contact.",
            "Look at the contacts in CXone and close those that are open. Something may close contacts of this channel: look"
                    + " at its Studio script and at Workflow Automation."),
    PROXY_STATUS(
            "The proxy answered CONNECT with HTTP status nnn. The call did not arrive.",
            "Check cxone.proxy and its sign-in. Then replay the dead letter."),
    NET_DNS("The host name is not known here. The call did not arrive.", "Check cxone.base-url and the name service."),
    NET_CONNECT("No connection. The call did not arrive.", "Check cxone.base-url, the network and the proxy."),
    NET_PROXY(
            "No connection to the proxy. The call did not arrive.", "Check cxone.proxy, and whether the proxy is up."),
    NET_TLS(
            "TLS failed. Before the handshake the call did not arrive; after it CXone may have the transcript.",
            "Check the certificates, cxone.trust-store and cxone.key-store. Replay what is missing in CXone."),
    NET_TIMEOUT(
            "No answer within cxone.call-deadline-ms. CXone may have the transcript.",
            "Look the interactionId up in CXone, and replay what is missing."),
    NET_RESET(
            "The connection broke before the answer, or what came is no answer in HTTP. CXone may have the transcript.",
            "Look the interactionId up in CXone, and replay what is missing."),

    CALL_CUT_OFF(
            "The process that made the call ended before the answer. CXone may have the transcript.",
            "Look the interactionId up in CXone, and replay what is missing."),
    EARLIER_CALL(
            "An earlier call may have arrived; only the audit, or the dead letter, knows of it.",
            "Look the interactionId up in CXone, and replay what is missing."),
    REDELIVERED(
            "The broker delivered the message before, and the ledger does not know it.",
            "Look the interactionId up in CXone, and replay what is missing."),
    OTHER_LEDGER(
            "Another ledger may have sent the transcript: a former one, or this one as it was before it was put back from a copy.",
            "Look the interactionId up in CXone, and replay what is missing."),
    LANE_CLOSED(
            "CXT stopped before the call.",
            "Nothing to do: it waits in its source and is sent once calls can be made."),
    REPLAYED(
            "A person put the dead letter into the inbox again.", "Nothing to do: it is sent next, marked may-repeat."),
    SOURCE_CHANGED(
            "The source held something else, or was gone, before the transcript was sent.",
            "Drop the transcript into the inbox again; there is no dead letter of it."),
    OTHER_CONTENT(
            "CXone has, or may have, other content under this interactionId.",
            "Compare the dead letter with cxt archive restore. If both are right, give this one an id of its own."),
    ERASED(
            "What CXT held of this interaction was erased on a person's order.",
            "Nothing was sent or kept of it, but its source holds it: delete that. To accept it again: cxt erase --allow with its id."),
    KEPT_OUT(
            "A step in routes/ keeps the transcript out of CXone.",
            "Nothing to do. To send it after all, change the step and drop it again."),
    MESSAGE_TOO_LONG(
            "The message is longer than pickup.jms.max-message-bytes.",
            "send it in several, or raise that; as a file it is not too long: cxt dead-letters replay"),
    MESSAGE_KIND(
            "The message is neither a TextMessage nor a BytesMessage.",
            "send JSON as one of these; what it held is in the dead letter"),
    NOT_DECIDED(
            "CXT failed on the message each time.",
            "Nothing is wrong with the message. Repair the cause, then run: cxt dead-letters replay with this letter's name."
                    + " What was sent is not sent again.");

    private static final String NUMBER = "nnn";

    /** The words that only a part in doubt has: a call may have arrived, and has no answer. */
    public static final Set<String> UNANSWERED = Set.of(
            NET_TIMEOUT.id(),
            NET_RESET.id(),
            CALL_CUT_OFF.id(),
            EARLIER_CALL.id(),
            REDELIVERED.id(),
            OTHER_LEDGER.id());

    private final String meaning;
    private final String hint;

    Reason(String meaning, String hint) {
        this.meaning = meaning;
        this.hint = hint;
    }

    /** As printed, for example {@code TS-ORDER}; for the two families {@code CXONE-nnn} and {@code PROXY-nnn}. */
    public String id() {
        return name().replace('_', '-').replace("-STATUS", "-" + NUMBER);
    }

    /** The word of a family for one status, for example {@code CXONE-503}. */
    public String id(int httpStatus) {
        return id().replace(NUMBER, Integer.toString(httpStatus));
    }

    /** The reason behind a word of the ledger; empty for a word of a later version, and for none. */
    public static Optional<Reason> of(@Nullable String id) {
        if (id == null) {
            return Optional.empty();
        }
        return Arrays.stream(values())
                .filter(reason -> reason.id().equals(id)
                        || reason.id().endsWith(NUMBER)
                                && id.matches(reason.id().replace(NUMBER, "\\d{3}")))
                .findFirst();
    }

    /** What happened, in one or two sentences. */
    public String meaning() {
        return meaning;
    }

    /** What a person can do about it. */
    public String hint() {
        return hint;
    }

    /** True for what is wrong with the source itself: it ends there, undecided. */
    public boolean endsSource() {
        return this == SOURCE_SIZE || this == SOURCE_REFUSALS || this == JSON_OTHER_FORM;
    }

    /** True when this is the word. */
    public boolean is(@Nullable String id) {
        return id().equals(id);
    }

    /** The rule behind a constraint's message, which begins with its id: {@code "TS-ORDER: messages must …"}. */
    static Reason ofMessage(String message) {
        return valueOf(message.substring(0, message.indexOf(':')).replace('-', '_'));
    }
}
