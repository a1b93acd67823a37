package io.cxt.transcript;

import java.util.List;

/** Leads from a message of a sorted transcript back to its place before. */
final class Arrangement {
    private static final String MESSAGES = "/messages/";

    private Arrangement() {}

    /** The same finding with the index that the message had; unchanged when it is about no message. */
    static Finding asReceived(Finding finding, Transcript sorted, Transcript received) {
        String pointer = finding.pointer();
        int index = messageOf(pointer);
        if (index < 0 || index >= sorted.messages().size()) {
            return finding;
        }
        int before = indexOf(sorted.messages().get(index), received.messages());
        String rest =
                pointer.substring(MESSAGES.length() + Integer.toString(index).length());
        return new Finding(finding.rule(), finding.line(), MESSAGES + before + rest, finding.message());
    }

    /** The index of the message that a pointer leads to, or -1 when it leads to none. */
    static int messageOf(String pointer) {
        if (!pointer.startsWith(MESSAGES)) {
            return -1;
        }
        int end = pointer.indexOf('/', MESSAGES.length());
        return Integer.parseInt(pointer, MESSAGES.length(), end < 0 ? pointer.length() : end, 10);
    }

    /** By identity: two messages of a chat may be equal. */
    private static int indexOf(ChatMessage message, List<ChatMessage> messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) == message) {
                return i;
            }
        }
        throw new IllegalArgumentException("the message is not one of the transcript's");
    }
}
