package io.cxt.cli;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.HeldSources;
import io.cxt.ledger.ControlRow;
import io.cxt.ledger.ControlTable;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.Note;
import io.cxt.ledger.OrderRefused;
import io.cxt.settings.Settings;
import io.cxt.text.Nearest;
import io.cxt.text.SafeName;
import io.cxt.text.SafeText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands have in common that hold, release and set the pace: options, and the change in the ledger. */
final class ControlChange {
    private static final int LONGEST_LINE = 1_000;

    @Option(
            names = "--note",
            paramLabel = "TEXT",
            required = true,
            description = "Why: it is in the audit, in the log and in health. No chat text.")
    private String note = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}.")
    private Output output = Output.table;

    /**
     * What is meant, as {@link ControlRow} names it.
     *
     * @param what {@code lane}, {@code source} or {@code pace}
     * @param pickup its name, for a source; null for none
     */
    static String what(String what, @Nullable String pickup, List<String> allowed) {
        if (!allowed.contains(what)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "There is no %s to be held or set. The nearest is %s; all are: %s"
                            .formatted(SafeName.log(what), Nearest.to(what, allowed), String.join(", ", allowed)));
        }
        if (!what.equals("source")) {
            if (pickup != null) {
                throw new CommandRefused(Exit.USAGE, "%s takes no name: %s".formatted(what, SafeName.log(pickup)));
            }
            return what;
        }
        String sources = String.join(", ", HeldSources.PICKUPS);
        if (pickup == null) {
            throw new CommandRefused(Exit.USAGE, "Say which source: " + sources);
        }
        if (!HeldSources.PICKUPS.contains(pickup)) {
            throw new CommandRefused(
                    Exit.USAGE,
                    "There is no source %s. The nearest is %s; all are: %s"
                            .formatted(SafeName.log(pickup), Nearest.to(pickup, HeldSources.PICKUPS), sources));
        }
        return ControlRow.source(pickup);
    }

    /** Sets it in the ledger, and says so. */
    int set(String what, @Nullable Double rate, @Nullable String until) {
        LedgerSettings ledger = ledger();
        Instant now = found(ledger, Output.json).now();
        Instant end = TimeOption.future("--until", until, now);
        ControlRow control =
                refused(() -> ControlRow.ordered(what, rate, now, end, System.getProperty("user.name"), note));
        try (OperatorLog log = new OperatorLog(ledger)) {
            ControlTable.set(log, control);
        }
        say(control, what + " is " + control.words(), ledger);
        return Exit.GOOD;
    }

    /** Ends it in the ledger, and says so. */
    int end(String what) {
        String why = refused(() -> Note.needed(note));
        LedgerSettings ledger = ledger();
        ControlRow ended = found(ledger, output).inForce().stream()
                .filter(control -> control.what().equals(what))
                .findFirst()
                .orElseThrow(() -> new CommandRefused(
                        Exit.USAGE,
                        "%s is not %s. See: cxt status"
                                .formatted(what, what.equals(ControlRow.PACE) ? "set" : "held")));
        try (OperatorLog log = new OperatorLog(ledger)) {
            if (!ControlTable.end(log, ended, why)) {
                throw new CommandRefused(
                        Exit.USAGE, "%s was changed meanwhile; nothing was ended. See: cxt status".formatted(what));
            }
        }
        say(null, "%s goes on; it was %s".formatted(what, ended.words()), ledger);
        return Exit.GOOD;
    }

    /** @throws CommandRefused when it is not allowed */
    static <T> T refused(Supplier<T> order) {
        try {
            return order.get();
        } catch (OrderRefused e) {
            throw new CommandRefused(Exit.USAGE, "--" + e.getMessage());
        }
    }

    private LedgerSettings ledger() {
        Settings settings = Installation.find().settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        settings.check();
        return ledger;
    }

    /** Needs a ledger: none is made here. */
    private static ControlTable.Found found(LedgerSettings ledger, Output form) {
        try (LedgerView view = DataDir.view(ledger, form)) {
            return view.findControls();
        }
    }

    private void say(@Nullable ControlRow control, String words, LedgerSettings ledger) {
        if (output == Output.json) {
            System.out.println(Output.json(control == null ? Map.of("ended", words) : fields(control)));
        } else {
            System.out.println(SafeText.escaped(words, LONGEST_LINE));
        }
        if (ledger.sqlite() && !LedgerView.inUse(ledger)) {
            System.err.println("No cxt runs on this data.dir; the next start obeys it");
        } else if (output == Output.table) {
            System.err.println("Every instance obeys within two seconds. See: cxt status");
        }
    }

    /** As {@code status -o json} has it, too. */
    static Map<String, @Nullable Object> fields(ControlRow control) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("what", control.what());
        fields.put("callsPerSecond", control.rate());
        fields.put("since", control.since().toString());
        fields.put("until", control.until() == null ? null : control.until().toString());
        fields.put("by", control.actor());
        fields.put("note", control.note());
        fields.values().removeIf(value -> value == null);
        return fields;
    }
}
