package io.cxt.retention;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Owner;
import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.Erasures;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.ledger.RecordedLetter;
import io.cxt.pickup.file.Originals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what CXT holds of one chat. Its rows and events stay, without text; a certificate says what went and what is left.
 * Long because each kind of what is kept is looked at and removed here.
 */
public final class Erasure {

    private final LedgerView view;
    private final Path data;
    private final DeadLetters letterFiles;
    private final Path inbox;
    private final Path archive;
    private final ArchiveCopies copies;
    private final FeedSource feed;
    private final @Nullable String instance;
    private final String id;
    private final @Nullable String customer;
    private final Set<String> targets;

    /**
     * @param instance whose {@code data.dir} it is; null when it has never had one
     * @param target what is configured: the chat is refused there, too
     * @param id as the ledger has it; a position for a transcript without one
     * @param customer whose transcript without an id it is; null for all at that position
     */
    public Erasure(
            LedgerView view,
            Path data,
            Path inbox,
            Path archive,
            FeedSource feed,
            @Nullable String instance,
            String target,
            String id,
            @Nullable String customer) {
        this.view = view;
        this.data = data;
        letterFiles = new DeadLetters(data.resolve("dead-letters"), data);
        this.inbox = inbox;
        this.archive = archive;
        copies = new ArchiveCopies(view, archive, id);
        this.feed = feed;
        this.instance = instance;
        this.id = id;
        this.customer = customer;
        this.targets = new TreeSet<>(Set.of(target));
        view.deliveries(id).forEach(row -> targets.add(row.target()));
    }

    /** Something that was removed, or would be. */
    public record Removed(String kind, long items, long bytes) {}

    /** Something that is left, and why. */
    public record Left(String what, String why) {}

    /** What there is, or was, and what stays. */
    public record Result(List<Removed> removed, List<Left> left) {}

    /** Why it cannot be erased now, in words; null when it can. */
    public @Nullable String hindrance() {
        return view.whyNotErased(id, targets);
    }

    /** The targets that have parts of it. */
    public Set<String> sentTo() {
        return view.deliveries(id).stream()
                .filter(row -> row.state() == DeliveryState.SENT)
                .map(RecordedDelivery::target)
                .collect(Collectors.toSet());
    }

    /** What would be removed. Changes nothing. */
    public Result look(boolean originals) throws IOException, SQLException {
        Result result = new Result(new ArrayList<>(), new ArrayList<>());
        result.removed.add(copies.look());
        letters(result, false);
        result.removed.add(new Removed("feed", FeedPruning.count(feed, id), 0));
        originals(result, originals, false);
        inFlight(result);
        return result;
    }

    /**
     * Removes it, once that is on record. What a kill leaves is removed when it is called again.
     *
     * @param originals true to delete whole files from {@code .done}
     * @param note why, as the person says
     * @throws io.cxt.ledger.OrderRefused when it is on its way
     */
    public Result erase(OperatorLog log, boolean originals, String note) throws IOException, SQLException {
        List<String> nameless = lettersOf().stream()
                .filter(row -> row.interactionId() == null && row.instance().equals(instance))
                .map(RecordedLetter::id)
                .toList();
        Erasures.erase(log, id, targets, instance, nameless, note);
        HaltAt.reached("erase-recorded");
        Result result = new Result(new ArrayList<>(), new ArrayList<>());
        result.removed.add(copies.erase(result.left));
        letters(result, true);
        HaltAt.reached("erase-letters");
        result.removed.add(new Removed("feed", FeedPruning.delete(feed, id), 0));
        originals(result, originals, true);
        inFlight(result);
        if (result.left.stream().noneMatch(left -> left.what.startsWith(ArchiveCopies.ARCHIVED))) {
            Erasures.copiesGone(log, id, targets);
            HaltAt.reached("erase-copies");
            copies.removeErased();
        }
        if (hindrance() != null || !copies.onRecord().isEmpty() && result.left.isEmpty()) {
            result.left.add(new Left("delivery", "it was sent meanwhile: run this again"));
        }
        return result;
    }

    /** Accepts it again; false when it is not erased. */
    public boolean allow(OperatorLog log, String note) {
        return Erasures.allow(log, id, targets, note);
    }

