package io.cxt.cli;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobFile;
import io.cxt.ledger.JobLetter;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.Jobs;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists, shows, starts, pauses, resumes and cancels jobs. Long because each verb is here with what it prints. */
@Command(
        name = "jobs",
        description = {
            "Sends dead letters again, or brings in files of old exports, while cxt run works.",
            "Such jobs are in the ledger, go on after a restart or a kill, and take a share of the lane. Each",
            "instance does the letters in its own data.dir, and the files that were ordered there."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "list|show|start|pause|resume|cancel|failed",
        subcommands = JobsStart.class,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt jobs start redrive --reason CXONE-503 --dry-run     what would become of each letter",
            "  cxt jobs start redrive --reason CXONE-503 --wait",
            "  cxt jobs show 3                  how far it is, and where the audit tells of it",
            "  cxt jobs failed 3 -o ndjson      what is a dead letter still"
        })
final class JobsCommand implements Runnable {
    private static final int MOST_LISTED = 100;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say which: cxt jobs list, show, start, pause, resume, cancel or failed");
    }

    /** How the letters of a job are printed. */
    enum Letters {
        table,
        json,
        ndjson,
        csv
    }

    @Command(
            name = "list",
            description = "Lists the newest hundred jobs, the newest first.",
            mixinStandardHelpOptions = true)
    int list(@Mixin Output.Option as) {
        List<Job> jobs;
        try (LedgerView view = DataDir.view(ledger(), as.output)) {
            jobs = view.jobs().newest(MOST_LISTED);
        }
        if (as.output == Output.json) {
            System.out.println(
                    Output.json(jobs.stream().map(job -> fields(job, null)).toList()));
        } else {
            List<List<String>> rows = new ArrayList<>();
            for (Job job : jobs) {
                rows.add(List.of(
                        Long.toString(job.id()),
                        job.kind(),
                        job.state().name(),
                        job.done() + " of " + job.total(),
                        Long.toString(job.failures()),
                        job.actor(),
                        job.createdAt().toString(),
                        job.filter()));
            }
            System.out.print(Output.table(
                    List.of("JOB", "KIND", "STATE", "DONE", "FAILED", "BY", "SINCE", "LETTERS OR FILES"), rows));
        }
        return Exit.GOOD;
    }

    @Command(
            name = "show",
            description = {
                "Shows how far a job is, and what became of its letters or of the chats in its files.",
                "Its receipt is the place in the audit of its first and its last event in each chain, and the hash of",
                "the last. What is left, by instance, and when that was last seen."
            },
            mixinStandardHelpOptions = true)
    int show(@Parameters(paramLabel = "JOB", description = "Its number.") long number, @Mixin Output.Option as) {
        try (LedgerView view = DataDir.view(ledger(), as.output)) {
            Job job = find(view, number);
            List<Job.Receipt> receipts = view.jobs().receipts(job);
            List<Job.Left> left = job.state().ended() ? List.of() : view.jobs().left(job);
            if (as.output == Output.json) {
                Map<String, @Nullable Object> fields = fields(job, receipts);
                fields.put("left", left.stream().map(JobsCommand::fields).toList());
                System.out.println(Output.json(fields));
                return Exit.GOOD;
            }
            List<List<String>> rows = new ArrayList<>();
            fields(job, null).forEach((name, value) -> {
                if (value instanceof Map<?, ?> counts) {
                    counts.forEach((word, count) -> rows.add(List.of(String.valueOf(word), String.valueOf(count))));
                } else {
                    rows.add(List.of(name, String.valueOf(value)));
                }
            });
            Instant now = Instant.now();
            left.forEach(each -> rows.add(List.of("left at " + each.instance(), inWords(each, now))));
            receipts.forEach(receipt -> rows.add(List.of(
                    "receipt " + receipt.chain(),
                    "audit %s to %s, hash %s%s"
                            .formatted(
                                    receipt.from(),
                                    receipt.to(),
                                    receipt.hash(),
                                    receipt.intact() ? "" : ": the audit does not have it, run cxt audit verify"))));
            System.out.print(Output.table(List.of("WHAT", "VALUE"), rows));
        }
        return Exit.GOOD;
    }

    @Command(
            name = "pause",
            description = "Pauses a job. Letters, and chats of a file, that were begun are finished.",
            mixinStandardHelpOptions = true)
    int pause(@Parameters(paramLabel = "JOB", description = "Its number.") long number) {
        return order(number, "paused", (log, job) -> JobOrders.pause(log, job, System.getProperty("user.name")));
    }

    @Command(
            name = "resume",
            description = "Resumes a job that a person, or failures, have paused.",
            mixinStandardHelpOptions = true)
    int resume(@Parameters(paramLabel = "JOB", description = "Its number.") long number) {
        return order(number, "resumed", JobOrders::resume);
    }

    @Command(
            name = "cancel",
            description = {
                "Cancels a job.",
                "What was begun is finished, and what was sent stays sent. All other letters and files are as if they",
                "had never been in it."
            },
            mixinStandardHelpOptions = true)
    int cancel(@Parameters(paramLabel = "JOB", description = "Its number.") long number) {
        long now = System.currentTimeMillis();
        return order(number, "cancelled", (log, job) -> JobOrders.cancel(log, job, now));
    }

    @Command(
            name = "failed",
            description = {
                "Lists the letters of a job that are dead letters still, the oldest first.",
                "They failed again, or were left alone; those whose files were gone are named, too. One that a later job",
                "has picked up is that job's. Of a back-fill: the dead letters that came from its files, and the files",
                "that were left alone."
            },
            mixinStandardHelpOptions = true)
    int failed(
            @Parameters(paramLabel = "JOB", description = "Its number.") long number,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}.")
                    Letters form) {
        if (form == Letters.csv) {
            CsvOutput.begin();
        }
        List<List<String>> rows = new ArrayList<>();
        try (LedgerView view = DataDir.view(ledger(), form == Letters.table ? Output.table : Output.json)) {
            Job job = find(view, number);
            view.jobs().failed(job, each -> {
                if (form == Letters.table) {
                    rows.add(List.of(
                            each.letter().name(),
                            each.state(),
                            each.letter().reason(),
                            each.letter().source() + "#" + each.letter().sourceIndex(),
                            Integer.toString(each.letter().replays()),
                            each.letter().detail()));
                } else {
                    print(form, fields(each));
                }
            });
            view.jobs().leftAlone(job, each -> {
                if (form == Letters.table) {
                    rows.add(List.of("", each.state(), "", each.file().path(), "", String.valueOf(each.why())));
                } else {
                    print(form, fields(each));
                }
            });
        }
        if (form == Letters.json) {
            Output.endOfItems();
        } else if (form == Letters.table) {
            System.out.print(Output.table(List.of("NAME", "NOW", "REASON", "FROM", "REPLAYS", "WHY"), rows));
        }
        return Exit.GOOD;
    }

    private static void print(Letters form, Map<String, Object> fields) {
        if (form == Letters.json) {
            Output.item(fields);
        } else {
            System.out.println(Output.line(fields));
        }
    }

    private static Map<String, Object> fields(JobFile each) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", each.file().path());
        fields.put("result", each.state());
        fields.put("detail", String.valueOf(each.why()));
        fields.put("bytes", each.file().bytes());
        return fields;
    }

    private static Map<String, Object> fields(JobLetter each) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", each.letter().name());
        fields.put("instance", each.letter().instance());
        fields.put("result", each.state());
        fields.put("reason", each.letter().reason());
        fields.put("detail", each.letter().detail());
        if (each.letter().interactionId() != null) {
            fields.put("interactionId", each.letter().interactionId());
        }
        fields.put("source", each.letter().source());
        fields.put("index", each.letter().sourceIndex());
        fields.put("replays", each.letter().replays());
        fields.put("decidedAt", each.letter().decidedAt().toString());
        return fields;
    }

    private interface Order {
        boolean give(OperatorLog log, Job job);
    }

    private static int order(long number, String done, Order order) {
        LedgerSettings ledger = ledger();
        Job job;
        try (LedgerView view = DataDir.view(ledger, Output.table)) {
            job = find(view, number);
        }
        boolean changed;
        try (OperatorLog log = new OperatorLog(ledger)) {
            changed = order.give(log, job);
        }
        if (!changed) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "Job %s cannot be %s: it is %s. See: cxt jobs show %1$s".formatted(number, done, job.state()));
        }
        System.out.printf("job %s is %s%n", number, done);
        if (ledger.sqlite() && !LedgerView.inUse(ledger)) {
            System.err.println("No cxt runs on this data.dir; the next start obeys it");
        }
        return Exit.GOOD;
    }

    static Job find(LedgerView view, long number) {
        return view.jobs()
                .find(number)
                .orElseThrow(() ->
                        new CommandRefused(Exit.USAGE, "There is no job %s. See: cxt jobs list".formatted(number)));
    }

    /** @param receipts null to leave them out */
    static Map<String, @Nullable Object> fields(Job job, @Nullable List<Job.Receipt> receipts) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("job", job.id());
        fields.put("kind", job.kind());
        fields.put("state", job.state().name());
        fields.put("why", job.why());
        fields.put(job.files() == null ? "letters" : "files", job.filter());
        fields.put("total", job.total());
        fields.put("done", job.done());
        Job.Files files = job.files();
        if (files != null) {
            fields.put("bytes", files.bytes());
            fields.put("bytesRead", files.bytesRead());
            fields.put("transcripts", files.transcripts());
        }
        fields.put("results", job.counts());
        if (files != null) {
            fields.put("onTheirWay", job.onTheirWay());
            if (!job.state().ended()) {
                fields.put("timeLeft", files.left().map(JobsCommand::inWords).orElse("not known yet"));
            }
        }
        fields.put("sharePercent", job.share());
        fields.put("stopAfter", job.stopAfter());
        fields.put("by", job.actor());
        fields.put("note", job.note());
        fields.put("createdAt", job.createdAt().toString());
        fields.put("startedAt", words(job.startedAt()));
        fields.put("endedAt", words(job.endedAt()));
        fields.put("receipts", receipts);
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    private static String inWords(Job.Left left, Instant now) {
        Instant seen = left.seenAt();
        return seen == null
                ? left.items() + ", not seen for a week: they wait until it runs again"
                : "%s, %s, seen %s s ago%s"
                        .formatted(
                                left.items(),
                                left.host(),
                                Math.max(0, Duration.between(seen, now).toSeconds()),
                                seen.plus(Jobs.AWAY).isBefore(now) ? ": they wait until it runs again" : "");
    }

    private static Map<String, @Nullable Object> fields(Job.Left left) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("instance", left.instance());
        fields.put("items", left.items());
        fields.put("host", left.host());
        fields.put("seenAt", words(left.seenAt()));
        fields.values().removeIf(value -> value == null);
        return fields;
    }

    private static String inWords(Duration left) {
        long minutes = Math.round(left.toSeconds() / 60.0);
        return minutes < 1
                ? "less than a minute"
                : minutes < 120
                        ? "about %s min".formatted(minutes)
                        : minutes < 48 * 60
                                ? "about %s h".formatted(Math.round(minutes / 60.0))
                                : "about %s days".formatted(Math.round(minutes / 60.0 / 24));
    }

    private static @Nullable String words(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    static LedgerSettings ledger() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        return ledger;
    }
}
