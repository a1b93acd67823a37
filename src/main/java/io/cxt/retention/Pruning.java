package io.cxt.retention;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.CheckpointPruning;
import io.cxt.audit.FeedSource;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerException;
import io.cxt.ledger.AbandonedSources;
import io.cxt.ledger.LedgerClosing;
import io.cxt.ledger.LedgerStatus;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LettersPastTime;
import io.cxt.ledger.RecordedLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Removes what was kept for as long as {@code retention.*} says. The operator's chain of the audit has it before it is gone:
 * an event for each kind, and one for each dead letter, since that is a chat that was not sent. Deliveries stay, so what was sent
 * is still known; audit events go with a signed closing record.
 */
public final class Pruning {
    /** How much later than its row the ledger may have noted that a delivery was fed. */
    private static final Duration LATE = Duration.ofHours(1);

    private final RetentionSettings settings;
    private final LedgerView view;
    private final @Nullable String instance;
    private final FeedSource feed;

    /**
     * @param instance whose dead letters these are; null when the folder has never had one
     * @param feed where the audit feed is
     */
    public Pruning(RetentionSettings settings, LedgerView view, @Nullable String instance, FeedSource feed) {
        this.settings = settings;
        this.view = view;
        this.instance = instance;
        this.feed = feed;
    }

    /**
     * What is past its time.
     *
     * @param before what is older than that
     * @param items files, letters or rows
     * @param bytes on the disk; 0 for rows
     * @param held what is kept for longer and why, in words; null for nothing
     * @param fault why not all of it can be removed now, in words; null when it can
     */
    public record Past(
            Kept kept,
            Instant before,
            long items,
            long bytes,
            @Nullable String held,
            @Nullable String fault) {}

    /** What is past its time, of each kind that has one. Changes nothing. */
    public List<Past> look(Instant now) {
        return each(now, past -> past);
    }

    /** What becomes of a kind. */
    private interface Step {
        Past take(Past past) throws IOException, SQLException;
    }

    /** A kind that cannot be read, or removed, keeps no other from being. */
    private List<Past> each(Instant now, Step step) {
        List<Past> all = new ArrayList<>();
        settings.days().forEach((kept, days) -> {
            Instant before = now.minus(days, ChronoUnit.DAYS);
            Past past = new Past(kept, before, 0, 0, null, null);
            try {
                past = look(kept, before);
                past = step.take(past);
            } catch (IOException | SQLException | LedgerException e) {
                String fault = "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
                past = new Past(kept, before, past.items, past.bytes, past.held, fault);
            }
            all.add(past);
        });
        return all;
    }

    private Past look(Kept kept, Instant before) throws IOException, SQLException {
        long[] sum = new long[2];
        String held = null;
        switch (kept) {
            case LEDGER -> {
                LedgerClosing.Plan plan = view.closing().plan(before);
                sum[0] = plan.events();
                held = plan.held();
            }
            case CHECKPOINTS -> {
                CheckpointPruning.Counted counted = checkpoints(before, false);
                sum[0] = counted.lines();
                sum[1] = counted.bytes();
                held = counted.held();
            }
            case FEED -> sum[0] = FeedPruning.count(feed, before.minus(LATE));
            case DEAD_LETTERS ->
                letters(before, letters -> {
                    for (RecordedLetter row : letters) {
                        Letter letter = files().named(row.name());
                        sum[0]++;
                        sum[1] += letter.transcript().toFile().length()
                                + letter.reason().toFile().length();
                    }
                });
            default ->
                OldFiles.each(folder(kept), file -> kept.puts(folder(kept), file), before, (file, bytes) -> {
                    sum[0]++;
                    sum[1] += bytes;
                });
        }
        return new Past(kept, before, sum[0], sum[1], held, null);
    }

