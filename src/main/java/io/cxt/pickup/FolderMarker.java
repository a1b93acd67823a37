package io.cxt.pickup;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** The file in a folder that says whose the folder is. */
public interface FolderMarker {
    /** What it holds; null when there is none. */
    String read() throws IOException;

    /** Makes it. @return false when there is one */
    boolean create(String text) throws IOException;

    /** Writes it anew, unless it holds something else than the given text by now. */
    void renew(String before, String text) throws IOException;

    /** Takes it away, unless it holds something else by now. */
    void remove(String text) throws IOException;

    /** The names of what lies in the folder. */
    Set<String> names(int most) throws IOException;

    /** How often it is written anew. */
    Duration beat();

    /** How long a new one has to last before it counts; zero where two cannot make it at once. */
    Duration settle();

    /** Which folder, by its property. */
    String place();
}
