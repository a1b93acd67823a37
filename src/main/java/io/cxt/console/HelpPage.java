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
                                .map(each -> new Topic(each.id(), each.meaning(), each.hint()))
                                .toList()),
                null);
    }
}
