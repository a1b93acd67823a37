package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.Checkpoint.Others;
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
import org.jspecify.annotations.Nullable;

/**
 * Compares the checkpoints with the chains as these are read. Create it before the first row is read: checkpoints that
 * are signed later are not considered.
 *
 * <p>Long because what can be missing, and what closing records allow to be missing, is said here.
 */
public final class CheckpointCheck implements AutoCloseable {
    private final Path keyFile;
    private final Path folder;
    private final KnownKeys keys;
    /** True when no other instance writes to this ledger. */
    private final boolean alone;

    private final @Nullable String instance;
    /** True when the checkpoints are copies, which need not be of all chains. */
    private final boolean copies;

    private final Set<String> named;
    private final List<String> unknown = new ArrayList<>();
    private final Map<String, CheckpointReader> signed = new TreeMap<>();
    /** By chain: the closing record of the latest event in the file, until it is met. */
    private final Map<String, Closing> closings = new TreeMap<>();

    private final List<String> notes = new ArrayList<>();
    private final Set<String> met = new HashSet<>();
    /** Ends of the operator's chain that last checkpoints hold, until they are met. */
    private final Map<Long, Told> operatorEnds = new TreeMap<>();
    /** The last checkpoint with the most chains; null when none holds a number. */
    private @Nullable Told mostChains;

    /** What the last checkpoint of a chain says of the others. */
    private record Told(Checkpoint by, Others others) {}

