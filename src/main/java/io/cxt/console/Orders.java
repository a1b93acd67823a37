package io.cxt.console;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.HeldSources;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.ControlTable;
import io.cxt.ledger.Job;
import io.cxt.ledger.JobOrders;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.Note;
import io.cxt.ledger.OrderRefused;
import io.cxt.text.SafeName;
import io.cxt.transcript.Moment;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person orders in a form: the same as by a command, through the ledger, in the audit with their name. Each returns the
 * address of the page that shows it.
 */
record Orders(LedgerSettings ledger, LedgerView view, Clock clock) {
    /** One of them. */
    interface Order {
        /** @throws OrderRefused when it is not allowed, saying what is */
        String give(Asked form, Person by);
    }

    /** What can be held, as the form has it: {@code lane}, {@code source file}, … */
    static List<String> holdable() {
        List<String> all = new ArrayList<>(List.of(ControlRow.LANE));
        HeldSources.PICKUPS.forEach(pickup -> all.add(ControlRow.source(pickup)));
        return all;
    }

    String hold(Asked form, Person by) {
        return set(one(form, holdable()), null, form, by);
    }

    String pace(Asked form, Person by) {
        String rate = String.valueOf(form.word("rate"));
        if (!rate.matches("\\d{1,5}(\\.\\d{1,3})?")) {
            throw new OrderRefused("pace is %s, which is not a number of calls a second".formatted(SafeName.log(rate)));
        }
        return set(ControlRow.PACE, Double.valueOf(rate), form, by);
    }

    private String set(String what, @Nullable Double rate, Asked form, Person by) {
        Instant now = view.findControls().now();
        String until = form.word("until");
        Instant end = until == null ? null : Moment.future(until, now).orElseThrow(() -> noTime("until", until));
        ControlRow control = ControlRow.ordered(what, rate, now, end, Person.inAudit(by.name()), form.word("note"));
        try (OperatorLog log = log(by)) {
            ControlTable.set(log, control);
        }
        return Links.OVERVIEW;
    }

    /** Ends what the page of the person has shown, and nothing that was set meanwhile in its place. */
    String release(Asked form, Person by) {
        List<ControlRow> held = view.findControls().inForce();
        String what = one(form, held.stream().map(ControlRow::what).toList());
        String note = Note.needed(form.word("note"));
        String since = form.word("since");
        ControlRow ended = held.stream()
                .filter(control -> control.what().equals(what))
                .filter(control -> since == null || control.since().toString().equals(since))
                .findFirst()
                .orElseThrow(() -> changed(what));
        try (OperatorLog log = log(by)) {
            if (!ControlTable.end(log, ended, note)) {
                throw changed(what);
            }
        }
        return Links.OVERVIEW;
    }

    private static OrderRefused changed(String what) {
        return new OrderRefused("%s was changed meanwhile; nothing was ended. The overview has what holds now."
                .formatted(SafeName.log(what)));
    }

    /** Starts a redrive of the letters that its preview had. */
    String redrive(Asked form, Person by) {
        String upTo = form.word("upTo");
        if (upTo == null) {
            throw new OrderRefused("upTo is missing; allowed: the id of the last letter, as the preview has it");
        }
        JobOrders.Redrive order = new JobOrders.Redrive(
                LettersPage.query(form, clock.instant()),
                upTo,
                LettersPage.query(form, clock.instant()).words(),
                (int) Math.min(form.number("share", 0), Integer.MAX_VALUE),
                (int) Math.min(form.number("stop-after", -1), Integer.MAX_VALUE),
                form.word("note"));
        try (OperatorLog log = log(by)) {
            return Links.job(JobOrders.start(log, order, Person.inAudit(by.name()), clock.millis()));
        }
    }

    String pause(Asked form, Person by) {
        return change(form, by, (log, job) -> JobOrders.pause(log, job, Person.inAudit(by.name())));
    }

    String resume(Asked form, Person by) {
        return change(form, by, JobOrders::resume);
    }

    String cancel(Asked form, Person by) {
        return change(form, by, (log, job) -> JobOrders.cancel(log, job, clock.millis()));
    }

    private interface Change {
        boolean make(OperatorLog log, Job job);
    }

    private String change(Asked form, Person by, Change change) {
        Job job = view.jobs().find(form.number("job", 0)).orElseThrow(() -> new OrderRefused("There is no such job."));
        try (OperatorLog log = log(by)) {
            if (!change.make(log, job)) {
                throw new OrderRefused("Job %s is %s meanwhile; nothing was changed.".formatted(job.id(), job.state()));
            }
        }
        return Links.job(job.id());
    }

    private OperatorLog log(Person by) {
        return new OperatorLog(ledger, Person.inAudit(by.name()));
    }

    private static String one(Asked form, List<String> allowed) {
        String what = String.valueOf(form.word("what"));
        if (!allowed.contains(what)) {
            throw new OrderRefused("%s is not held, or cannot be; allowed: %s"
                    .formatted(SafeName.log(what), String.join(", ", allowed)));
        }
        return what;
    }

    static OrderRefused noTime(String name, String text) {
        return new OrderRefused("%s is %s, which is not a time: write 30m, 2h, 7d, %s"
                .formatted(name, SafeName.log(text), Moment.FORMS));
    }
}
