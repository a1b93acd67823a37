package io.cxt.console;

import io.cxt.transcript.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What each reason means, and what to do. */
public record HelpPage() {

    /** One reason. */
    public record Topic(String reason, String meaning, String whatToDo) {}

    /**
     * The page.
     *
     * @param asked the reason that was asked for; null for all
     */
    public record Topics(@Nullable String asked, List<Topic> topics) {}

    Page get(Asked asked) {
        String word = asked.value("reason");
        Optional<Reason> reason = Reason.of(word);
        return Page.of(
                "Help",
                "help",
                new Topics(
                        reason.isPresent() ? word : null,
                        Stream.of(Reason.values())
                                .filter(each -> reason.isEmpty() || each == reason.get())
                                .map(each -> topic(each, reason.isPresent() ? word : null))
                                .toList()),
                null);
    }

    private static Topic topic(Reason reason, @Nullable String word) {
        return new Topic(
                word == null ? reason.id() : word, word == null ? reason.meaning() : meaning(word), reason.hint());
    }

    /** What a word of the ledger means; of one of a family, with its HTTP status. Empty for a word of a later version. */
    static String meaning(@Nullable String word) {
        return Reason.of(word)
                .map(reason ->
                        reason.meaning().replace("nnn", String.valueOf(word).replaceAll("\\D", "")))
                .orElse("");
    }

    /** What helps; empty for a word of a later version. */
    static String hint(@Nullable String word) {
        return Reason.of(word).map(Reason::hint).orElse("");
    }
}
