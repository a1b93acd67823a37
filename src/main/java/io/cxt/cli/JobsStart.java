package io.cxt.cli;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.intake.BackfillFolders;
import io.cxt.intake.Selection;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import io.cxt.ledger.OrderRefused;
import io.cxt.settings.Settings;
import io.cxt.story.RedrivePreview;
import io.cxt.text.Nearest;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a job. Long because it has the options of both kinds, and says what each would do. */
@Command(
        name = "start",
        description = {
            "Starts a job on the dead letters of now that match, or on the files of old exports.",
            "Later ones are not in it. Says before what would become of them. Nothing is sent twice: what the ledger",
            "knows as sent makes no call, and what CXone may have goes out marked may-repeat. Letters in doubt of",
            "which CXone says that it has them (HTTP 409 to the repeat) are left out. Of a back-fill, the files must",
            "lie in backfill.folders and stay there."
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt jobs start backfill '/srv/exports/2024-*.ndjson.gz' --dry-run      the files, and their bytes",
            "  cxt jobs start backfill '/srv/exports/*.json' --since 2024-03 --until 2024-04 --label march",
            "  cxt jobs start redrive --reason CXONE-503 --since 2h --note CHG-88 --share 20",
            "  cxt jobs start redrive --wait    all of them; exits with 0, 1 when some failed again, 6 when it does not end"
        })
