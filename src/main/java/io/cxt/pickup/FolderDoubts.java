package io.cxt.pickup;

import io.cxt.ledger.Doubts;
import java.util.Collection;

/** What the ledger knows of the files of one folder that another one may have sent, and of its own age. */
interface FolderDoubts {
    /** Names that were in doubt before this process began. */
    Collection<String> known();

    /** Keeps names over restarts. */
    void add(Collection<String> names);

    void remove(String name);

    /** How many events the instance has written. */
    long events();

    /** True when the ledger is older than what was signed. */
    boolean behind();

    /** Those of a door. */
    static FolderDoubts of(Doubts doubts, String door) {
        return new FolderDoubts() {
            @Override
            public Collection<String> known() {
                return doubts.at(door);
            }

            @Override
            public void add(Collection<String> names) {
                doubts.add(door, names);
            }

            @Override
            public void remove(String name) {
                doubts.remove(door, name);
            }

            @Override
            public long events() {
                return doubts.events();
            }

            @Override
            public boolean behind() {
                return doubts.behind();
            }
        };
    }
}
