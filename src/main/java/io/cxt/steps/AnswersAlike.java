package io.cxt.steps;

import java.util.HashSet;
import java.util.Set;

/** How many different chats got the same answer, one after the other. */
final class AnswersAlike {
    private final Set<String> chats = new HashSet<>();
    private String verdict = "";

    /**
     * Another answer.
     *
     * @param chat what it is about; each counts once
     * @return how many chats have had this answer since the last that had another
     */
    synchronized int count(String newVerdict, String chat) {
        if (!newVerdict.equals(verdict)) {
            chats.clear();
            verdict = newVerdict;
        }
        chats.add(chat);
        return chats.size();
    }

    /** The row has ended. */
    synchronized void clear() {
        chats.clear();
    }
}