    private void letters(Result result, boolean delete) throws IOException {
        List<RecordedLetter> all = lettersOf();
        long items = 0;
        long bytes = 0;
        for (String name : all.stream()
                .filter(row -> row.instance().equals(instance))
                .map(RecordedLetter::name)
                .collect(Collectors.toSet())) {
            Letter letter = letterFiles.named(name);
            if (Files.exists(letter.reason()) && isOfIt(letter.refusal())
                    || Files.notExists(letter.reason()) && Files.exists(letter.transcript())) {
                items++;
                bytes += letter.reason().toFile().length()
                        + letter.transcript().toFile().length();
                if (delete) {
                    Files.deleteIfExists(
                            letter.reason()); // first: a letter without its transcript is one that never had any
                    Files.deleteIfExists(letter.transcript());
                }
            }
        }
        result.removed.add(new Removed("dead-letters", items, bytes));
        for (RecordedLetter row : view.lists().open(id)) {
            if (!row.instance().equals(instance) && isMeant(row)) {
                result.left.add(new Left(
                        "dead letter " + row.name(),
                        "it is in data.dir of instance %s: run this there, too".formatted(row.instance())));
            }
        }
    }

    /** A packed letter without an id holds more of its source than what is meant. */
    private List<RecordedLetter> lettersOf() {
        return view.letters().of(id).stream()
                .filter(row -> isMeant(row)
                        && (row.interactionId() != null
                                || !letterFiles.named(row.name()).packed()))
                .toList();
    }

    private boolean isMeant(RecordedLetter row) {
        return row.interactionId() != null || customer == null || customer.equals(row.customer());
    }

    private boolean isOfIt(Refusal refusal) {
        return id.equals(
                refusal.interactionId() == null ? refusal.source() + "#" + refusal.index() : refusal.interactionId());
    }

    /** Folders of open sources: they hold a chat at rest only after a kill, or while the rest of one waits for its turn. */
    private void inFlight(Result result) throws IOException {
        boolean running = Owner.isLocked(data);
        List<RecordedDelivery> parts =
                view.deliveries(id).stream().filter(row -> row.part() > 0).toList();
        boolean begun = parts.stream().allMatch(row -> row.state() == DeliveryState.SENT)
                && parts.stream().anyMatch(row -> row.parts() > parts.size());
        for (Path folder : List.of(
                data.resolve("waiting"),
                data.resolve("fetched"),
                data.resolve("streams"),
                data.resolve("dead-letters"),
                archive)) {
            boolean whole = folder.startsWith(data.resolve("waiting")) || folder.startsWith(data.resolve("fetched"));
            if (whole ? (begun || !running) && files(folder) > 0 : !running && DurableFiles.anyUnfinished(folder)) {
                result.left.add(
                        new Left(
                                (whole ? "" : "unfinished files in ")
                                        + (folder.startsWith(data) ? data.relativize(folder) : folder) + "/",
                                running
                                        ? "the rest of the chat may wait there; it is removed when its turn comes, and not sent"
                                        : "a CXT that was killed left files there, which may hold it; the next start removes them"));
            }
        }
    }

    private static long files(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    /** Files that hold the chat as it was dropped, and others with it. */
    private void originals(Result result, boolean wanted, boolean delete) throws IOException {
        BroughtFiles brought = new BroughtFiles(view);
        brought.named(id);
        view.deliveries(id).forEach(row -> brought.add(row.source(), row.receivedAt()));
        lettersOf().forEach(row -> brought.add(row.source(), row.decidedAt().toString()));
        for (String source : brought.undecided()) {
            result.left.add(new Left(
                    "source " + source,
                    "it brought the chat and is not decided, so it is still where it came, with the chat in it: run this again"
                            + " once it is"));
        }
        long items = 0;
        long bytes = 0;
        for (String folder : List.of(".done", ".failed", Originals.WAITING)) {
            for (Path file : brought.in(inbox.resolve(folder))) {
                if (!wanted || folder.equals(".failed")) {
                    result.left.add(
                            new Left(
                                    file.toString(),
                                    wanted
                                            ? "it was not read to its end, so chats in it may be nowhere else: take this one out, drop the"
                                                    + " rest again, and delete it"
                                            : "the file as it was dropped holds this chat, and perhaps others: --originals delete"));
                    continue;
                }
                items++;
                bytes += Files.size(file);
                if (delete) {
                    Files.delete(file);
                }
            }
        }
        if (wanted) {
            result.removed.add(new Removed("originals", items, bytes));
        }
    }
}
