package io.cxt.ledger;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds what checkpoints signed against the chains as they are read. Make it before the first row is read: what is
 * signed from then on stays out.
 */
final class CheckpointCheck implements AutoCloseable {
    private final Path keyFile;
    private final SigningKey key;
    /** True when no other instance writes to this ledger. */
    private final boolean alone;

    private final String instance;
    private final Map<String, Witness> witnesses = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();

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

    CheckpointCheck(LedgerSettings settings) throws IOException {
        keyFile = settings.checkpointKeyFile();
        key = Files.exists(keyFile) ? SigningKey.read(keyFile) : null;
        alone = settings.sqlite();
        instance = Ledger.instanceId(settings.folder());
        if (Files.isDirectory(settings.checkpointFolder())) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(settings.checkpointFolder(), "*" + CheckpointFile.ENDING)) {
                for (Path file : files) {
                    String chain = file.getFileName().toString().replace(CheckpointFile.ENDING, "");
                    witnesses.put(chain, new Witness(new CheckpointFile(settings.checkpointFolder(), chain)));
                }
            }
        }
        if (key == null && witnesses.isEmpty()) {
            notes.add("There are no checkpoints in %s, so a cut tail would not show. They are made from the next start"
                            .formatted(settings.checkpointFolder())
                    + " of cxt on; keep a copy of them elsewhere");
        }
    }

    /** What is wrong with a row that checkpoints tell of, in words; null when nothing is. */
    String row(String chain, long seq, String hash) {
        Witness witness = witnesses.get(chain);
        if (witness == null) {
            return null;
        }
        String fault = witness.met ? null : advance(chain, witness, 0);
        while (fault == null && witness.due != null && witness.due.seq() == seq) {
            fault = witness.due.hash().equals(hash)
                    ? advance(chain, witness, seq)
                    : "chain %s: event %d is not the one that was signed at %s. Events were written anew after a cut, or the ledger was put back from a copy"
                            .formatted(chain, seq, witness.due.at());
        }
        return fault;
    }

    /** The same at the end of a chain's rows. */
    String end(String chain, long events) {
        Witness witness = witnesses.get(chain);
        if (witness == null) {
            return unsigned(chain);
        }
        String fault = witness.met ? null : advance(chain, witness, 0);
        if (fault == null && witness.due != null) {
            fault =
                    "chain %s: it ends with event %d, and event %d was signed at %s. The tail was cut, or the ledger was put back from a copy"
                            .formatted(chain, events, witness.due.seq(), witness.due.at());
        }
        if (fault == null) {
            notes.add("chain %s: signed up to event %d of %d, at %s"
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

    private String unsigned(String chain) {
        if (key != null && (alone || chain.equals(instance))) {
            return "chain %s: its checkpoints are missing beside the key %s. Put them back from a copy"
                    .formatted(chain, keyFile);
        }
        if (key != null || !witnesses.isEmpty()) {
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
        String place = "%s line %d ".formatted(witness.file.path(), witness.line);
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
                        + "signs event %d after event %d. Lines were moved, or the ledger was cut and written on"
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
    List<String> notes() {
        return notes;
    }

    @Override
    public void close() throws IOException {
        for (Witness witness : witnesses.values()) {
            witness.lines.close();
        }
    }
}
