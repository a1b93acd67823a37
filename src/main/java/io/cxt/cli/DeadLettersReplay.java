package io.cxt.cli;

import static io.cxt.ledger.JobOrders.Redrive.SHARE;

import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.AuditQuery;
import io.cxt.audit.OperatorLog;
import io.cxt.audit.OperatorLog.Again;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.files.DurableFiles;
import io.cxt.files.OpenFile.Look;
import io.cxt.intake.IdPrefixes;
import io.cxt.intake.LetterContent;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.pickup.FolderClaim;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts dead letters into the inbox again, each on record before it is there; where nobody reads that, jobs send them. Long because
 * it says of each letter that stays why it does.
 */
final class DeadLettersReplay {
    private enum Outcome {
        REPLAYED,
        STAYS,
        /** Somebody else has replayed it or removed it. */
        GONE
    }

    private final boolean all;
    private final Settings settings = Installation.find().settings();
    private final LedgerSettings ledger = LedgerSettings.from(settings);
    private final Path inbox =
            settings.path("pickup.file.folder", ledger.folder().resolve("inbox").toString());
    private @Nullable String instance;

    /** @param all true when no letter was named, so that one that is gone is not missed */
    DeadLettersReplay(boolean all) {
        this.all = all;
        IdPrefixes.from(settings);
        settings.check();
    }

    /**
     * Those that CXone has not confirmed to have; says how many it leaves out.
     *
     * @param reason only letters of this reason; null for any
     */
    static List<Letter> safe(List<Letter> letters, @Nullable String reason) {
        List<Letter> safe = new ArrayList<>();
        int confirmed = 0;
        int doubted = 0;
        for (Letter letter : letters) {
            if (reason != null && !letter.name().startsWith(reason + "/")) {
                continue;
            }
            boolean inDoubt = false;
            try {
                Refusal refusal = letter.refusal();
                inDoubt = letter.inDoubt(refusal);
                if (inDoubt && Integer.valueOf(409).equals(refusal.httpStatus())) {
                    confirmed++;
                    continue;
                }
            } catch (IOException e) {
                // its replay says so
            }
            doubted += inDoubt ? 1 : 0;
            safe.add(letter);
        }
        if (confirmed > 0) {
            System.err.println(
                    confirmed + " left as they are: CXone says it has them (HTTP 409). Delete them, or name one");
        }
        if (doubted > 0) {
            System.err.println(
                    doubted + " of them are in doubt: CXone may have them. They are sent again, marked may-repeat");
        }
        return safe;
    }

    /** True while a cxt runs on the ledger and none has its marker in the inbox. */
    boolean nobodyReadsInbox() {
        return LedgerView.inUse(ledger) && Files.notExists(inbox.resolve(FolderClaim.NAME));
    }

    /** Replays them, says what it did, and returns the exit code. */
    int run(List<Letter> letters) throws IOException {
        if (letters.isEmpty()) {
            throw new CommandRefused(Exit.USAGE, "There is nothing to replay");
        }
        int replayed = 0;
        int gone = 0;
        try (LedgerView view = LedgerView.of(ledger); // there is one: none is made here
                OperatorLog log = new OperatorLog(ledger)) {
            instance = Owner.instanceId(ledger.folder());
            for (Letter letter : letters) {
                switch (replay(letter, view, log)) {
                    case REPLAYED -> replayed++;
                    case GONE -> {
                        gone++;
                        System.err.println(SafeName.log(letter.name())
                                + " is no longer there: somebody else has replayed it or removed it");
                    }
                    case STAYS -> {}
                }
            }
        }
        System.out.println(replayed + " put into the inbox");
        if (!settings.flag("pickup.file.enabled", true)) {
            System.out.println(
                    "pickup.file.enabled is false, so they wait there. Bring them in with: PICKUP_FILE_ENABLED=true"
                            + " cxt run --once, while no other cxt runs on this data.dir");
        }
        return replayed + (all ? gone : 0) == letters.size() ? Exit.GOOD : Exit.PARTLY;
    }

    /** While a cxt runs that does not read the inbox, as in a host: one job for each letter. */
    int startJobs(List<Letter> named) throws IOException {
        Map<String, @Nullable String> ids = new LinkedHashMap<>();
        named.forEach(letter -> ids.put(letter.name(), null)); // until it is found
        String upTo;
        try (LedgerView view = LedgerView.of(ledger)) {
            String instance = Owner.instanceId(ledger.folder());
            upTo = view.letters().newest();
            view.letters().redrivable(LetterQuery.ALL, upTo, letter -> {
                if (letter.instance().equals(instance) && ids.containsKey(letter.name())) {
                    ids.put(letter.name(), letter.id());
                }
            });
        }
        for (Letter letter : named) {
            String name = SafeName.log(letter.name());
            String id = ids.get(letter.name());
            if (id == null) {
                System.err.println(
                        name + " stays: it is in a job, or CXone says that it has it (HTTP 409). See: cxt jobs"
                                + " list; and cxt dead-letters show " + SafeName.shell(letter.name()));
                continue;
            }
            LetterQuery one = new LetterQuery(null, Set.of(), null, id, null);
            long job = JobsStart.start(ledger, new JobOrders.Redrive(one, upTo, "letter=" + name, SHARE, 0, null));
            String words = "The cxt that runs does not read the inbox, so job %s replays %s. See: cxt jobs show %1$s%n";
            System.out.printf(words, job, name);
        }
        return ids.containsValue(null) ? Exit.PARTLY : Exit.GOOD;
    }

