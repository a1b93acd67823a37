package io.cxt.steps;

import java.util.HashSet;
import java.util.Set;

/** Whether many different chats got the same answer, one after the other. Remembers no more of them than have to. */
final class AnswersAlike {
    private final Set<String> chats = new HashSet<>();
    private String verdict = "";

    /**
     * Another answer.
     *
     * @param chat what it is about; each counts once
     * @return true when so many chats have had this answer since the last that had another
     */
    synchronized boolean reach(int most, String newVerdict, String chat) {
        if (!newVerdict.equals(verdict)) {
            chats.clear();
            verdict = newVerdict;
        }
        if (chats.size() < most) {
            chats.add(chat);
        }
        return chats.size() >= most;
    }

    /** True when so many chats have had this answer, and none since has had another. */
    synchronized boolean reached(int most, String asked) {
        return asked.equals(verdict) && chats.size() >= most;
    }

    /** The row has ended. */
    synchronized void clear() {
        chats.clear();
    }
}
