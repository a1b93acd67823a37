package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.db.LedgerException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the checkpoints of one chain in step with its rows. */
final class CheckpointReader implements Closeable {
    private static final int MOST_CHANGES = 20;

    private final String chain;
    private final CheckpointFile file;
    private final CheckpointFile.Lines lines;
    private final KnownKeys keys;
    private final List<String> keyChanges = new ArrayList<>();
    private @Nullable String signer;
    private String signedBefore = "";
    private @Nullable Checkpoint last;
    private @Nullable Checkpoint due;
    private long line;
    private boolean started;

    CheckpointReader(String chain, CheckpointFile file, KnownKeys keys) throws IOException {
        this.chain = chain;
        this.file = file;
        this.keys = keys;
        lines = file.read();
    }

    /** True when the chain has been read, or its end was asked for. */
    boolean started() {
        return started;
    }

    /** What is wrong with a row that a checkpoint has signed, in words; null when nothing is. */
    @Nullable
    String row(long seq, String hash) {
        String fault = start();
        Checkpoint signed = due;
        while (fault == null && signed != null && signed.seq() == seq) {
            fault = signed.hash().equals(hash)
                    ? advance(seq)
                    : "chain %s: event %s is not the one that was signed at %s. Events were written anew after a cut, or the ledger was put back from a copy"
                            .formatted(chain, seq, signed.at());
            signed = due;
        }
        return fault;
    }

    /** What is wrong at the end of the chain's rows, in words; null when nothing is. */
    @Nullable
    String end(long events) {
        String fault = start();
        Checkpoint signed = due;
        return fault != null || signed == null
                ? fault
                : "chain %s: it ends with event %s, and event %s was signed at %s. The tail was cut, or the ledger was put back from a copy"
                        .formatted(chain, events, signed.seq(), signed.at());
    }

    /** How far the chain is signed, in words. */
    String signed(long events) {
        return last == null
                ? "chain %s: not signed".formatted(chain)
                : "chain %s: signed up to event %s of %s, at %s".formatted(chain, last.seq(), events, last.at());
    }

    private @Nullable String start() {
        return started ? null : advance(0);
    }

    /** Goes on to the next checkpoint; skips those of an empty chain. */
    private @Nullable String advance(long seq) {
        started = true;
        Checkpoint next;
        do {
            last = due == null ? last : due;
            String text = next();
            for (line++; text != null && text.startsWith(Closing.FORM); line++) {
                String fault = closing(Closing.parse(text));
                if (fault != null) {
                    return fault;
                }
                text = next();
            }
            if (text == null) {
                due = null;
                return last == null ? "%s holds no checkpoint. Put it back from a copy".formatted(file.path()) : null;
            }
            next = Checkpoint.parse(text);
            due = next;
            String fault = fault(next, seq);
            if (fault != null) {
                return fault;
            }
        } while (next != null && next.seq() == 0);
        return null;
    }

    private @Nullable String fault(@Nullable Checkpoint next, long seq) {
        String place = "%s line %s ".formatted(file.path(), line);
        if (next == null || !next.chain().equals(chain)) {
            return place + "is no checkpoint of this chain. The file was changed";
        }
        String unsigned = keys.unsigned(next.key(), next::signedBy, "The file was changed");
        if (unsigned != null) {
            return place + unsigned;
        }
        signed(next, next.key());
        return next.seq() < seq
                ? place
                        + "signs event %s after event %s. Lines were moved, or the ledger was cut and written on"
                                .formatted(next.seq(), seq)
                : null;
    }

    private @Nullable String closing(@Nullable Closing record) {
        String place = "%s line %s ".formatted(file.path(), line);
        if (record == null || !record.chain().equals(chain)) {
            return place + "is no closing record of this chain. The file was changed";
        }
        String unsigned = keys.unsigned(record.key(), record::signedBy, "The file was changed");
        if (unsigned != null) {
            return place + unsigned;
        }
        signed(record, record.key());
        return null;
    }

    /** Notes where another key begins to sign. */
    private void signed(SignedLine line, String by) {
        if (signer != null && !signer.equals(by) && keyChanges.size() < MOST_CHANGES) {
            keyChanges.add("chain %s: signed with the key %s up to event %s, and with %s from %s on"
                    .formatted(chain, signer, signedBefore, by, line.at()));
        }
        signer = by;
        signedBefore = "%s, at %s".formatted(line.seq(), line.at());
    }

    /** Where another key begins to sign, in words. */
    List<String> keyChanges() {
        return keyChanges;
    }

    /** Passes over what signs events that were removed, up to this one. What is wrong with them, in words; null for nothing. */
    @Nullable
    String begin(Head base) {
        String fault = start();
        while (fault == null && due != null && due.seq() < base.seq()) {
            fault = advance(due.seq());
        }
        return fault == null ? row(base.seq(), base.hash()) : fault;
    }

    private @Nullable String next() {
        try {
            return lines.next();
        } catch (IOException e) {
            throw new LedgerException("Cannot read the checkpoints %s".formatted(file.path()), e);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
