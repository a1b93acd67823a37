package io.cxt.pickup;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file in a folder that says whose the folder is. */
public interface FolderMarker {
    /** Its content; null when there is none. */
    @Nullable
    String read() throws IOException;

    /** Creates it. @return false when there is one */
    boolean create(String text) throws IOException;

    /** Rewrites it, unless it no longer holds the given text. */
    void renew(String before, String text) throws IOException;

    /** Removes it, unless it no longer holds the given text. */
    void remove(String text) throws IOException;

    /** The names of the files in the folder, at most so many. */
    Set<String> names(int most) throws IOException;

    /** How often it is rewritten. */
    Duration beat();

    /** How long a new one has to last before it counts; zero where two cannot create it at once. */
    Duration settle();

    /** The folder, with its property. */
    String place();
}
