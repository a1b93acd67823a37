package io.cxt.pickup;

import io.cxt.ledger.Doubts;
import java.util.Collection;

/** What the ledger knows of the files in one folder that another ledger may have sent, and of its own age. */
interface FolderDoubts {
    /** Names that were suspect before this process began. */
    Collection<String> known();

    /** Keeps names over restarts. */
    void add(Collection<String> names);

    void remove(String name);

    /** How many events this instance has written. */
    long events();

    /** True when the ledger is older than what was signed. */
    boolean behind();

    /** What it knows of the folder of a pickup. */
    static FolderDoubts of(Doubts doubts, String pickup) {
        return new FolderDoubts() {
            @Override
            public Collection<String> known() {
                return doubts.at(pickup);
            }

            @Override
            public void add(Collection<String> names) {
                doubts.add(pickup, names);
            }

            @Override
            public void remove(String name) {
                doubts.remove(pickup, name);
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
