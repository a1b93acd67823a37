package io.cxt.audit;

import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.files.DurableFiles;
import io.cxt.files.HaltAt;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of a former ledger in {@code audit.checkpoint-folder}: what they sign is not in this one. Looked for at the first start
 * of an instance on a ledger, and moved into a folder of their own, so that a later check does not take them for signs of a cut.
 */
public final class FormerCheckpoints {
    private static final String ASIDE = "former-";

    private final Path folder;
    private final Path aside;
    private final LedgerReader reader;
    private final List<Of> found = new ArrayList<>();
    private boolean known;
    private @Nullable Checkpoint cut;

    /**
     * Those of one chain.
     *
     * @param last the last of them
     * @param lines how many of the file; {@link Integer#MAX_VALUE} for all
     */
    private record Of(String chain, Checkpoint last, int lines) {}

    private FormerCheckpoints(LedgerSettings settings, String instance, LedgerReader reader) {
        folder = settings.checkpointFolder();
        aside = folder.resolve(ASIDE + instance);
        this.reader = reader;
    }

    /** @param instance whose first start it is */
    public static FormerCheckpoints find(LedgerSettings settings, String instance, LedgerReader reader)
            throws IOException {
        FormerCheckpoints former = new FormerCheckpoints(settings, instance, reader);
        for (String chain : chains(former.folder)) {
            former.look(chain);
        }
        return former;
    }

    private static Set<String> chains(Path folder) throws IOException {
        Set<String> chains = new TreeSet<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(folder, "*" + LedgerSettings.CHECKPOINTS_ENDING)) {
                files.forEach(file ->
                        chains.add(file.getFileName().toString().replace(LedgerSettings.CHECKPOINTS_ENDING, "")));
            }
        }
        return chains;
    }

    private void look(String chain) throws IOException {
        CheckpointFile file = new CheckpointFile(folder, chain);
        Checkpoint last = file.last();
        if (last == null || last.seq() == 0) {
            return;
        }
        if (!holds(last) && begins(chain, file)) { // the lines stay, and show what is missing
            cut = last;
        } else if (!holds(last)) {
            found.add(new Of(chain, last, Integer.MAX_VALUE));
        } else if (chain.equals(Owner.OPERATOR_CHAIN)) { // a command may have written to this ledger before
            Of before = before(file);
            if (before != null) {
                found.add(before);
            }
        } else {
            known = true;
        }
    }

    private boolean holds(Checkpoint last) {
        return reader.any(AuditChain.HOLDS, last.chain(), last.seq(), last.hash())
                || reader.any("SELECT 1 FROM audit_closing WHERE chain = ? AND seq >= ?", last.chain(), last.seq());
    }

    /** True when a chain begins in this ledger. All ledgers have one of commands, by the same name. */
    private boolean begins(String chain, CheckpointFile file) throws IOException {
        return chain.equals(Owner.OPERATOR_CHAIN)
                ? holds(first(file))
                : reader.any("SELECT 1 FROM audit_event WHERE chain = ? LIMIT 1", chain);
    }

    private static Checkpoint first(CheckpointFile file) throws IOException {
        try (CheckpointFile.Lines all = file.read()) {
            for (String line = all.next(); line != null; line = all.next()) {
                if (SignedLine.parse(line) instanceof Checkpoint first && first.seq() > 0) {
                    return first;
                }
            }
        }
        throw new IOException("There is no checkpoint any more in " + file.path());
    }

    /** What comes before the last place where a file begins again; null when there is none. */
    private static @Nullable Of before(CheckpointFile file) throws IOException {
        Of before = null;
        Checkpoint last = null;
        int lines = 0;
        try (CheckpointFile.Lines all = file.read()) {
            for (String line = all.next(); line != null; line = all.next()) {
                if (SignedLine.parse(line) instanceof Checkpoint next) {
                    if (last != null && next.seq() < last.seq()) {
                        before = new Of(last.chain(), last, lines);
                    }
                    last = next;
                }
                lines++;
            }
        }
        return before;
    }

    /** True when there are some, also where a start before this one was cut off after it had moved them. */
    public boolean any() {
        return !found.isEmpty() || Files.isDirectory(aside);
    }

    /** True when what an instance signed here is in this ledger: it has sent what lies beside. */
    public boolean ofThisLedger() {
        return known;
    }

    /** A checkpoint of events that are not in this ledger, though earlier ones of its chain are; null when there is none. */
    public @Nullable Checkpoint cut() {
        return cut;
    }

    /** What they are, in words. */
    public List<String> inWords() {
        return found.stream()
                .map(of -> "checkpoints of chain %s up to event %s".formatted(of.chain, of.last.seq()))
                .toList();
    }

    /** Moves them into a folder of their own beside. */
    public void moveAside() throws IOException {
        for (Of of : found) {
            CheckpointFile file = new CheckpointFile(folder, of.chain);
            DurableFiles.createFolder(aside);
            CheckpointFile moved = new CheckpointFile(aside, of.chain);
            if (of.lines == Integer.MAX_VALUE) {
                DurableFiles.rename(file.path(), moved.path());
                DurableFiles.force(folder);
                continue;
            }
            List<SignedLine> first = first(file, of.lines);
            moved.append(first, true);
            HaltAt.reached("checkpoints-aside");
            Set<SignedLine> gone = new HashSet<>(first);
            file.remove(gone::contains);
        }
    }

    private static List<SignedLine> first(CheckpointFile file, int count) throws IOException {
        List<SignedLine> first = new ArrayList<>();
        try (CheckpointFile.Lines all = file.read()) {
            for (int i = 0; i < count; i++) {
                String line = all.next();
                SignedLine signed = line == null ? null : SignedLine.parse(line);
                if (signed != null) {
                    first.add(signed);
                }
            }
        }
        return first;
    }

    /** What was moved aside, in words, each chain with what to do. */
    static List<String> aside(Path folder, KnownKeys keys) throws IOException {
        List<String> words = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return words;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, ASIDE + "*")) {
            for (Path former : folders) {
                for (String chain : chains(former)) {
                    Checkpoint last = new CheckpointFile(former, chain).last();
                    if (last != null) {
                        words.add(
                                "chain %s of a former ledger: signed up to event %s, at %s%s. Its checkpoints are in %s: verify them with a backup of that ledger"
                                        .formatted(
                                                chain,
                                                last.seq(),
                                                last.at(),
                                                keys.signed(last) ? "" : ", not with a key that is here",
                                                former));
                    }
                }
            }
        }
        return words;
    }
}
