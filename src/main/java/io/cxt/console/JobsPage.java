package io.cxt.console;

import io.cxt.ledger.Job;
import io.cxt.ledger.JobFile;
import io.cxt.ledger.LedgerLists.Listed;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.LetterQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What persons have ordered, how far it is, and what failed again. */
public record JobsPage(LedgerView view) {
    private static final int MOST_ROWS = 50;

    /** The newest jobs, the newest first. */
    public record All(List<Job> jobs) {}

    /**
     * One job.
     *
     * @param left letters or files that are not done, by the instance that has them
     * @param filesLeftAlone files of a back-fill that were not read, and why; the first ones
     * @param failed those of its letters that are dead letters still, the newest first
     * @param older the address of the next page of them; null for the last
     */
    public record One(
            Job job,
            List<Job.Left> left,
            List<Job.Receipt> receipts,
            List<JobFile> filesLeftAlone,
            List<Listed> failed,
            @Nullable String older) {}

    Page get(Asked asked) {
        long number = asked.number("job", 0);
        return number == 0
                ? Page.of("Jobs", "jobs", new All(view.jobs().newest(MOST_ROWS)), "cxt jobs list")
                        .changing("jobsnow")
                : view.jobs()
                        .find(number)
                        .map(job -> one(job, asked))
                        .orElseGet(() -> Page.problem(
                                404,
                                "Not found",
                                "There is no job " + number + ".",
                                "Choose one from the list of jobs."));
    }

    private Page one(Job job, Asked asked) {
        LetterQuery letters = new LetterQuery(null, Set.of(), null, null, job.id());
        List<Listed> rows =
                job.failures() == 0 ? List.of() : view.lists().letters(letters, asked.word("before"), MOST_ROWS + 1);
        boolean more = rows.size() > MOST_ROWS;
        List<Listed> shown = more ? rows.subList(0, MOST_ROWS) : rows;
        return Page.of(
                        "Job " + job.id(),
                        "job",
                        new One(
                                job,
                                job.state().ended() ? List.of() : view.jobs().left(job),
                                view.jobs().receipts(job),
                                filesLeftAlone(job),
                                shown.stream().filter(each -> !each.inJob()).toList(),
                                more
                                        ? Links.also(
                                                Links.job(job.id()),
                                                "before",
                                                shown.get(MOST_ROWS - 1)
                                                        .letter()
                                                        .id())
                                        : null),
                        "cxt jobs show " + job.id())
                .changing("jobnow");
    }

    private List<JobFile> filesLeftAlone(Job job) {
        List<JobFile> files = new ArrayList<>();
        if (job.files() != null) {
            view.jobs().leftAlone(job, file -> {
                if (files.size() < MOST_ROWS) {
                    files.add(file);
                }
            });
        }
        return files;
    }

    /** How a job stands, for a person: {@code ● redrive: runs}. */
    public static String words(Job job) {
        String kind = job.kind() + ": ";
        return switch (job.state()) {
            case WAITING -> "● " + kind + "waits for its turn";
            case RUNNING -> "● " + kind + "runs";
            case PAUSED -> "▲ " + kind + "paused";
            case CANCELLING -> "● " + kind + "is being cancelled";
            case CANCELLED -> "✓ " + kind + "cancelled";
            case DONE -> "✓ " + kind + "done";
            case DONE_WITH_FAILURES -> "✕ " + kind + "done, and some were not sent";
        };
    }
}
