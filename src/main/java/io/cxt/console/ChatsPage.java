package io.cxt.console;

import io.cxt.audit.AuditEntry;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.ledger.RecordedSource;
import io.cxt.story.Chat;
import io.cxt.story.ChatSearch;
import io.cxt.story.DeliveryStory;
import io.cxt.text.SafeName;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of one chat, and which were not sent. */
public record ChatsPage(LedgerView view, ChatSearch search) {
    private static final int MOST_EVENTS = 500;
    private static final int MOST_ROWS = 50;
    private static final int MOST_SOURCES = 20;

    /** States whose parts are listed: few enough to be sorted for each page. */
    private static final Set<DeliveryState> LISTED = Set.of(
            DeliveryState.SENDING,
            DeliveryState.REJECTED,
            DeliveryState.FAILED,
            DeliveryState.CONFLICT,
            DeliveryState.IN_DOUBT,
            DeliveryState.EXCLUDED);

    /** The field to search in. */
    public record Search(List<DeliveryState> states) {}

    /**
     * What was found.
     *
     * @param deliveries each part in sentences
     * @param events the first ones, in the order in which they were written
     * @param moreEvents true when there are more
     * @param sources readings of a source of that name
     */
    public record Found(
            String id,
            List<DeliveryStory> deliveries,
            List<AuditEntry> events,
            boolean moreEvents,
            List<RecordedSource> sources) {}

    /**
     * Parts in one state.
     *
     * @param next the address of the next page; null for the last
     */
    public record NotSent(
            DeliveryState state,
            @Nullable String reason,
            List<RecordedDelivery> deliveries,
            @Nullable String next) {}

    Page get(Asked asked) {
        String id = asked.value("id");
        String state = asked.value("state");
        if (id != null) {
            return chat(id);
        }
        if (state != null && LISTED.stream().noneMatch(each -> each.name().equals(state))) {
            return Page.problem(400, "No such state", "No list has this state.", "Choose one on the page Chats.");
        }
        return Stream.of(DeliveryState.values())
                .filter(LISTED::contains)
                .filter(each -> each.name().equals(state))
                .findFirst()
                .map(each -> list(each, asked))
                .orElseGet(() -> Page.of(
                        "Chats",
                        "chats",
                        new Search(Stream.of(DeliveryState.values())
                                .filter(LISTED::contains)
                                .toList()),
                        "cxt find ID"));
    }

    private Page chat(String id) {
        Chat chat = search.find(view, id, false, MOST_EVENTS + 1);
        List<RecordedSource> sources = view.lists().named(chat.spellings(), MOST_SOURCES);
        String command = "cxt find " + SafeName.shell(id);
        if (chat.isUnknown() && sources.isEmpty()) {
            return Page.problem(
                    404,
                    "Not found",
                    "The ledger knows nothing of " + SafeName.log(id) + ".",
                    "Check the spelling: an interaction id, a source, or the place of a transcript in its source, as in"
                            + " chats.ndjson#17. The command reads the whole audit for it: " + command);
        }
        boolean more = chat.events().size() > MOST_EVENTS;
        return Page.of(
                "Chat",
                "chat",
                new Found(
                        id,
                        search.tell(chat),
                        chat.events()
                                .subList(0, Math.min(MOST_EVENTS, chat.events().size())),
                        more,
                        sources),
                command);
    }

    private Page list(DeliveryState state, Asked asked) {
        String after = asked.value("after");
        String reason = asked.value("reason");
        List<RecordedDelivery> rows = view.lists()
                .inState(state, reason, after == null ? "" : after, (int) asked.number("part", 0), MOST_ROWS + 1);
        boolean more = rows.size() > MOST_ROWS;
        List<RecordedDelivery> shown = more ? rows.subList(0, MOST_ROWS) : rows;
        RecordedDelivery last = more ? shown.get(MOST_ROWS - 1) : null;
        return Page.of(
                "Chats that are " + state.word(),
                "notsent",
                new NotSent(
                        state,
                        reason,
                        shown,
                        last == null
                                ? null
                                : Links.to(
                                        "/chats",
                                        "state",
                                        state.name(),
                                        "reason",
                                        reason,
                                        "after",
                                        last.interactionId(),
                                        "part",
                                        Integer.toString(last.part()))),
                "cxt dead-letters list");
    }
}
