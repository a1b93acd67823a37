package io.cxt.transcript;

/**
 * One thing wrong with one transcript, in words that name no chat text.
 *
 * @param rule which rule was broken
 * @param line the line of the source, from 1, that a person should look at
 * @param pointer where in the transcript, as an RFC 6901 JSON Pointer; empty for the whole of it
 * @param message what is wrong there, without the rule's id and without any value of the sender's but field names
 */
public record Finding(Reason rule, long line, String pointer, String message) {

    /** The index of the message it is about, from 0; -1 when it is about none, or about all. */
    public int messageIndex() {
        return Arrangement.messageOf(pointer);
    }

    /** What a person can do about it. */
    public String hint() {
        return rule.hint();
    }
}
