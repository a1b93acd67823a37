package io.cxt.cxone;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** What was about to leave is not the call that is on record: nothing of it has left. Says what differs, never its value. */
public final class ChangedCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String differences;

    /** @param differences each as {@code the body} */
    public ChangedCallException(List<String> differences) {
        super("changed after the claim: " + String.join(", ", differences));
        String last = differences.get(differences.size() - 1);
        this.differences = differences.size() == 1
                ? last
                : differences.stream().limit(differences.size() - 1L).collect(Collectors.joining(", ")) + " and "
                        + last;
    }

    /** What differs, as part of a sentence. */
    public String differences() {
        return differences;
    }
}
