package io.cxt.cli;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.ArchiveSettings;
import io.cxt.audit.FeedSource;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.ledger.ArchivedPart;
import io.cxt.ledger.LedgerAudit;
import io.cxt.ledger.LedgerView;
import io.cxt.settings.Settings;
import io.cxt.text.SafeName;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the audit: its chains, the deliveries against it, and the copies of what was sent. Long because the words of each finding
 * about copies are here.
 */
record AuditVerification(LedgerSettings settings, Output output) {
    /**
     * Verifies and prints the verdict.
     *
     * @param chains of other instances on this ledger, besides those in {@code audit.known-chains}
     * @param keys files with public keys that signed, too, besides those in {@code audit.known-keys}
     * @param copy of the checkpoints, a folder or a file; null for the originals
     * @param withFeed true to compare the audit feed
     * @param withArchive true to read the whole archive
     * @return the exit code
     */
    static int run(
            List<String> chains,
            List<Path> keys,
            @Nullable Path copy,
            boolean withFeed,
            boolean withArchive,
            Output output) {
        List<Path> given = new ArrayList<>(keys);
        if (copy != null) {
            given.add(copy);
        }
        for (Path each : given) {
            if (Files.notExists(each)) {
                throw new CommandRefused(Exit.USAGE, "There is no " + SafeName.log(each.toString()));
            }
        }
        Installation installation = Installation.find();
        Settings configured = installation.settings();
        LedgerSettings settings = LedgerSettings.from(configured).knowing(keys);
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
            LedgerAudit.Verification found = view.audit().verify(known, copy);
            CopiesCheck copies = new CopiesCheck(view);
            if (withFeed) {
                copies.feed(feed, installation.routes());
            }
            if (withArchive) {
                copies.archive(archive, settings.sqlite() ? null : Owner.instanceId(settings.folder()));
            }
            return verification.tell(found, copies);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read instance-id in " + settings.shown(), e);
        }
    }

    private int tell(LedgerAudit.Verification found, CopiesCheck copies) {
        List<String> faults = new ArrayList<>(found.faults());
        faults.addAll(copies.faults());
        if (!faults.isEmpty()) {
            int exit = broken(faults);
            System.err.println("Keep a copy of the database as it is, and find out who can write to it");
            return exit;
        }
        List<String> notes = new ArrayList<>(found.notes());
        notes.addAll(copies.notes());
        List<String> missing = copies.missing();
        List<String> back = copies.back();
        if (output == Output.json) {
            Map<String, Object> intact = verdict(true, faults);
            intact.put("events", found.events());
            intact.put("chains", found.chains());
            intact.put("notes", notes);
            intact.put("missingCopies", missing);
            intact.put("erasedCopies", back);
            System.out.println(Output.json(intact));
        } else {
            System.out.printf("intact: %s events in %s chains%n", found.events(), found.chains());
            notes.forEach(System.out::println);
            missing.forEach(copy -> System.out.println("MISSING " + copy));
            back.forEach(copy -> System.out.println("ERASED " + copy));
        }
        if (!missing.isEmpty()) {
            System.err.println(
                    "The record is intact, and copies are missing: look for the files, or take them from a backup. --no-archive leaves"
                            + " them out");
        }
        if (!back.isEmpty()) {
            System.err.println(
                    "The record is intact, and the archive has again what was erased, as after a restore from a backup: run"
                            + " cxt erase --interaction for each");
        }
        return missing.isEmpty() && back.isEmpty() ? Exit.GOOD : Exit.PARTLY;
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

    /** Compares the copies of what was sent, audit feed and archive, with the ledger. */
    private static final class CopiesCheck {
        private static final int MOST = 20;

        private final LedgerView view;
        private final List<String> faults = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private final Named missing = new Named();
        private final Named back = new Named();
        private long more;

        CopiesCheck(LedgerView view) {
            this.view = view;
        }

        /** The first findings, in words. */
        List<String> faults() {
            List<String> all = new ArrayList<>(faults);
            if (more > 0) {
                all.add("there are %s more in audit feed and archive".formatted(more));
            }
            return all;
        }

        /** The first copies that ought to be there, in words. */
        List<String> missing() {
            return missing.all();
        }

        /** The first copies that were erased and are there, in words. */
        List<String> back() {
            return back.all();
        }

        /** Copies, the first of them in words. */
        private static final class Named {
            private final List<String> first = new ArrayList<>();
            private long more;

            void add(String interactionId, int part, String why) {
                if (first.size() < MOST) {
                    first.add("archive, interaction %s part %s: %s".formatted(SafeName.log(interactionId), part, why));
                } else {
                    more++;
                }
            }

            List<String> all() {
                List<String> all = new ArrayList<>(first);
                if (more > 0) {
                    all.add("%s more copies".formatted(more));
                }
                return all;
            }
        }

        /** What was not compared, in words. */
        List<String> notes() {
            return notes;
        }

        private void found(String fault) {
            if (faults.size() < MOST) {
                faults.add(fault);
            } else {
                more++;
            }
        }

        /**
         * Compares the audit feed, unless a site has reshaped it.
         *
         * @param elsewhere the feed's database; null when it is the ledger's
         */
        void feed(@Nullable FeedSource elsewhere, Path routes) {
            String why = writesTheTable(routes)
                    ? view.audit().verifyFeed(elsewhere, this::found)
                    : "no route in %s writes to audit_record".formatted(routes);
            if (why != null) {
                notes.add("audit feed: not compared: " + why);
            }
        }

        private static boolean writesTheTable(Path routes) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(routes, "*.camel.yaml")) {
                for (Path file : files) {
                    if (Files.readString(file, StandardCharsets.UTF_8).contains("INTO audit_record")) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the files in " + routes, e);
            }
        }

        /**
         * Checks that each archived part is where the ledger says, with the hash of what was sent, and that each part has a copy
         * that ought to have one.
         *
         * @param instance whose archive it is, where others may have their own; null where it is that of all
         */
        void archive(ArchiveReader kept, @Nullable String instance) {
            Instant gone = view.missingCopies().mayBeGoneBefore();
            long[] read = new long[2];
            try (ArchiveReader.Sweep sweep = kept.sweep()) {
                view.archived(part -> {
                    boolean there = check(sweep, part);
                    read[there ? 0 : 1]++;
                    String owner = part.owner();
                    boolean here = instance == null || owner != null && owner.startsWith(instance + "/");
                    if (!there && here && !part.at().isBefore(gone)) {
                        missing.add(
                                part.interactionId(),
                                part.part(),
                                "%s is not there, and neither pruning nor erasure took it"
                                        .formatted(SafeName.log(place(part))));
                    }
                });
                view.erasedCopies().each(part -> lookFor(kept, part));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close a file of the archive", e);
            }
            view.missingCopies()
                    .each((id, part) -> missing.add(id, part, "the ledger has no copy on record, and one was made"));
            if (read[1] > 0) {
                notes.add(
                        "archive: %s of %s parts are in missing files: moved, deleted, or in the archive of another instance"
                                .formatted(read[1], read[0] + read[1]));
            }
        }

        /** Of what was erased; what cannot be read there is found with the parts that lie beside it. */
        private void lookFor(ArchiveReader kept, ArchivedPart erased) {
            try {
                if (kept.holds(place(erased), erased.hash()) > 0) {
                    back.add(
                            erased.interactionId(),
                            erased.part(),
                            "%s has it again, and it was erased".formatted(SafeName.log(place(erased))));
                }
            } catch (IOException e) {
                notes.add("archive: %s, where something was erased, cannot be read (%s)"
                        .formatted(SafeName.log(place(erased)), e.getClass().getSimpleName()));
            }
        }

        private static String place(ArchivedPart part) {
            return part.place() == null
                    ? ArchiveReader.file(part.interactionId(), part.part(), part.parts())
                    : part.place();
        }

        private boolean check(ArchiveReader.Sweep sweep, ArchivedPart part) {
            String place = place(part);
            String wrong = null;
            try {
                if (!Part.hashOf(sweep.read(place)).equals(part.hash())) {
                    wrong = "does not hold what was sent";
                }
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
                wrong = "cannot be read (%s)".formatted(e.getClass().getSimpleName());
            }
            if (wrong != null) {
                found(
                        "archive, interaction %s part %s: %s %s. The ledger's row or the file was changed; take the file from a backup"
                                .formatted(
                                        SafeName.log(part.interactionId()), part.part(), SafeName.log(place), wrong));
            }
            return true;
        }
    }
}