final class JobsStart implements Callable<Integer> {
    private static final long LOOK_EVERY_MS = 500;

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            description = "redrive: sends dead letters again. backfill: brings in files of old exports.")
    private String kind = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "GLOB",
            description =
                    "For backfill: files, or patterns between quotes: 'exports/*.json', 'exports/**.json' for folders below, too.")
    private List<String> globs = List.of();

    @Option(names = "--reason", paramLabel = "REASON", description = "Only letters with this reason.")
    private @Nullable String reason;

    @Option(names = "--source", paramLabel = "FILE", description = "Only letters from this source.")
    private @Nullable String source;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Only letters set aside at or after TIME: 2h (ago), 2026-11-22T10. For backfill: only chats whose first"
                            + " message is at or after it.")
    private @Nullable String since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "For backfill: only chats whose first message is before TIME.")
    private @Nullable String until;

    @Option(names = "--limit", paramLabel = "N", description = "For backfill: only the first N of these of each file.")
    private @Nullable String limit;

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            description =
                    "For backfill: only so many of all chats, by a hash of their ids: each time the same. Like 1%%.")
    private @Nullable String sample;

    @Option(
            names = "--label",
            paramLabel = "TEXT",
            description = "For backfill: what it is called in report and audit.")
    private @Nullable String label;

    @Option(names = "--job", paramLabel = "JOB", description = "Only letters that this job has not sent.")
    private @Nullable Long ofJob;

    @Option(
            names = "--share",
            paramLabel = "PERCENT",
            defaultValue = "20",
            description =
                    "Most of the calls a second, and of the calls in flight: 1 to 100 percent. Default: ${DEFAULT-VALUE}.")
    private String share = "20";

    @Option(
            names = "--stop-after",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Pauses by itself when N letters, or chats of files, in a row are not sent; 0 for never. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int stopAfter = JobOrders.Redrive.STOP_AFTER;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why: it is in the audit. No chat text.")
    private @Nullable String note;

    @Option(names = "--dry-run", description = "Only says what would become of the letters, or lists the files.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            description =
                    "Waits until it ends, and exits with 0; 1 when some were not sent; 6 when it was cancelled, or waits for"
                            + " a person.")
    private boolean wait;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output = Output.table;

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean backfill = kind.equals(Job.BACKFILL);
        if (!backfill && !kind.equals(Job.REDRIVE)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "There is no job %s. The nearest is %s; all are: redrive, backfill"
                            .formatted(SafeName.log(kind), Nearest.to(kind, List.of(Job.REDRIVE, Job.BACKFILL))));
        }
        Map<String, String> selected = SelectOptions.given(null, until, limit, sample, label);
        if (backfill
                ? !(reason == null && source == null && ofJob == null)
                : !(globs.isEmpty() && selected.isEmpty())) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "--reason, --source and --job are for redrive; names of files, --until, --limit, --sample and --label are for"
                            + " backfill. See: cxt jobs start --help");
        }
        Installation installation = Installation.find();
        Settings settings = installation.settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        BackfillFolders folders = BackfillFolders.from(settings);
        settings.check();
        if (backfill) {
            Selection selection = SelectOptions.selection(SelectOptions.given(since, until, limit, sample, label));
            ExportFiles files = ExportFiles.of(globs, folders, installation.mappings());
            long job = dryRun ? 0 : start(ledger, files, selection);
            say(files, job);
            return end(ledger, job);
        }
        Set<String> sources = source == null ? Set.of() : SafeName.spellings(source);
        LetterQuery letters =
                new LetterQuery(reason, sources, TimeOption.past("--since", since, Instant.now()), null, ofJob);
        JobOrders.Redrive order;
        RedrivePreview preview;
        try (LedgerView view = DataDir.view(ledger, output)) {
            String upTo = view.letters().newest();
            order = ControlChange.refused(
                    () -> new JobOrders.Redrive(letters, upTo, letters.words(), percent(), stopAfter, note));
            preview = RedrivePreview.of(view, ledger, settings, installation.mappings(), RedrivePreview.PATIENT);
            preview.look(letters, order.upTo());
        }
        if (preview.total() == 0) {
            throw new CommandRefused(
                    Exit.USAGE, "No dead letter matches that is not in a job. See: cxt dead-letters list");
        }
        long job = dryRun ? 0 : start(ledger, order);
        say(preview, job);
        return end(ledger, job);
    }

    /** @param job 0 for none */
    private int end(LedgerSettings ledger, long job) throws InterruptedException {
        if (job > 0 && ledger.sqlite() && !LedgerView.inUse(ledger)) {
            System.err.println("No cxt runs on this data.dir; the next start begins it, cxt run --once too");
            return wait ? Exit.PARTLY : Exit.GOOD;
        }
        return wait && job > 0 ? await(ledger, job) : Exit.GOOD;
    }

    /** Starts a job on files, and returns its number. */
    private long start(LedgerSettings ledger, ExportFiles files, Selection selection) throws IOException {
        DataDir.view(ledger, output).close(); // refuses where there is no ledger
        String instance = Owner.instanceId(ledger.folder());
        if (instance == null) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "No cxt ever ran on %s, so nobody would read the files. Start one there first"
                            .formatted(ledger.folder()));
        }
        JobOrders.Backfill order = ControlChange.refused(() -> new JobOrders.Backfill(
                files.list(),
                instance,
                selection.withJob(SafeName.log(String.join(" ", globs))),
                percent(),
                stopAfter,
                note));
        try (OperatorLog log = new OperatorLog(ledger)) {
            return JobOrders.start(log, order, System.getProperty("user.name"), System.currentTimeMillis());
        } catch (OrderRefused e) {
            throw new CommandRefused(Exit.USAGE, e.getMessage() + " See: cxt jobs list");
        }
    }

    private void say(ExportFiles files, long job) {
        if (output == Output.json) {
            Map<String, Object> said = new LinkedHashMap<>();
            if (job > 0) {
                said.put("job", job);
            }
            said.put("files", files.list().size());
            said.put("bytes", files.bytes());
            said.put("passedOver", files.passedOver());
            if (dryRun) {
                said.put(
                        "list",
                        files.list().stream()
                                .map(file -> Map.of("path", file.path(), "bytes", file.bytes()))
                                .toList());
            }
            if (!wait || dryRun) {
                System.out.println(Output.json(said));
            }
            return;
        }
        if (dryRun) {
            System.out.print(Output.table(
                    List.of("BYTES", "FILE"),
                    files.list().stream()
                            .map(file -> List.of(Long.toString(file.bytes()), file.path()))
                            .toList()));
        }
        String what = "%s files, %s bytes%s"
                .formatted(
                        files.list().size(),
                        files.bytes(),
                        files.passedOver() == 0
                                ? ""
                                : ", without %s that match and have not the name of a transcript file"
                                        .formatted(files.passedOver()));
        System.out.println(
                job == 0
                        ? what + ". Nothing is sent, and no job was started"
                        : "job %s has %s. See: cxt jobs show %1$s".formatted(job, what));
    }

    /** Starts it, and returns its number. */
    static long start(LedgerSettings ledger, JobOrders.Redrive order) {
        try (OperatorLog log = new OperatorLog(ledger)) {
            return JobOrders.start(log, order, System.getProperty("user.name"), System.currentTimeMillis());
        } catch (OrderRefused e) {
            throw new CommandRefused(Exit.USAGE, e.getMessage() + " See: cxt dead-letters list");
        }
    }

    private int percent() {
        String number = share.strip().replaceFirst("%$", "");
        if (!number.matches("\\d{1,3}")) {
            throw new CommandRefused(Exit.USAGE, "--share is %s; allowed: 1 to 100".formatted(SafeName.log(share)));
        }
        return Integer.parseInt(number);
    }

    private void say(RedrivePreview preview, long job) {
        Map<String, Object> fates = new LinkedHashMap<>();
        preview.counts().forEach((fate, count) -> fates.put(fate.word(), count));
        if (output == Output.json) {
            Map<String, Object> said = new LinkedHashMap<>();
            if (job > 0) {
                said.put("job", job);
            }
            said.put("total", preview.total());
            said.put("preview", fates);
            if (!wait || dryRun) {
                System.out.println(Output.json(said));
            }
        } else {
            List<List<String>> rows = new ArrayList<>();
            preview.counts().forEach((fate, count) -> rows.add(List.of(Long.toString(count), fate.words())));
            System.out.print(Output.table(List.of("LETTERS", "WHAT WOULD BECOME OF THEM"), rows));
            System.out.println(
                    job == 0
                            ? "Nothing is sent, and no job was started"
                            : "job %s has %s letters. See: cxt jobs show %1$s".formatted(job, preview.total()));
        }
    }

    private int await(LedgerSettings ledger, long number) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            Job job;
            try (LedgerView view = DataDir.view(ledger, output)) {
                job = JobsCommand.find(view, number);
            }
            boolean waitsForPerson = job.state() == Job.State.PAUSED && job.pausedBy() == null;
            if (job.state().ended() || waitsForPerson) {
                if (output == Output.json) {
                    System.out.println(Output.json(JobsCommand.fields(job, null)));
                } else {
                    System.out.println("job %s is %s: %s%s"
                            .formatted(
                                    number,
                                    job.state(),
                                    job.countsInWords(),
                                    waitsForPerson
                                            ? ". Paused, %s; go on with: cxt jobs resume %s"
                                                    .formatted(SafeName.log(String.valueOf(job.why())), number)
                                            : ""));
                }
                return switch (job.state()) {
                    case DONE -> Exit.GOOD;
                    case DONE_WITH_FAILURES -> Exit.FINDINGS;
                    default -> Exit.PARTLY;
                };
            }
            never.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        }
    }
}
