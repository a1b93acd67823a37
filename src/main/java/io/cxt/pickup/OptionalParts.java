package io.cxt.pickup;

import io.cxt.settings.Settings;

/** What only some doors need, and a host that embeds CXT brings itself. */
public final class OptionalParts {
    private OptionalParts() {}

    /** Makes it a problem, which names the artifact to add, when the class is not there that a setting asks for. @return true when it is */
    public static boolean need(Settings settings, String cause, String className, String artifact) {
        try {
            Class.forName(className, false, OptionalParts.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            settings.problem("%s, and %s is not on the class path. Add it, or take that setting away"
                    .formatted(cause, artifact));
            return false;
        }
    }
}