    private Outcome replay(Letter letter, LedgerView view, OperatorLog log) throws IOException {
        Look asked = Look.orNull(letter.reason());
        if (asked == null) {
            return Outcome.GONE;
        }
        Optional<Long> job = instance == null ? Optional.empty() : view.jobs().openWith(instance, letter.name());
        if (job.isPresent()) {
            System.err.println("%s stays: it is in job %s, which replays it. See: cxt jobs show %2$s"
                    .formatted(SafeName.log(letter.name()), job.get()));
            return Outcome.STAYS;
        }
        if (!Files.exists(letter.transcript())) {
            if (!asked.equals(Look.orNull(letter.reason()))) {
                return Outcome.GONE;
            }
            System.err.println(SafeName.log(letter.name())
                    + " has no transcript beside it: it was too large to keep twice, or was"
                    + " moved. Take it from its source, see: cxt dead-letters show " + SafeName.shell(letter.name()));
            return Outcome.STAYS;
        }
        Optional<LetterContent> held = LetterContent.of(letter);
        if (held.isEmpty() && (Files.notExists(letter.transcript()) || !asked.equals(Look.orNull(letter.reason())))) {
            return Outcome.GONE; // meanwhile, or it is another one of that name by now
        }
        if (held.isEmpty()) {
            System.err.println(
                    letter.name() + " holds no transcript but the content of a message of another kind. See: cxt"
                            + " dead-letters show " + letter.name());
            return Outcome.STAYS;
        }
        String ending = held.get().ending();
        Refusal refusal;
        byte[] content;
        try {
            refusal = letter.refusal();
            content = Files.readAllBytes(held.get().file());
        } catch (NoSuchFileException e) {
            return Outcome.GONE;
        }
        String withdrawn = withdrawn(refusal.interactionId(), view);
        if (withdrawn != null) {
            System.err.println(
                    "%s stays: %s was withdrawn from CXone at %s, and a replay would bring content of it back. Delete the dead letter and its .reason.json; or, if it has to go in after all, drop the transcript into the inbox"
                            .formatted(
                                    SafeName.log(letter.name()),
                                    SafeName.log(String.valueOf(refusal.interactionId())),
                                    withdrawn));
            return Outcome.STAYS;
        }
        boolean inDoubt = letter.inDoubt(refusal);
        String prefixed =
                inDoubt && !known(refusal.interactionId(), view) ? IdPrefixes.REPLAY_IN_DOUBT : IdPrefixes.REPLAY;
        String name = prefixed + letter.name().replace('/', '-') + "-" + System.currentTimeMillis();
        String prefix = refusal.idPrefix() == null ? "" : refusal.idPrefix();
        log.replayed(
                refusal.interactionId(),
                letter.name(),
                inDoubt,
                new Again(name + ending, Part.hashOf(content), prefix, instance));
        DurableFiles.keep(inbox, name, ending, content);
        if (asked.equals(Look.orNull(letter.reason()))) { // else it was rejected again meanwhile, and is a letter again
            Files.deleteIfExists(letter.reason()); // first: a letter without its transcript is one that never had any
            Files.deleteIfExists(letter.transcript());
        }
        return Outcome.REPLAYED;
    }

    /** True when the ledger knows that CXone may have the interaction: then it marks the calls by itself. */
    private static boolean known(@Nullable String interactionId, LedgerView view) {
        return interactionId != null
                && view.deliveries(interactionId).stream()
                        .anyMatch(delivery -> delivery.part() > 0
                                && (delivery.state() == DeliveryState.IN_DOUBT || delivery.mayRepeat()));
    }

    /** When content of the interaction was last removed from CXone; null when it never was. */
    private static @Nullable String withdrawn(@Nullable String interactionId, LedgerView view) {
        @Nullable String[] last = {null};
        if (interactionId != null) {
            view.audit()
                    .events(
                            new AuditQuery(
                                    Set.of(interactionId), Type.WITHDRAWN.name(), Set.of(), null, null, Long.MAX_VALUE),
                            event -> last[0] = event.at());
        }
        return last[0];
    }
}
