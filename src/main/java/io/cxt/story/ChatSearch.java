package io.cxt.story;

import io.cxt.audit.AuditQuery;
import io.cxt.cxone.Targets;
import io.cxt.intake.IdPrefixes;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.TranscriptSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds a chat in the ledger.
 *
 * @param prefixes what pickups put before ids
 * @param maxBytes that one call may have
 */
public record ChatSearch(IdPrefixes prefixes, int maxBytes) {

    /** Reads and checks what the search needs; problems stay in the settings. */
    public static ChatSearch from(Settings settings) {
        IdPrefixes prefixes = IdPrefixes.from(settings);
        return new ChatSearch(
                prefixes,
                TranscriptSettings.from(settings, Targets.forRules(settings).limits())
                        .limits()
                        .maxBytes());
    }

    /**
     * What the ledger knows of an interaction.
     *
     * @param id of the interaction, as its sender or as CXT has it; or the position of a transcript without one
     * @param everywhere true to read the whole audit for a source or a position of which there is no delivery
     */
    public Chat find(LedgerView view, String id, boolean everywhere) {
        return find(view, id, everywhere, Long.MAX_VALUE);
    }

    /** The same with at most so many events. */
    public Chat find(LedgerView view, String id, boolean everywhere, long mostEvents) {
        Chat chat = new Chat(SafeName.spellings(id), new ArrayList<>(), new ArrayList<>());
        look(view, chat, chat.spellings(), mostEvents);
        for (String prefix : prefixes.all()) { // the id may be the one that its sender knows
            Set<String> prefixed = chat.spellings().stream().map(prefix::concat).collect(Collectors.toSet());
            look(view, chat, prefixed, mostEvents);
        }
        if (chat.events().isEmpty() && everywhere) {
            view.audit().events(AuditQuery.ofSource(chat.spellings()), chat.events()::add);
        }
        return chat;
    }

    private static void look(LedgerView view, Chat chat, Set<String> ids, long most) {
        for (String each : ids) { // two spellings may be stored as one
            view.deliveries(each).stream()
                    .filter(found -> !chat.deliveries().contains(found))
                    .forEach(chat.deliveries()::add);
        }
        view.audit().events(new AuditQuery(ids, null, Set.of(), null, null, most), chat.events()::add);
    }

    /** Each delivery of a chat in sentences. */
    public List<DeliveryStory> tell(Chat chat) {
        return chat.deliveries().stream()
                .map(delivery -> DeliveryStory.of(delivery, chat.of(delivery), maxBytes))
                .toList();
    }
}
