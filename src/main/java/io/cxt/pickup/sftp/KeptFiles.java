package io.cxt.pickup.sftp;

import io.cxt.db.LedgerException;
import io.cxt.ledger.Intakes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that stay on the server when they are decided, so that none is fetched again. The ledger remembers them; here is
 * what it said of those that the server lists, asked once in each look for all that are new.
 */
final class KeptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(KeptFiles.class);

    private final Intakes intakes;
    private final String place;
    private final Map<String, Object> decided = new ConcurrentHashMap<>();
    private final Map<String, Object> open = new ConcurrentHashMap<>();
    private final Map<String, Object> unknown = new HashMap<>();

    /** @param place what tells the folder from any other; null where files do not stay, and nothing is remembered */
    KeptFiles(Intakes intakes, String place) {
        this.intakes = intakes;
        this.place = place;
    }

    /** True for one that is decided, as it looks now. */
    boolean holds(String name, Object look) {
        return look.equals(decided.get(name));
    }

    /** True for one that is not, as the ledger has said; one of which it has not is asked for at the end of the look. */
    boolean mayCome(String name, Object look) {
        boolean told = place == null || look.equals(open.get(name));
        if (place != null && (!told || intakes.shared())) { // which other instances may have decided since
            unknown.put(name, look);
        }
        return told;
    }

    /** A look begins. */
    void lookBegins() {
        unknown.clear();
    }

    /**
     * A look has ended: asks the ledger for what was new in it.
     *
     * @param gone true for a name that was not in it
     */
    void lookEnded(Predicate<String> gone) {
        if (place == null) {
            return;
        }
        decided.keySet().removeIf(gone); // the ledger is asked again when it comes again
        open.keySet().removeIf(gone);
        List<String> names = new ArrayList<>(unknown.keySet());
        try {
            Set<String> known = intakes.kept(
                    names.stream().map(name -> key(name, unknown.get(name))).toList());
            for (String name : names) {
                boolean kept = known.contains(key(name, unknown.get(name)));
                (kept ? decided : open).put(name, unknown.get(name));
            }
        } catch (LedgerException e) {
            LOG.debug("They wait until the ledger can be read", e);
        }
    }

    /** True when one that was about to be read is decided by now, perhaps by another instance. */
    boolean decidedMeanwhile(String name, Object look) {
        return place != null
                && (holds(name, look)
                        || intakes.shared()
                                && !intakes.kept(List.of(key(name, look))).isEmpty());
    }

    /** All of it is decided, and the ledger has it. */
    void add(String name, Object look) {
        decided.put(name, look);
    }

    /** How the ledger knows it: by place, name, size and time; null where files do not stay. */
    String key(String name, Object look) {
        return place == null
                ? null
                : UUID.nameUUIDFromBytes((place + "\0" + name + "\0" + look).getBytes(StandardCharsets.UTF_8))
                        .toString();
    }
}