    /**
     * @param named chains of other instances, whose checkpoints need not be in this folder
     * @param copy a folder with copies of the checkpoints, or one file of it, in place of the folder in the settings; null for that
     */
    public CheckpointCheck(LedgerSettings settings, Set<String> named, @Nullable Path copy) throws IOException {
        this.named = named;
        copies = copy != null;
        keyFile = settings.checkpointKeyFile();
        boolean one = copy != null && Files.isRegularFile(copy);
        folder = copy == null
                ? settings.checkpointFolder()
                : one ? copy.toAbsolutePath().resolveSibling("") : copy;
        keys = KnownKeys.of(settings);
        alone = settings.sqlite();
        instance = Owner.instanceId(settings.folder());
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(folder, "*" + LedgerSettings.CHECKPOINTS_ENDING)) {
                for (Path file : files) {
                    if (copy != null && one && !Files.isSameFile(file, copy)) {
                        continue;
                    }
                    String chain = file.getFileName().toString().replace(LedgerSettings.CHECKPOINTS_ENDING, "");
                    CheckpointFile checkpoints = new CheckpointFile(folder, chain);
                    signed.put(chain, new CheckpointReader(chain, checkpoints, keys));
                    note(checkpoints.last());
                    Closing closing = checkpoints.closing();
                    if (closing != null) {
                        closings.put(chain, closing);
                    }
                }
            }
        }
        if (copy == null) {
            notes.addAll(FormerCheckpoints.aside(folder, keys));
        }
        if (!keys.hasOwn() && signed.isEmpty()) {
            notes.add(
                    "There are no checkpoints in %s, so a cut tail would not show. They are made from the next start of cxt on; keep a copy of them elsewhere"
                            .formatted(folder));
        }
    }

    /** Notes what a chain's last checkpoint says of the others. A wrong signature is found when its chain is read. */
    private void note(@Nullable Checkpoint last) {
        if (last == null || last.others() == null || !keys.signed(last)) {
            return;
        }
        Told told = new Told(last, last.others());
        if (mostChains == null || told.others.chains() > mostChains.others.chains()) {
            mostChains = told;
        }
        if (told.others.operator().seq() > 0) {
            operatorEnds.put(told.others.operator().seq(), told);
        }
    }

    /** What is wrong with a closing record of the ledger, in words; null when it is signed. */
    @Nullable
    String closing(Closing closing) {
        String fault = keys.unsigned(closing.key(), closing::signedBy, "The database was changed");
        return fault == null ? null : "chain %s: its closing record %s".formatted(closing.chain(), fault);
    }

    /**
     * What is wrong with the beginning of a chain of which events were removed, in words; null when nothing is.
     *
     * @param by who did it; null when the audit does not tell any more
     */
    @Nullable
    String begin(Closing closing, @Nullable String by) {
        String chain = closing.chain();
        Head base = closing.end();
        notes.add("chain %s: events 1 to %s, up to %s, were pruned at %s%s and signed"
                .formatted(chain, base.seq(), closing.until(), closing.at(), by == null ? "" : " by " + by));
        Closing kept = closings.get(chain);
        if (kept != null && kept.seq() <= base.seq()) {
            closings.remove(chain);
            if (kept.seq() == base.seq() && !kept.line().equals(closing.line())) {
                return "chain %s: its closing record is not the one of the file of its checkpoints, of %s. The ledger was changed, or put back from a copy"
                        .formatted(chain, kept.at());
            }
        }
        if (chain.equals(Owner.OPERATOR_CHAIN)) {
            String fault = met(base.seq(), base.hash());
            operatorEnds.keySet().removeIf(seq -> seq < base.seq());
            if (fault != null) {
                return fault;
            }
        }
        CheckpointReader checkpoints = signed.get(chain);
        return checkpoints == null ? null : checkpoints.begin(base);
    }

    private @Nullable String met(long seq, String hash) {
        Told told = operatorEnds.remove(seq);
        return told != null && !told.others.operator().hash().equals(hash)
                ? "chain operator: event %s is not the one that there was at %s, as chain %s has it. Events were written anew"
                        .formatted(seq, told.by.at(), told.by.chain())
                : null;
    }

    /** What is wrong with a row, in words; null when the checkpoints agree with it. */
    @Nullable
    String row(String chain, long seq, String hash) {
        if (chain.equals(Owner.OPERATOR_CHAIN)) {
            String fault = met(seq, hash);
            if (fault != null) {
                return fault;
            }
        }
        Closing kept = closings.get(chain); // it was signed, and then not carried out
        if (kept != null && kept.seq() == seq && kept.end().hash().equals(hash)) {
            closings.remove(chain);
        }
        CheckpointReader checkpoints = signed.get(chain);
        return checkpoints == null ? null : checkpoints.row(seq, hash);
    }

    /** What is wrong at the end of a chain's rows, in words; null when nothing is. */
    @Nullable
    String end(String chain, long events) {
        if (events > 0) {
            met.add(chain);
        }
        Closing kept = closings.get(chain);
        if (kept != null) {
            return "chain %s: the file of its checkpoints has a closing record of event %s, of %s, which is neither in the ledger nor has that event. The ledger was changed, or put back from a copy"
                    .formatted(chain, kept.seq(), kept.at());
        }
        CheckpointReader checkpoints = signed.get(chain);
        if (checkpoints == null) {
            return unsigned(chain);
        }
        String fault = checkpoints.end(events);
        if (fault == null) {
            notes.addAll(checkpoints.keyChanges());
            notes.add(checkpoints.signed(events));
        }
        return fault;
    }

    /** The chains that have checkpoints and no rows. */
    List<String> unmet() {
        return signed.entrySet().stream()
                .filter(entry -> !entry.getValue().started())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * What is missing altogether, in words; null when nothing is. To be asked after the last chain.
     *
     * @param chains how many there are
     */
    @Nullable
    String missing(long chains) {
        if (!operatorEnds.isEmpty()) {
            Told told = operatorEnds.values().iterator().next();
            return "chain operator: its event %s, which was there at %s as chain %s has it, is missing. The chain was taken away or cut, or the ledger was put back from a copy"
                    .formatted(told.others.operator().seq(), told.by.at(), told.by.chain());
        }
        if (mostChains != null && chains < mostChains.others.chains()) {
            return "there were %s chains at %s, as chain %s has it, and there are %s. A chain was taken away, or the ledger was put back from a copy"
                    .formatted(mostChains.others.chains(), mostChains.by.at(), mostChains.by.chain(), chains);
        }
        if (!unknown.isEmpty()) {
            String shown = SafeText.brief(String.join(",", unknown));
            return "chain %s: neither the file instance-id nor a checkpoint in %s names it. If that is another instance of yours, check it where its data.dir is, and name it here: cxt audit verify --chain %s, or audit.known-chains. If not, somebody has written it into the database"
                    .formatted(shown, folder, shown);
        }
        if (instance != null && !met.contains(instance) && !signed.containsKey(instance)) {
            return "chain %s: the file instance-id names it, and there are neither events nor checkpoints of it. Put them back from a copy"
                    .formatted(instance);
        }
        if (keys.hasOwn() && met.isEmpty() && signed.isEmpty()) {
            return "there is the key %s, and no chain and no checkpoint that was signed with it. Put them back from a copy, or remove the key if nothing was ever sent"
                    .formatted(keyFile);
        }
        return null;
    }

    private @Nullable String unsigned(String chain) {
        if (copies) {
            notes.add("chain %s: not in this copy of the checkpoints".formatted(chain));
            return null;
        }
        if (keys.hasOwn() && (alone || chain.equals(instance))) {
            return "chain %s: its checkpoints are missing beside the key %s. Put them back from a copy"
                    .formatted(chain, keyFile);
        }
        if (!chain.equals(instance) && !chain.equals(Owner.OPERATOR_CHAIN) && !named.contains(chain)) {
            unknown.add(chain);
        } else if (keys.hasOwn() || !signed.isEmpty()) {
            notes.add("chain %s: its checkpoints are not in this folder; check it where its instance keeps them"
                    .formatted(chain));
        }
        return null;
    }

    /** Further information for a person. */
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() throws IOException {
        for (CheckpointReader checkpoints : signed.values()) {
            checkpoints.close();
        }
    }
}