    /**
     * Removes what is past its time, each kind once it is on record.
     *
     * @return what was removed, or not, of each kind that had any
     */
    public List<Past> prune(Instant now, OperatorLog log) {
        List<Past> all = each(now, past -> {
            if (past.items() > 0 && past.kept() == Kept.LEDGER) {
                return ledger(past, log);
            } else if (past.items() > 0) {
                String detail = "before=%s items=%s bytes=%s".formatted(past.before(), past.items(), past.bytes());
                log.changed(session ->
                        AuditEvent.of(Type.PRUNED).because(past.kept().word(), detail));
                remove(past.kept(), past.before(), log);
            }
            return past;
        });
        all.removeIf(past -> past.items() == 0 && past.held() == null && past.fault() == null);
        return all;
    }

    /** Events go from a ledger that fits them: what was changed before would fit for ever. */
    private Past ledger(Past past, OperatorLog log) {
        String fault = view.audit().verify().fault();
        if (fault != null) {
            String words = "the audit does not fit: %s. See: cxt audit verify".formatted(fault);
            return new Past(Kept.LEDGER, past.before(), 0, 0, null, words);
        }
        LedgerClosing closing = view.closing();
        LedgerClosing.Plan plan = closing.plan(past.before());
        closing.close(plan, past.before(), log);
        return new Past(Kept.LEDGER, past.before(), plan.events(), 0, plan.held(), null);
    }

    private CheckpointPruning.Counted checkpoints(Instant before, boolean remove) throws IOException {
        return instance == null
                ? new CheckpointPruning.Counted(0, 0, null)
                : view.audit()
                        .checkpoints(settings.copies(), instance)
                        .each(view.audit().closings(), before, remove);
    }

    private void remove(Kept kept, Instant before, OperatorLog log) throws IOException, SQLException {
        switch (kept) {
            case CHECKPOINTS -> checkpoints(before, true);
            case FEED -> FeedPruning.delete(feed, before.minus(LATE));
            case DEAD_LETTERS ->
                letters(before, letters -> {
                    for (RecordedLetter row : LettersPastTime.gone(log, letters)) {
                        Letter letter = files().named(row.name());
                        Files.deleteIfExists(
                                letter.reason()); // first: a letter without its transcript is one that never had any
                        Files.deleteIfExists(letter.transcript());
                    }
                });
            case FAILED -> failed(before, log);
            default ->
                OldFiles.remove(folder(kept), file -> kept.puts(folder(kept), file), before, (file, bytes) -> {});
        }
    }

    /** What the ledger counts as undecided, since it was not read to its end, is ended before its file goes. */
    private void failed(Instant before, OperatorLog log) throws IOException {
        Set<String> undecided = view.status().undecided().stream()
                .filter(source -> source.pickup().equals("file"))
                .map(LedgerStatus.Undecided::source)
                .collect(Collectors.toSet());
        OldFiles.remove(
                folder(Kept.FAILED), file -> Kept.FAILED.puts(folder(Kept.FAILED), file), before, (file, bytes) -> {
                    Set<String> sources = DroppedFiles.sources(file);
                    sources.retainAll(undecided);
                    if (Files.notExists(
                            settings.inbox().resolve(DroppedFiles.original(file)))) { // else it is read again
                        sources.forEach(source -> AbandonedSources.removed(log, view, source));
                    }
                });
    }

    /** Does something with some letters at a time. */
    private interface WithLetters {
        void act(List<RecordedLetter> letters) throws IOException;
    }

    private void letters(Instant before, WithLetters action) throws IOException {
        if (instance == null) {
            return;
        }
        List<RecordedLetter> some = view.letters().pastTime(instance, before, "");
        while (!some.isEmpty()) {
            action.act(some);
            some = view.letters()
                    .pastTime(instance, before, some.get(some.size() - 1).id());
        }
    }

    private DeadLetters files() {
        return new DeadLetters(settings.data().resolve("dead-letters"), settings.data());
    }

    private Path folder(Kept kept) {
        return switch (kept) {
            case DONE -> settings.inbox().resolve(".done");
            case FAILED -> settings.inbox().resolve(".failed");
            case ARCHIVE -> settings.archive();
            case REPORTS -> settings.data().resolve("reports");
            case DEAD_LETTERS, FEED, LEDGER, CHECKPOINTS ->
                throw new IllegalArgumentException(kept + " is no folder of files");
        };
    }
}
