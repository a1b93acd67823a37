package io.cxt.cli;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.ledger.RecordedLetter;
import io.cxt.pickup.IgnoredFiles;
import io.cxt.transcript.Rfc3339;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists dead letters: those of all instances as the ledger has them; from the folder of this one where the ledger cannot be
 * asked, or does not have all of them yet. A thousand are in memory at a time.
 */
final class DeadLettersList {
    private static final List<String> HEADER = List.of("NAME", "OUTCOME", "FROM", "AT", "WHY");
    private static final int ROWS = 1000;

    private final LedgerSettings ledger;
    private final DeadLetters files;
    private final LetterQuery query;
    private final Output output;
    private final List<List<String>> rows = new ArrayList<>();
    private boolean headed;
    private boolean unreadable;
    private long elsewhere;

    DeadLettersList(LedgerSettings ledger, LetterQuery query, Output output) {
        this.ledger = ledger;
        this.files = new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder());
        this.query = query;
        this.output = output;
    }

    /** Prints them and returns the exit code. */
    int print() throws IOException {
        if (!fromLedger()) {
            files.list().forEach(this::fromFile);
        }
        if (output == Output.json) {
            Output.endOfItems();
        } else if (!rows.isEmpty() || !headed) {
            System.out.print(Output.table(HEADER, rows));
        }
        if (elsewhere > 0 && output == Output.table) {
            System.err.println(
                    elsewhere
                            + " of them lie in the data.dir of another instance, behind whose name they are listed: show and replay them there");
        }
        return unreadable ? Exit.PARTLY : Exit.GOOD;
    }

    /** @return false when the ledger does not have them */
    private boolean fromLedger() throws IOException {
        String here = Owner.instanceId(ledger.folder());
        if (here == null) {
            return false;
        }
        try (LedgerView view = LedgerView.of(ledger)) {
            if (view.letters().count(here) != files.count()) {
                System.err.println(
                        "The ledger does not have all of them yet; a start of cxt run compares it with the folder."
                                + " These are the letters of this data.dir");
                return false;
            }
            view.letters().each(query, letter -> fromRow(letter, here));
            return true;
        } catch (LedgerException e) {
            System.err.println(e.getMessage() + ". These are the letters of this data.dir");
            return false;
        }
    }

    private void fromRow(RecordedLetter letter, String here) {
        boolean others = !letter.instance().equals(here);
        Refusal refusal = null;
        if (output == Output.json && !others) {
            try {
                refusal = files.named(letter.name()).refusal();
            } catch (NoSuchFileException e) {
                return; // meanwhile replayed or removed
            } catch (IOException e) {
                unreadable(letter.name(), e);
                return;
            }
        }
        elsewhere += others ? 1 : 0;
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", letter.name());
        item.put("instance", letter.instance());
        item.put("replays", letter.replays());
        item.put("refusal", refusal == null ? summary(letter) : refusal);
        add(
                item,
                others ? letter.instance() + ": " + letter.name() : letter.name(),
                letter.outcome(),
                letter.source() + "#" + letter.sourceIndex(),
                letter.decidedAt().toString(),
                letter.detail());
    }

    /** What the ledger has of a refusal whose file is elsewhere, under the same names. */
    private static Map<String, @Nullable Object> summary(RecordedLetter letter) {
        Map<String, @Nullable Object> summary = new LinkedHashMap<>();
        summary.put("outcome", letter.outcome());
        summary.put("reason", letter.reason());
        summary.put("interactionId", letter.interactionId());
        summary.put("source", letter.source());
        summary.put("line", letter.sourceLine());
        summary.put("index", letter.sourceIndex());
        summary.put("httpStatus", letter.httpStatus());
        summary.put("attempts", letter.attempts());
        summary.put("decidedAt", letter.decidedAt().toString());
        summary.values().removeIf(value -> value == null);
        return summary;
    }

    private void fromFile(Letter letter) {
        try {
            Refusal refusal = letter.refusal();
            Instant at = Rfc3339.parse(refusal.decidedAt()).orElse(Instant.EPOCH);
            if (query.matches(refusal.reason(), refusal.source(), at)) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("name", letter.name());
                item.put("refusal", refusal);
                String from = refusal.source() + "#" + refusal.index();
                add(item, letter.name(), refusal.outcome(), from, refusal.decidedAt(), refusal.why());
            }
        } catch (NoSuchFileException e) {
            return; // meanwhile replayed or removed
        } catch (IOException e) {
            unreadable(letter.name(), e);
        }
    }

    private void unreadable(String name, IOException fault) {
        unreadable = true;
        String why = "its reason " + IgnoredFiles.unread(fault);
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("name", name);
        item.put("error", why);
        add(item, name, "", "", "", why);
    }

    private void add(Map<String, Object> item, String... row) {
        if (output == Output.json) {
            Output.item(item);
            return;
        }
        rows.add(List.of(row));
        if (rows.size() == ROWS) {
            System.out.print(Output.table(HEADER, rows));
            headed = true;
            rows.clear();
        }
    }
}
