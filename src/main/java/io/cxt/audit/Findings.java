package io.cxt.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The first findings of a check, and how many more there are. */
public final class Findings implements Consumer<String> {
    private static final int MOST = 20;

    private final List<String> first = new ArrayList<>();
    private long more;

    /** @param finding one that comes first; null when there is none */
    public Findings(@Nullable String finding) {
        if (finding != null) {
            first.add(finding);
        }
    }

    @Override
    public void accept(String finding) {
        if (first.size() < MOST) {
            first.add(finding);
        } else {
            more++;
        }
    }

    public List<String> list() {
        List<String> all = new ArrayList<>(first);
        if (more > 0) {
            all.add("there are " + more + " more");
        }
        return all;
    }
}
