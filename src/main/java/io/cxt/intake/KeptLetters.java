package io.cxt.intake;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Kept;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.files.OpenFile.Look;
import io.cxt.ledger.Letters;
import io.cxt.ledger.Letters.Former;
import io.cxt.ledger.RecordedLetter;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.redaction.Redaction;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters with their rows in the ledger. The file is on the disk before its row. */
public final class KeptLetters {
    private static final Logger LOG = LoggerFactory.getLogger(KeptLetters.class);
    /** Longest detail in a row, characters. */
    private static final int LONGEST = 500;

    private final DeadLetters files;
    private final Letters rows;
    private final Redaction redaction;

    public KeptLetters(DeadLetters files, Letters rows, Redaction redaction) {
        this.redaction = redaction;
        this.files = files;
        this.rows = rows;
    }

    /**
     * Keeps a transcript that was not sent.
     *
     * @param raw the transcript as received; null when it is only in the source
     * @param before the letter that it was already; null when it was none
     * @param customer whose chat it is, as a keyed hash; null when not known
     * @return the refusal with the place of its dead letter
     */
    public Refusal keep(
            Refusal refusal, byte @Nullable [] raw, @Nullable ReplayedLetter before, @Nullable String customer)
            throws IOException {
        return noted(files.keep(refusal, raw), before, customer);
    }

    /** Opens a letter whose content comes piece by piece; what is left of it is kept. */
    public DeadLetters.Incoming begin() throws IOException {
        return files.begin(redaction::through);
    }

    /** Keeps a letter whose content has come. Otherwise as {@link #keep(Refusal, byte[], ReplayedLetter, String)}. */
    public Refusal keep(DeadLetters.Incoming letter, Refusal refusal, String ending) throws IOException {
        return noted(letter.keep(refusal, ending), null, null);
    }

    /**
     * Keeps a source that is not read to its end, packed as all letters are that hold more than one transcript.
     *
     * @param ending of a file that holds it, with its dot
     */
    public Refusal keepWhole(Refusal refusal, byte[] content, String ending) throws IOException {
        try (DeadLetters.Incoming letter = begin()) {
            letter.stream().write(content);
            return keep(letter, refusal, ending);
        }
    }

    private Refusal noted(Kept kept, @Nullable ReplayedLetter before, @Nullable String customer) {
        String id = before == null ? null : before.id();
        rows.note(row(id == null ? rows.newId() : id, kept.name(), kept.refusal(), customer), id != null);
        return kept.refusal();
    }

    private RecordedLetter row(String id, String name, Refusal refusal, @Nullable String customer) {
        String why = refusal.why();
        return new RecordedLetter(
                id,
                rows.instance(),
                name,
                refusal.outcome(),
                refusal.reason(),
                why.substring(0, Math.min(LONGEST, why.length())),
                refusal.interactionId(),
                refusal.source(),
                refusal.index(),
                refusal.line(),
                refusal.httpStatus(),
                refusal.attempts(),
                Rfc3339.parse(refusal.decidedAt()).orElse(Instant.EPOCH),
                0,
                customer);
    }

    /** A letter as its file has it, whether or not it is there. */
    public Letter named(String name) {
        return files.named(name);
    }

    /**
     * Removes a letter's file where the ledger says that it is none any more, or has another name by now.
     *
     * @param asked how its reason was when its content was read; a reason that was written since is another letter's
     */
    public void removeFormer(String id, Letter letter, Look asked) throws IOException {
        if (!letter.name().equals(rows.former(id))) {
            return;
        }
        if (asked.equals(Look.orNull(letter.reason()))) {
            remove(letter);
        }
        rows.removed(id, letter.name());
    }

    private static void remove(Letter letter) throws IOException {
        Files.deleteIfExists(letter.reason()); // first: a letter without its transcript is one that never had any
        Files.deleteIfExists(letter.transcript());
    }

    /** Removes the files that were left when a process ended. Nothing is set aside meanwhile. */
    private void removeFormer() throws IOException {
        List<Former> some = rows.former();
        while (!some.isEmpty()) {
            for (Former one : some) {
                if (one.free()) {
                    remove(files.named(one.name()));
                }
                rows.removed(one.id(), one.name());
            }
            rows.flush();
            some = rows.former();
        }
    }

    /** How many there are. */
    public long count() {
        return files.count();
    }

    /**
     * Compares folder and table: letters of an earlier version, or that a person put there, get their rows; rows whose files
     * a person removed are closed. Some letters are in memory at a time.
     */
    public void compare() {
        try {
            removeFormer();
            int[] found = new int[1];
            List<String> some = new ArrayList<>();
            files.names(name -> {
                some.add(name);
                if (some.size() == Letters.MOST_NAMES) {
                    found[0] += takeIn(some);
                }
            });
            found[0] += takeIn(some);
            int gone = closeGone();
            rows.lookForUnknownDoubts();
            if (found[0] + gone > 0) {
                LOG.info("dead letters compared found={} gone={}", found[0], gone);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn(
                    "dead letters not compared reason=\"{}\" next=\"look at the permissions of dead-letters/; until the next"
                            + " start cxt dead-letters list may miss some\"",
                    FailureCauses.inWords(e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e));
        }
    }

    private int takeIn(List<String> some) {
        if (some.isEmpty()) {
            return 0;
        }
        int found = 0;
        Set<String> known = rows.known(some);
        for (String name : some) {
            if (!known.contains(name)) {
                try {
                    rows.note(row(rows.newId(), name, files.named(name).refusal(), null), false);
                    found++;
                } catch (NoSuchFileException e) {
                    continue; // meanwhile replayed or removed
                } catch (IOException e) {
                    LOG.debug("The reason of {} cannot be read; cxt dead-letters list says so", name, e);
                }
            }
        }
        some.clear();
        rows.flush();
        return found;
    }

    private int closeGone() {
        int gone = 0;
        List<RecordedLetter> some = rows.open("");
        while (!some.isEmpty()) {
            List<RecordedLetter> missing =
                    some.stream().filter(row -> !files.has(row.name())).toList();
            rows.gone(missing);
            gone += missing.size();
            some = rows.open(some.get(some.size() - 1).name());
        }
        return gone;
    }
}
