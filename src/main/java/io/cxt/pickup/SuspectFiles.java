package io.cxt.pickup;

import io.cxt.db.LedgerException;
import io.cxt.ledger.Doubts;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of a folder that another ledger may have sent: their calls are marked, over restarts, until they are decided. */
public final class SuspectFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SuspectFiles.class);
    private static final int MOST_NAMES = 100_000;

    private final FolderMarker marker;
    private final FolderDoubts doubts;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private volatile boolean all;
    private long events;

    SuspectFiles(FolderMarker marker, FolderDoubts doubts) {
        this.marker = marker;
        this.doubts = doubts;
    }

    /** Loads what the ledger knows. If the ledger is older than what was signed, or restored, everything in the folder is suspect. */
    void load() {
        names.addAll(doubts.known());
        boolean restored = names.contains(Doubts.EVERYTHING);
        if (restored || doubts.behind()) {
            try {
                addAllInFolder();
                decided(Doubts.EVERYTHING);
            } catch (IOException e) {
                all = true;
                LOG.debug("The folder cannot be listed", e);
            }
        }
    }

    void addAllInFolder() throws IOException {
        Set<String> there = new HashSet<>(marker.names(MOST_NAMES));
        all |= there.size() >= MOST_NAMES;
        there.remove(FolderClaim.NAME);
        doubts.add(there);
        names.addAll(there);
    }

    /** How many events this instance has written. */
    long events() {
        events = doubts.events();
        return events;
    }

    /** The same, without waiting for a ledger that does not answer. */
    long eventsLastKnown() {
        try {
            return events();
        } catch (LedgerException e) {
            LOG.debug("The sign of life does not wait for the ledger", e);
            return events;
        }
    }

    public boolean has(String name) {
        return all || names.contains(name);
    }

    /** A file is decided; another one may get its name. */
    public void decided(String name) {
        if (names.remove(name)) {
            try {
                doubts.remove(name);
            } catch (LedgerException e) {
                LOG.debug("It stays suspect, which only marks its calls", e);
            }
        }
    }
}
