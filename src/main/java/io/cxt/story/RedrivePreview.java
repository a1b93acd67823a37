package io.cxt.story;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.archive.Refusal;
import io.cxt.cxone.PartMaker;
import io.cxt.cxone.Targets;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.intake.LetterContent;
import io.cxt.ledger.DeliveryState;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.ledger.RecordedDelivery;
import io.cxt.ledger.RecordedLetter;
import io.cxt.mapping.Mappings;
import io.cxt.redaction.Redaction;
import io.cxt.settings.Settings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.TranscriptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What would become of letters if they were redriven now: each is held against rules and ledger, of a letter with several
 * transcripts the first, and nothing is sent. After a
 * time the rest is only counted, so that looking keeps no job from starting.
 */
public final class RedrivePreview {
    /** For somebody who waits at a terminal. */
    public static final Duration PATIENT = Duration.ofSeconds(10);

    /** The fate of a letter. */
    public enum Fate {
        WOULD_GO("would be sent"),
        IN_CXONE("is in CXone already, no call"),
        BREAKS_A_RULE("breaks a rule again"),
        MAY_REPEAT("may be in CXone, goes out marked may-repeat"),
        OTHER_CONTENT("CXone has other content under its id, a person decides"),
        WITHDRAWN("was withdrawn from CXone, stays"),
        NO_TRANSCRIPT("has no transcript that a job can send, stays"),
        ELSEWHERE("lies in the data.dir of another instance, not looked at"),
        NOT_LOOKED_AT("not looked at, there are too many");

        private final String words;

        Fate(String words) {
            this.words = words;
        }

        /** A half sentence: {@code would be sent}. */
        public String words() {
            return words;
        }

        /** As in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final LedgerView view;
    private final DeadLetters files;
    private final Mappings mappings;
    private final PartMaker maker;
    private final Redaction redaction;
    private final @Nullable String here;
    private final Duration longest;
    private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
    private long total;

    private long until;

    private RedrivePreview(
            LedgerView view,
            LedgerSettings ledger,
            Mappings mappings,
            PartMaker maker,
            Redaction redaction,
            Duration longest)
            throws IOException {
        this.mappings = mappings;
        this.redaction = redaction;
        this.view = view;
        this.maker = maker;
        this.longest = longest;
        files = new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder());
        here = Owner.instanceId(ledger.folder());
    }

    /**
     * A preview that has looked at nothing yet.
     *
     * @param longest after that time letters are only counted
     */
    public static RedrivePreview of(
            LedgerView view, LedgerSettings ledger, Settings settings, Mappings mappings, Duration longest)
            throws IOException {
        var target = Targets.forRules(settings);
        TranscriptSettings transcripts = TranscriptSettings.from(settings, target.limits());
        Redaction redaction = Redaction.from(settings);
        settings.check();
        return new RedrivePreview(
                view, ledger, mappings, new PartMaker(target, transcripts, Clock.systemUTC()), redaction, longest);
    }

    /** Looks at the letters that match, up to an id. */
    public void look(LetterQuery query, String upTo) {
        until = System.nanoTime() + longest.toNanos();
        view.letters().redrivable(query, upTo, this::add);
    }

    /** How many match. */
    public long total() {
        return total;
    }

    /** How many letters have each fate, without those that none has. */
    public Map<Fate, Long> counts() {
        return counts;
    }

    private void add(RecordedLetter row) {
        total++;
        counts.merge(fate(row), 1L, Long::sum);
    }

    private Fate fate(RecordedLetter row) {
        if (!row.instance().equals(here)) {
            return Fate.ELSEWHERE;
        }
        if (System.nanoTime() - until > 0) {
            return Fate.NOT_LOOKED_AT;
        }
        if (row.interactionId() != null && view.withdrawn(row.interactionId())) {
            return Fate.WITHDRAWN;
        }
        Letter letter = files.named(row.name());
        Optional<LetterContent> content = LetterContent.of(letter);
        if (content.isEmpty()) {
            return Fate.NO_TRANSCRIPT;
        }
        try (EntryReader entries = content.get()
                .open(
                        mappings,
                        row.interactionId() == null ? row.source() : null,
                        maker.settings().options())) {
            return entries.hasNext() ? fate(left(entries.next()), row, letter) : Fate.NO_TRANSCRIPT;
        } catch (IOException | UncheckedIOException e) {
            return Fate.NO_TRANSCRIPT;
        }
    }

    /** As the route sees it: a letter may be older than the policy. */
    private Entry left(Entry entry) {
        return redaction.left(entry, entry.readable() ? maker.settings().arrange(entry.transcript()) : null);
    }

    private Fate fate(Entry entry, RecordedLetter row, Letter letter) throws IOException {
        Refusal refusal = letter.refusal();
        if (!entry.readable() || !maker.check(entry).isEmpty()) {
            return Fate.BREAKS_A_RULE;
        }
        String prefix = refusal.idPrefix() == null ? "" : refusal.idPrefix();
        String id = prefix + entry.transcript().interactionId();
        List<RecordedDelivery> known = view.deliveries(id).stream()
                .filter(delivery -> delivery.part() > 0
                        && delivery.target().equals(maker.target().name()))
                .toList();
        List<Part> parts = maker.asSentBefore(entry, new Origin("", "", 1, 1));
        boolean same = known.stream().allMatch(delivery -> parts.stream()
                .filter(part -> part.part() == delivery.part())
                .anyMatch(part -> !prefix.isEmpty() || Objects.equals(part.hash(), delivery.contentHash())));
        boolean there = known.stream().anyMatch(delivery -> delivery.state() == DeliveryState.SENT);
        boolean doubted = known.stream()
                .anyMatch(delivery -> delivery.mayRepeat()
                        || delivery.state() == DeliveryState.IN_DOUBT
                        || delivery.state() == DeliveryState.SENDING);
        if (!same && (there || doubted)) {
            return Fate.OTHER_CONTENT;
        }
        if (there
                && known.size() == parts.size()
                && known.stream().allMatch(delivery -> delivery.state() == DeliveryState.SENT)) {
            return Fate.IN_CXONE;
        }
        return doubted || row.inDoubt() || letter.inDoubt(refusal) ? Fate.MAY_REPEAT : Fate.WOULD_GO;
    }
}
