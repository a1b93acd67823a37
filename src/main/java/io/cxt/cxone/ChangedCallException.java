package io.cxt.cxone;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** What was about to leave is not the call that is on record: nothing of it has left. Says what differs, never its value. */
public final class ChangedCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String did;

    private ChangedCallException(String message, String did) {
        super(message);
        this.did = did;
    }

    /** @param differences each as {@code the body} */
    static ChangedCallException in(List<String> differences) {
        String last = differences.get(differences.size() - 1);
        String before = differences.stream().limit(differences.size() - 1L).collect(Collectors.joining(", "));
        return new ChangedCallException(
                "changed after the claim: " + String.join(", ", differences),
                "changed " + (before.isEmpty() ? "" : before + " and ") + last + " of");
    }

    /** It is not on the thread that made the claim, so that nothing is known of it. */
    public static ChangedCallException ofThread() {
        return in(List.of("the thread"));
    }

    /** It has left before. */
    public static ChangedCallException repeated() {
        return new ChangedCallException("repeated after the claim", "repeated");
    }

    /** What something did to it, as part of a sentence: {@code changed the body of}. */
    public String did() {
        return did;
    }
}
