package io.cxt.audit;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Owner;
import io.cxt.text.SafeText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds what checkpoints signed against the chains as they are read. Make it before the first row is read: what is
 * signed from then on stays out. Long because each way to cheat has its words.
 */
public final class CheckpointCheck implements AutoCloseable {
    private final Path keyFile;
    private final Path folder;
    private final SigningKey key;
    /** True when no other instance writes to this ledger. */
    private final boolean alone;

    private final String instance;
    private final Set<String> named;
    private final List<String> unknown = new ArrayList<>();
    private final Map<String, Witness> witnesses = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> met = new HashSet<>();
    /** Ends of the operator's chain, each as one of the last checkpoints tells of it, and not met yet. */
    private final Map<Long, Checkpoint> operatorEnds = new TreeMap<>();
    /** The last checkpoint that tells of most chains; null when none tells. */
    private Checkpoint mostChains;

    /** One chain's checkpoints, and the one that is due next. */
    private static final class Witness {
        private final CheckpointFile file;
        private final CheckpointFile.Lines lines;
        private Checkpoint last;
        private Checkpoint due;
        private long line;
        private boolean met;

        Witness(CheckpointFile file) throws IOException {
            this.file = file;
            this.lines = file.read();
        }
    }

    /** @param named chains of other instances, whose checkpoints need not be in this folder */
    public CheckpointCheck(LedgerSettings settings, Set<String> named) throws IOException {
        this.named = named;
        keyFile = settings.checkpointKeyFile();
        folder = settings.checkpointFolder();
        key = Files.exists(keyFile) ? SigningKey.read(keyFile) : null;
        alone = settings.sqlite();
        instance = Owner.instanceId(settings.folder());
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(folder, "*" + LedgerSettings.CHECKPOINTS_ENDING)) {
                for (Path file : files) {
                    String chain = file.getFileName().toString().replace(LedgerSettings.CHECKPOINTS_ENDING, "");
                    CheckpointFile checkpoints = new CheckpointFile(folder, chain);
                    witnesses.put(chain, new Witness(checkpoints));
                    hear(checkpoints.last());
                }
            }
        }
        if (key == null && witnesses.isEmpty()) {
            notes.add(
                    "There are no checkpoints in %s, so a cut tail would not show. They are made from the next start of cxt on; keep a copy of them elsewhere"
                            .formatted(folder));
        }
    }

    /** What a chain's last checkpoint tells of the others. One that is not signed is found when its chain is read. */
    private void hear(Checkpoint last) {
        if (last == null || last.others() == null || key == null || !last.signedBy(key)) {
            return;
        }
        if (mostChains == null || last.others().chains() > mostChains.others().chains()) {
            mostChains = last;
        }
        if (last.others().operator().seq() > 0) {
            operatorEnds.put(last.others().operator().seq(), last);
        }
    }

    /** What is wrong with a row that checkpoints tell of, in words; null when nothing is. */
    String row(String chain, long seq, String hash) {
        if (chain.equals(Owner.OPERATOR_CHAIN)) {
            Checkpoint teller = operatorEnds.remove(seq);
            if (teller != null && !teller.others().operator().hash().equals(hash)) {
                return "chain operator: event %s is not the one that there was at %s, as chain %s has it. Events were written anew"
                        .formatted(seq, teller.at(), teller.chain());
            }
        }
        Witness witness = witnesses.get(chain);
        if (witness == null) {
            return null;
        }
        String fault = witness.met ? null : advance(chain, witness, 0);
        while (fault == null && witness.due != null && witness.due.seq() == seq) {
            fault = witness.due.hash().equals(hash)
                    ? advance(chain, witness, seq)
                    : "chain %s: event %s is not the one that was signed at %s. Events were written anew after a cut, or the ledger was put back from a copy"
                            .formatted(chain, seq, witness.due.at());
        }
        return fault;
    }

    /** The same at the end of a chain's rows. */
    String end(String chain, long events) {
        if (events > 0) {
            met.add(chain);
        }
        Witness witness = witnesses.get(chain);
        if (witness == null) {
            return unsigned(chain);
        }
        String fault = witness.met ? null : advance(chain, witness, 0);
        if (fault == null && witness.due != null) {
            fault =
                    "chain %s: it ends with event %s, and event %s was signed at %s. The tail was cut, or the ledger was put back from a copy"
                            .formatted(chain, events, witness.due.seq(), witness.due.at());
        }
        if (fault == null) {
            notes.add("chain %s: signed up to event %s of %s, at %s"
                    .formatted(chain, witness.last.seq(), events, witness.last.at()));
        }
        return fault;
    }

    /** The chains that are signed and have no row at all. */
    List<String> unmet() {
        return witnesses.entrySet().stream()
                .filter(entry -> !entry.getValue().met)
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * What is missing as a whole, in words; null when nothing is. Comes after the last chain.
     *
     * @param chains how many there are
     */
    String missing(long chains) {
        if (!operatorEnds.isEmpty()) {
            Checkpoint teller = operatorEnds.values().iterator().next();
            return "chain operator: its event %s, which was there at %s as chain %s has it, is missing. The chain was taken away or cut, or the ledger was put back from a copy"
                    .formatted(teller.others().operator().seq(), teller.at(), teller.chain());
        }
        if (mostChains != null && chains < mostChains.others().chains()) {
            return "there were %s chains at %s, as chain %s has it, and there are %s. A chain was taken away, or the ledger was put back from a copy"
                    .formatted(mostChains.others().chains(), mostChains.at(), mostChains.chain(), chains);
        }
        if (!unknown.isEmpty()) {
            String shown = SafeText.brief(String.join(",", unknown));
            return "chain %s: neither the file instance-id nor a checkpoint in %s names it. If that is another instance of yours, check it where its data.dir is, and name it here: cxt audit verify --chain %s, or audit.known-chains. If not, somebody has written it into the database"
                    .formatted(shown, folder, shown);
        }
        if (instance != null && !met.contains(instance) && !witnesses.containsKey(instance)) {
            return "chain %s: the file instance-id names it, and there are neither events nor checkpoints of it. Put them back from a copy"
                    .formatted(instance);
        }
        if (key != null && met.isEmpty() && witnesses.isEmpty()) {
            return "there is the key %s, and no chain and no checkpoint that was signed with it. Put them back from a copy, or remove the key if nothing was ever sent"
                    .formatted(keyFile);
        }
        return null;
    }

    private String unsigned(String chain) {
        if (key != null && (alone || chain.equals(instance))) {
            return "chain %s: its checkpoints are missing beside the key %s. Put them back from a copy"
                    .formatted(chain, keyFile);
        }
        if (!chain.equals(instance) && !chain.equals(Owner.OPERATOR_CHAIN) && !named.contains(chain)) {
            unknown.add(chain);
        } else if (key != null || !witnesses.isEmpty()) {
            notes.add("chain %s: its checkpoints are not in this folder; check it where its instance keeps them"
                    .formatted(chain));
        }
        return null;
    }

    /** Goes on to the next checkpoint; those of an empty chain are of no further use. */
    private String advance(String chain, Witness witness, long seq) {
        witness.met = true;
        do {
            witness.last = witness.due == null ? witness.last : witness.due;
            String line = next(witness);
            witness.line++;
            witness.due = line == null ? null : Checkpoint.parse(line);
            if (line == null) {
                return witness.last == null
                        ? "%s holds no checkpoint. Put it back from a copy".formatted(witness.file.path())
                        : null;
            }
            String fault = fault(chain, witness, seq);
            if (fault != null) {
                return fault;
            }
        } while (witness.due.seq() == 0);
        return null;
    }

    private String fault(String chain, Witness witness, long seq) {
        String place = "%s line %s ".formatted(witness.file.path(), witness.line);
        Checkpoint due = witness.due;
        if (due == null || !due.chain().equals(chain)) {
            return place + "is no checkpoint of this chain. The file was changed";
        }
        if (key == null) {
            return place + "cannot be checked: there is no key at " + keyFile + ". Put it back from a copy";
        }
        if (!due.key().equals(key.id())) {
            return place
                    + "was signed with the key %s; %s holds the key %s. Put the right one back"
                            .formatted(due.key(), keyFile, key.id());
        }
        if (!due.signedBy(key)) {
            return place + "does not bear its signature. The file was changed";
        }
        return due.seq() < seq
                ? place
                        + "signs event %s after event %s. Lines were moved, or the ledger was cut and written on"
                                .formatted(due.seq(), seq)
                : null;
    }

    private static String next(Witness witness) {
        try {
            return witness.lines.next();
        } catch (IOException e) {
            throw new LedgerException("Cannot read the checkpoints %s".formatted(witness.file.path()), e);
        }
    }

    /** What a person should know beside the verdict. */
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() throws IOException {
        for (Witness witness : witnesses.values()) {
            witness.lines.close();
        }
    }
}
