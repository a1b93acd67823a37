package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.Nearest;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Queries the audit, verifies and exports it. */
@Command(
        name = "audit",
        description = "Queries the audit trail, verifies that it is intact, or exports it signed.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "query|verify|export",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt audit query --event IN_DOUBT",
            "  cxt audit query --source chats.ndjson -o json",
            "  cxt audit query --from 2026-11-01 --until 2026-12-01 --limit 100000",
            "  cxt audit verify",
            "  cxt audit verify --checkpoints /mnt/elsewhere/0b6f9a52-6c1e-4f6e-8c5b-2f1f3a8e9d10",
            "  cxt audit verify --key checkpoint-key-8622a1f05c3d9e47.pem",
            "  cxt audit export --from 2026-11-01 --to 2026-12-01 november.zip"
        })
final class AuditCommand implements Runnable {
    private static final int MOST_NAMED = 10;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say which: cxt audit query, cxt audit verify, or cxt audit export");
    }

    @Command(
            name = "query",
            description = "Prints events in the order in which they happened.",
            mixinStandardHelpOptions = true)
    int query(
            @Option(names = "--interaction", paramLabel = "ID", description = "Events of one interaction.")
                    String interaction,
            @Option(names = "--event", paramLabel = "WORD", description = "Events of one kind, for example SENT.")
                    String event,
            @Option(names = "--source", paramLabel = "FILE", description = "Events of one source.") String source,
            @Option(
                            names = "--from",
                            paramLabel = "TIME",
                            description = "Events at or after TIME, for example 2026-11-22T10.")
                    String from,
            @Option(names = "--until", paramLabel = "TIME", description = "Events before TIME.") String until,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Maximum number of events. Default: ${DEFAULT-VALUE}.")
                    long limit,
            @Mixin Output.Option as) {
        Output output = as.output;
        Settings all = Installation.find().settings();
        LedgerSettings settings = LedgerSettings.from(all);
        Reads reads = new Reads(all, settings);
        all.check();
        String word = event == null ? null : event.toUpperCase(Locale.ROOT);
        List<String> words = Stream.of(AuditEvent.Type.values()).map(Enum::name).toList();
        if (word != null && !words.contains(word)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "There is no event %s. The nearest is %s; all are: %s"
                            .formatted(SafeName.log(event), Nearest.to(word, words), String.join(", ", words)));
        }
        Optional<Instant> first = TimeOption.moment("--from", from);
        if (first.isPresent()
                && until != null
                && !first.get().isBefore(TimeOption.moment("--until", until).orElseThrow())) {
            throw new CommandRefused(
                    Exit.USAGE, "There is no time between --from %s and --until %s: swap them".formatted(from, until));
        }
        TimeOption.moment("--until", until);
        if (interaction != null && interaction.isBlank() || source != null && source.isBlank()) {
            throw new CommandRefused(Exit.USAGE, "--interaction and --source need a name; leave them out for all");
        }
        if (limit < 1) {
            throw new CommandRefused(Exit.USAGE, "--limit is %s; allowed: whole numbers from 1".formatted(limit));
        }
        List<String> changed = new ArrayList<>();
        try (LedgerView view = DataDir.view(settings, output)) {
            reads.of(
                    interaction != null && Reads.knows(view, interaction) ? interaction : null,
                    asked(word, source, from, until));
            List<AuditEntry> table = new ArrayList<>();
            Consumer<AuditEntry> printer = output == Output.json ? Output::item : table::add;
            Set<String> interactions = interaction == null ? Set.of() : SafeName.spellings(interaction);
            Set<String> sources = source == null ? Set.of() : SafeName.spellings(source);
            long[] shown = new long[1];
            view.audit().events(new AuditQuery(interactions, word, sources, from, until, limit), row -> {
                shown[0]++;
                note(row, changed);
                printer.accept(row);
            });
            if (output == Output.json) {
                Output.endOfItems();
            } else {
                System.out.print(Output.events(table));
            }
            if (shown[0] == limit) {
                System.err.println("There may be more: --limit " + limit * 10);
            }
            if (!changed.isEmpty()) {
                System.err.println("Changed since they were written, or the event before was: %s. See: cxt audit verify"
                        .formatted(String.join(", ", changed)));
                return Exit.CHAIN_BROKEN;
            }
            return Exit.GOOD;
        }
    }

    /** What is asked for, for the audit; an interaction that nobody knows is not written. */
    private static String asked(
            @Nullable String event, @Nullable String source, @Nullable String from, @Nullable String until) {
        Map<String, @Nullable String> options = new LinkedHashMap<>();
        options.put("event", event);
        options.put("source", source);
        options.put("from", from);
        options.put("until", until);
        StringBuilder asked = new StringBuilder("audit query");
        options.forEach((name, value) -> {
            if (value != null) {
                asked.append(' ').append(name).append('=').append(SafeName.value(value));
            }
        });
        return asked.toString();
    }

    private static void note(AuditEntry row, List<String> changed) {
        if (row.changed() && changed.size() < MOST_NAMED) {
            changed.add("event %s of chain %s".formatted(row.seq(), SafeName.log(row.chain())));
        }
    }

    @Command(
            name = "verify",
            description = {
                "Recomputes the chain of every event and compares it with checkpoints and deliveries.",
                "The checkpoints are signed; each delivery must be as its events left it. Exit code 5 when anything",
                "differs; 6 when only copies are missing from the archive that neither pruning nor erasure took."
            },
            mixinStandardHelpOptions = true)
    int verify(
            @Option(
                            names = "--chain",
                            paramLabel = "NAME",
                            split = ",",
                            description =
                                    "Chain of another instance on this ledger: the content of its file instance-id."
                                            + " Adds to those in audit.known-chains.")
                    List<String> chains,
            @Option(
                            names = "--checkpoints",
                            paramLabel = "PATH",
                            description =
                                    "A copy of the checkpoints, in place of audit.checkpoint-folder: a folder, or a file CHAIN.checkpoints."
                                            + " See audit.checkpoint-copies.")
                    Path copy,
            @Option(
                            names = "--key",
                            paramLabel = "FILE",
                            description =
                                    "A public key that signed, too, for example before the one in audit.checkpoint-key-file. May be given"
                                            + " several times; each line is checked with the key that it names. Adds to audit.known-keys.")
                    List<Path> keys,
            @Option(
                            names = "--no-feed",
                            description = "Skips the audit feed, for example when you delete its old rows.")
                    boolean noFeed,
            @Option(names = "--no-archive", description = "Skips the archive; by default all of it is read.")
                    boolean noArchive,
            @Mixin Output.Option as) {
        return AuditVerification.run(
                chains == null ? List.of() : chains,
                keys == null ? List.of() : keys,
                copy,
                !noFeed,
                !noArchive,
                as.output);
    }

    @Command(
            name = "export",
            description = {
                "Writes the events of a time into a new file, with checkpoints, public key and a signed list of what is in it.",
                "examples/verify-audit.py checks such a bundle without cxt. The export is on record itself.",
                "Exit code 5 when an event is not as it was written; then nothing is exported."
            },
            mixinStandardHelpOptions = true)
    int export(
            @Option(names = "--from", paramLabel = "TIME", description = "Events at or after TIME. Default: all.")
                    String from,
            @Option(names = "--to", paramLabel = "TIME", description = "Events before TIME. Default: now.") String to,
            @Parameters(paramLabel = "FILE", description = "The bundle, for example november.zip. Never overwritten.")
                    Path file,
            @Mixin Output.Option as)
            throws IOException {
        return AuditExport.run(from, to, file, as.output);
    }

    private static LedgerSettings settings() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        return ledger;
    }
}
