package io.cxt.intake;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pickups that a person holds: they take nothing new. Safe for several threads. */
public final class HeldSources {
    /** The names of all pickups. */
    public static final List<String> PICKUPS = List.of("file", "sftp", "jms", "body", "stream");

    private volatile Map<String, String> why = Map.of();

    /** @param held by pickup, why; takes the place of what was held before */
    public void set(Map<String, String> held) {
        why = Map.copyOf(held);
    }

    /** Why a pickup is held, in words; null when it is not. */
    public @Nullable String why(String pickup) {
        return why.get(pickup);
    }

    public boolean holds(String pickup) {
        return why(pickup) != null;
    }
}
