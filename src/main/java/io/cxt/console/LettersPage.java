package io.cxt.console;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.Refusal;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerLists.Listed;
import io.cxt.ledger.LedgerLists.OfReason;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.mapping.Mappings;
import io.cxt.settings.Settings;
import io.cxt.story.RedrivePreview;
import io.cxt.text.SafeName;
import io.cxt.transcript.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was not sent, why, and what would become of it in a redrive. */
public record LettersPage(LedgerView view, LedgerSettings ledger, Settings settings, Mappings mappings, Clock clock) {
    private static final int MOST_ROWS = 50;
    /** Somebody waits for the page. */
    private static final Duration LONGEST_PREVIEW = Duration.ofSeconds(2);

    /**
     * Which letters, as a person wrote it.
     *
     * @param since null, or a time that does not move: {@code 2h} is one by now
     */
    public record Filter(
            @Nullable String reason,
            @Nullable String source,
            @Nullable String since,
            @Nullable String letter,
            @Nullable String job) {

        /** These letters on another page. */
        public String on(String path, @Nullable String... more) {
            return Links.also(
                    Links.to(path, "reason", reason, "source", source, "since", since, "letter", letter, "job", job),
                    more);
        }
    }

    /**
     * The dead letters.
     *
     * @param total how many match
     * @param older the address of the next page; null for the last
     */
    public record All(
            Filter filter,
            long total,
            List<OfReason> reasons,
            List<Listed> letters,
            @Nullable String older) {}

    /**
     * One letter.
     *
     * @param refusal from beside its file; null when that is on another instance, or gone
     */
    public record One(
            Listed listed,
            String meaning,
            String whatToDo,
            @Nullable Refusal refusal) {}

    /**
     * What would become of letters.
     *
     * @param upTo the last letter that may be in the job
     */
    public record Preview(Filter filter, String upTo, long total, List<Fate> fates, int share, int stopAfter) {}

    /** How many letters have a fate. */
    public record Fate(String fate, String words, long letters) {}

    Page get(Asked asked) {
        String id = asked.word("letter");
        return id == null ? list(asked) : one(id);
    }

    private Page list(Asked asked) {
        LetterQuery query = query(asked, clock.instant());
        String before = asked.word("before");
        List<Listed> rows = view.lists().letters(query, before, MOST_ROWS + 1);
        boolean more = rows.size() > MOST_ROWS;
        List<Listed> shown = more ? rows.subList(0, MOST_ROWS) : rows;
        Filter filter = filter(asked, query);
        return Page.of(
                "Dead letters",
                "letters",
                new All(
                        filter,
                        view.lists().count(query),
                        view.lists().reasons(),
                        shown,
                        more
                                ? filter.on(
                                        Links.LETTERS,
                                        "before",
                                        shown.get(MOST_ROWS - 1).letter().id())
                                : null),
                "cxt dead-letters list" + options(filter));
    }

    private Page one(String id) {
        Listed listed = view.lists().letter(id).orElse(null);
        if (listed == null) {
            return Page.problem(
                    404, "Not found", "The ledger has no such letter.", "Look for it in the list of dead letters.");
        }
        Refusal refusal = refusal(listed);
        String reason = listed.letter().reason();
        return Page.of(
                "Dead letter",
                "letter",
                new One(
                        listed,
                        HelpPage.meaning(reason),
                        refusal == null ? HelpPage.hint(reason) : refusal.whatToDo(),
                        refusal),
                "cxt dead-letters show " + SafeName.shell(listed.letter().name()));
    }

    private @Nullable Refusal refusal(Listed listed) {
        try {
            return listed.open() && listed.letter().instance().equals(Owner.instanceId(ledger.folder()))
                    ? new DeadLetters(ledger.folder().resolve("dead-letters"), ledger.folder())
                            .named(listed.letter().name())
                            .refusal()
                    : null;
        } catch (IOException e) {
            return null; // a copy of the ledger alone, or a person has removed it meanwhile
        }
    }

    /** What would become of the letters. Sends nothing. */
    Page preview(Asked asked) {
        LetterQuery query = query(asked, clock.instant());
        String upTo = view.letters().newest();
        try {
            RedrivePreview preview = RedrivePreview.of(view, ledger, settings, mappings, LONGEST_PREVIEW);
            preview.look(query, upTo);
            Filter filter = filter(asked, query);
            return Page.of(
                    "Redrive: what would happen",
                    "redrive",
                    new Preview(
                            filter,
                            upTo,
                            preview.total(),
                            preview.counts().entrySet().stream()
                                    .map(each -> new Fate(
                                            each.getKey().word(), each.getKey().words(), each.getValue()))
                                    .toList(),
                            JobOrders.Redrive.SHARE,
                            JobOrders.Redrive.STOP_AFTER),
                    "cxt jobs start redrive" + options(filter));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The letters that a query, or a form, names. */
    static LetterQuery query(Asked asked, Instant now) {
        String source = asked.value("source");
        String since = asked.word("since");
        long job = asked.number("job", 0);
        return new LetterQuery(
                asked.word("reason"),
                source == null ? Set.of() : SafeName.spellings(source),
                since == null ? null : Moment.past(since, now).orElseThrow(() -> Orders.noTime("since", since)),
                asked.word("letter"),
                job == 0 ? null : (Long) job);
    }

    private static Filter filter(Asked asked, LetterQuery query) {
        return new Filter(
                query.reason(),
                asked.value("source"),
                query.since() == null ? null : query.since().toString(),
                query.id(),
                query.job() == null ? null : query.job().toString());
    }

    private static String options(Filter filter) {
        return option("--reason", filter.reason())
                + option("--source", filter.source())
                + option("--since", filter.since())
                + option("--job", filter.job());
    }

    private static String option(String name, @Nullable String value) {
        return value == null ? "" : " " + name + " " + SafeName.shell(value);
    }
}
