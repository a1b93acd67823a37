package io.cxt.cli;

import io.cxt.archive.ArchiveSettings;
import io.cxt.archive.Kept;
import io.cxt.archive.SafeName;
import io.cxt.ledger.Database;
import io.cxt.ledger.FeedSource;
import io.cxt.ledger.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Questions to the audit. */
@Command(
        name = "audit",
        description = "Questions to the audit: what happened when, and whether the record is whole.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "query|verify",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt audit query --event IN_DOUBT",
            "  cxt audit query --source chats.ndjson -o json",
            "  cxt audit query --from 2026-11-01 --until 2026-12-01 --limit 100000",
            "  cxt audit verify"
        })
final class AuditCommand implements Runnable {
    private static final int MOST_NAMED = 10;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say which: cxt audit query, or cxt audit verify");
    }

    @Command(
            name = "query",
            description = "Events, in the order in which they happened.",
            mixinStandardHelpOptions = true)
    int query(
            @Option(names = "--interaction", paramLabel = "ID", description = "Of one interaction.") String interaction,
            @Option(names = "--event", paramLabel = "WORD", description = "Of one kind, for example SENT.")
                    String event,
            @Option(names = "--source", paramLabel = "FILE", description = "From one source.") String source,
            @Option(names = "--from", paramLabel = "TIME", description = "Not before, for example 2026-11-22T10.")
                    String from,
            @Option(names = "--until", paramLabel = "TIME", description = "Before.") String until,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "At most; ${DEFAULT-VALUE}.")
                    long limit,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}.")
                    Output output) {
        LedgerSettings settings = settings();
        if (!new Database(settings).exists()) {
            System.out.print(output == Output.json ? "[]\n" : "");
            return Exit.GOOD;
        }
        List<String> changed = new ArrayList<>();
        try (LedgerView view = LedgerView.of(settings)) {
            if (output == Output.json) {
                boolean[] first = {true};
                System.out.print("[");
                view.audit(interaction, event, source, from, until, limit, row -> {
                    note(row, changed);
                    System.out.print((first[0] ? "" : ",") + System.lineSeparator() + Output.json(row));
                    first[0] = false;
                });
                System.out.println(System.lineSeparator() + "]");
            } else {
                List<Map<String, Object>> rows = new ArrayList<>();
                view.audit(interaction, event, source, from, until, limit, row -> {
                    note(row, changed);
                    rows.add(row);
                });
                System.out.print(Events.table(rows));
                if (rows.size() == limit) {
                    System.err.println("There may be more: --limit " + limit * 10);
                }
            }
            if (!changed.isEmpty()) {
                System.err.println("Not as they were written, or the event before is not: %s. See: cxt audit verify"
                        .formatted(String.join(", ", changed)));
                return Exit.CHAIN_BROKEN;
            }
            return Exit.GOOD;
        }
    }

    private static void note(Map<String, Object> row, List<String> changed) {
        if (row.containsKey(LedgerView.CHANGED) && changed.size() < MOST_NAMED) {
            changed.add(
                    "event %s of chain %s".formatted(row.get("seq"), SafeName.log(String.valueOf(row.get("chain")))));
        }
    }

    @Command(
            name = "verify",
            description =
                    "Computes the chain of every event again, holds it against the signed checkpoints, and the deliveries"
                            + " against the events. Exit code 5 when one says something else.",
            mixinStandardHelpOptions = true)
    int verify(
            @Option(
                            names = "--chain",
                            paramLabel = "NAME",
                            split = ",",
                            description = "Of another instance on this ledger: what its file instance-id holds."
                                    + " Besides those in audit.known-chains.")
                    List<String> chains,
            @Option(
                            names = "--no-feed",
                            description = "Leaves the audit feed out, of which rows were taken on purpose.")
                    boolean noFeed,
            @Option(names = "--no-archive", description = "Leaves the archive out, all of which is read otherwise.")
                    boolean noArchive) {
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        LedgerSettings settings = LedgerSettings.from(configured);
        Set<String> known = new TreeSet<>(LedgerSettings.knownChains(configured));
        FeedSource feed = FeedSource.from(configured).orElse(null);
        Kept kept = new Kept(ArchiveSettings.from(configured, settings.folder()).folder());
        configured.check();
        if (chains != null) {
            known.addAll(chains);
        }
        String missing = LedgerView.missing(settings);
        if (missing != null) {
            System.out.println("BROKEN " + missing);
            return Exit.CHAIN_BROKEN;
        }
        if (!new Database(settings).exists()) {
            System.err.println("There is no ledger yet at data.dir " + settings.folder());
            return Exit.USAGE;
        }
        try (LedgerView view = LedgerView.of(settings)) {
            LedgerView.Verification found = view.verify(known);
            Copies copies = new Copies(view);
            if (!noFeed) {
                copies.feed(feed, installation.routes());
            }
            if (!noArchive) {
                copies.archive(kept);
            }
            List<String> faults = new ArrayList<>(found.faults());
            faults.addAll(copies.faults());
            faults.forEach(fault -> System.out.println("BROKEN " + fault));
            if (!faults.isEmpty()) {
                System.out.println("Keep a copy of the database as it is, and find out who can write to it");
                return Exit.CHAIN_BROKEN;
            }
            System.out.printf("whole: %s events in %s chains%n", found.events(), found.chains());
            found.notes().forEach(System.out::println);
            copies.notes().forEach(System.out::println);
            return Exit.GOOD;
        }
    }

    private static LedgerSettings settings() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        return ledger;
    }
}
