package io.cxt.pickup.sftp;

import io.cxt.db.LedgerException;
import io.cxt.ledger.Intakes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that stay on the server once they are decided and are not fetched again. The ledger remembers them; this keeps
 * its answers about the files that the server lists. It asks once in each look, about all new ones.
 */
final class KeptFiles {
    private static final Logger LOG = LoggerFactory.getLogger(KeptFiles.class);

    private final Intakes intakes;
    private final @Nullable String place;
    private final Map<String, Object> decided = new ConcurrentHashMap<>();
    private final Map<String, Object> open = new ConcurrentHashMap<>();
    private final Map<String, Object> unknown = new HashMap<>();

    /** @param place identifies the folder; null where files do not stay and nothing is remembered */
    KeptFiles(Intakes intakes, @Nullable String place) {
        this.intakes = intakes;
        this.place = place;
    }

    /** True for a file that is decided, as it looks now. */
    boolean holds(String name, Object look) {
        return look.equals(decided.get(name));
    }

    /** True for a file that is undecided, as the ledger said. At the end of the look it is asked about new ones. */
    boolean mayCome(String name, Object look) {
        boolean told = place == null || look.equals(open.get(name));
        if (place != null && (!told || intakes.shared())) { // others may have decided it since
            unknown.put(name, look);
        }
        return told;
    }

    /** A look begins. */
    void lookBegins() {
        unknown.clear();
    }

    /**
     * A look ended: asks the ledger about the files that were new in it.
     *
     * @param gone true for a name that was not in it
     */
    void lookEnded(Predicate<String> gone) {
        if (place == null) {
            return;
        }
        decided.keySet().removeIf(gone); // the ledger is asked again when it returns
        open.keySet().removeIf(gone);
        try {
            Set<String> known = intakes.kept(unknown.entrySet().stream()
                    .map(each -> key(each.getKey(), each.getValue()))
                    .toList());
            unknown.forEach((name, look) -> (known.contains(key(name, look)) ? decided : open).put(name, look));
        } catch (LedgerException e) {
            LOG.debug("They wait until the ledger can be read", e);
        }
    }

    /** True when a file that was about to be read is decided by now, perhaps by another instance. */
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

    /** Identifies a file for the ledger by place, name, size and time; null where files do not stay. */
    @Nullable
    String key(String name, Object look) {
        return place == null
                ? null
                : UUID.nameUUIDFromBytes((place + "\0" + name + "\0" + look).getBytes(StandardCharsets.UTF_8))
                        .toString();
    }
}
