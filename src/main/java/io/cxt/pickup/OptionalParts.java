package io.cxt.pickup;

import io.cxt.settings.Settings;
import org.jspecify.annotations.Nullable;

/** Libraries that only some pickups need and that a host brings itself. */
public final class OptionalParts {
    private OptionalParts() {}

    /** Reports a problem that names the artifact when a setting needs a class that is missing. @return true when it is there */
    public static boolean need(Settings settings, String cause, String className, String artifact) {
        try {
            Class.forName(className, false, OptionalParts.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            settings.problem(
                    "%s, and %s is not on the class path. Add it, or remove that setting".formatted(cause, artifact));
            return false;
        }
    }

    /** Why a library could not load what it needs; null when something else is wrong. */
    public static @Nullable LinkageError broken(Throwable fault) {
        for (Throwable at = fault; at != null; at = at.getCause()) {
            if (at instanceof LinkageError error) {
                return error;
            }
        }
        return null;
    }
}
