package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.settings.Settings;
import io.cxt.story.Chat;
import io.cxt.story.ChatSearch;
import io.cxt.story.DeliveryStory;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what happened to one interaction. */
@Command(
        name = "find",
        description = {
            "Shows what happened to one interaction: its state, every event, and what to do.",
            "Of a customer: each chat and dead letter, when it came, from where, and where it is now."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt find ext_interaction_998877",
            "  cxt find 'chats.ndjson#17'     one without an id, by its position",
            "  cxt find --customer - < id.txt"
        })
final class FindCommand implements Callable<Integer> {
    /** One of the two. */
    static final class Which {
        @Parameters(paramLabel = "ID", description = "Interaction id, or FILE#INDEX for a transcript without one.")
        private @Nullable String id;

        @Option(
                names = "--customer",
                paramLabel = "ID",
                required = true,
                description = "The customer id, as it stands in the chats; - reads it from standard input.")
        private @Nullable String customer;
    }

    @ArgGroup(multiplicity = "1")
    private final Which which = new Which();

    @Mixin
    private final Output.Option as = new Output.Option();

    @Override
    public Integer call() throws IOException {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        ChatSearch search = ChatSearch.from(settings);
        ArchiveReader archive = new ArchiveReader(
                ArchiveSettings.from(settings, ledger.folder()).folder());
        Reads reads = new Reads(settings, ledger);
        settings.check();
        if (which.customer != null) {
            String customer = CustomerId.given(which.customer);
            try (LedgerView view = DataDir.view(ledger, as.output)) {
                String known = view.customer(customer);
                reads.of(null, "find customer=" + known);
                return new CustomerChats(view, as.output).print(known);
            }
        }
        String id = String.valueOf(which.id);
        if (id.isBlank()) {
            throw new CommandRefused(Exit.USAGE, "Say which: cxt find ID, an interaction id or FILE#INDEX");
        }
        Chat chat;
        String pruned;
        Set<String> erased;
        try (LedgerView view = DataDir.view(ledger, as.output)) {
            chat = search.find(view, id, true);
            pruned = chat.deliveries().stream()
                    .map(delivery -> view.audit().prunedUpTo(delivery.interactionId()))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
            erased = chat.deliveries().stream()
                    .map(RecordedDelivery::interactionId)
                    .distinct()
                    .filter(view::erased)
                    .collect(Collectors.toSet());
        }
        if (chat.isUnknown()) {
            throw new CommandRefused(
                    Exit.USAGE, "The ledger of %s knows nothing of %s".formatted(ledger.shown(), SafeName.log(id)));
        }
        reads.of(id, "find");
        if (as.output == Output.json) {
            Map<String, Object> found = new LinkedHashMap<>();
            found.put("interactionId", id);
            found.put("deliveries", chat.deliveries());
            found.put("events", chat.events());
            found.put("prunedUpTo", pruned);
            found.put("erased", !erased.isEmpty());
            System.out.println(Output.json(found));
        } else {
            for (DeliveryStory story : search.tell(chat)) {
                print(
                        story,
                        chat.asked(story.delivery()),
                        erased.contains(story.delivery().interactionId()),
                        archive);
            }
            if (pruned != null) {
                System.out.println("  events up to " + pruned + " were pruned, as retention.ledger-days says");
            }
            System.out.println();
            System.out.print(Output.events(chat.events()));
        }
        return Exit.GOOD;
    }

    private static void print(DeliveryStory story, boolean asked, boolean erased, ArchiveReader archive) {
        System.out.println(story.standing());
        if (!asked) {
            System.out.println(
                    "  with pickup.*.id-prefix, as " + text(story.delivery().interactionId()));
        }
        if (story.first() != null) {
            System.out.println("  the " + story.first());
        }
        System.out.println("  from " + text(story.delivery().source()) + " line "
                + story.delivery().sourceLine());
        String place = story.delivery().archivedIn();
        if (place != null) {
            System.out.println("  archived in " + text(place)
                    + (archive.hasFileOf(place)
                            ? ""
                            : ", which is not there any more: pruned (cxt audit query --event PRUNED), moved, or in the"
                                    + " archive of another instance"));
        }
        story.calls().forEach(call -> System.out.println("  " + call));
        if (erased) {
            System.out.println("  What to do: nothing. It was erased, and is refused until cxt erase --allow "
                    + SafeName.shell(story.delivery().interactionId()));
        } else if (story.toDo() != null) {
            System.out.println("  What to do: " + story.toDo());
        }
    }

    private static String text(@Nullable String value) {
        return SafeName.log(String.valueOf(value));
    }
}
