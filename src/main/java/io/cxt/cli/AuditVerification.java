package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Verifies the audit: its chains, the deliveries against it, and the copies of what was sent. */
final class AuditVerification {
    private final LedgerSettings settings;
    private final Output output;

    private AuditVerification(LedgerSettings settings, Output output) {
        this.settings = settings;
        this.output = output;
    }

    /**
     * Verifies and prints the verdict.
     *
     * @param chains of other instances on this ledger, besides those in {@code audit.known-chains}
     * @param withFeed true to compare the audit feed
     * @param withArchive true to read the whole archive
     * @return the exit code
     */
    static int run(List<String> chains, boolean withFeed, boolean withArchive, Output output) {
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        LedgerSettings settings = LedgerSettings.from(configured);
        Set<String> known = new TreeSet<>(LedgerSettings.knownChains(configured));
        FeedSource feed = FeedSource.from(configured).orElse(null);
        ArchiveReader archive = new ArchiveReader(
                ArchiveSettings.from(configured, settings.folder()).folder());
        configured.check();
        known.addAll(chains);
        if (settings.file() != null) {
            DataDir.require(settings);
        }
        AuditVerification verification = new AuditVerification(settings, output);
        String missing = LedgerView.missing(settings);
        if (missing != null) {
            return verification.broken(List.of(missing));
        }
        try (LedgerView view = DataDir.view(settings, output)) {
            LedgerView.Verification found = view.verify(known);
            CopiesCheck copies = new CopiesCheck(view);
            if (withFeed) {
                copies.feed(feed, installation.routes());
            }
            if (withArchive) {
                copies.archive(archive);
            }
            return verification.tell(found, copies);
        }
    }

    private int tell(LedgerView.Verification found, CopiesCheck copies) {
        List<String> faults = new ArrayList<>(found.faults());
        faults.addAll(copies.faults());
        if (!faults.isEmpty()) {
            int exit = broken(faults);
            System.err.println("Keep a copy of the database as it is, and find out who can write to it");
            return exit;
        }
        List<String> notes = new ArrayList<>(found.notes());
        notes.addAll(copies.notes());
        if (output == Output.json) {
            Map<String, Object> intact = verdict(true, faults);
            intact.put("events", found.events());
            intact.put("chains", found.chains());
            intact.put("notes", notes);
            System.out.println(Output.json(intact));
        } else {
            System.out.printf("intact: %s events in %s chains%n", found.events(), found.chains());
            notes.forEach(System.out::println);
        }
        return Exit.GOOD;
    }

    private int broken(List<String> faults) {
        if (output == Output.json) {
            System.out.println(Output.json(verdict(false, faults)));
        } else {
            faults.forEach(fault -> System.out.println("BROKEN " + fault));
        }
        return Exit.CHAIN_BROKEN;
    }

    private Map<String, Object> verdict(boolean intact, List<String> faults) {
        Map<String, Object> verdict = new LinkedHashMap<>();
        verdict.put("dataDir", settings.folder().toString());
        verdict.put("whole", intact);
        verdict.put("faults", faults);
        return verdict;
    }
}
