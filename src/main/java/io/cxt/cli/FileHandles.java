package io.cxt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many files and connections this process may have open. Too few end it in the middle of anything, with no word of them. */
public final class FileHandles {
    /** With 120 the classes of a start cannot be loaded; with 200 they can. */
    private static final int FEWEST = 200;

    private static final Pattern LIMIT = Pattern.compile("Max open files\\s+(\\d+)\\s.*");

    private FileHandles() {}

    /** Says it on stderr where there are too few; true where there are enough, and where the system does not say. */
    public static boolean suffice() {
        try {
            String fault = fault(Files.readAllLines(Path.of("/proc/self/limits")));
            if (fault != null) {
                System.err.println(fault);
            }
            return fault == null;
        } catch (IOException e) {
            return true;
        }
    }

    /** @param limits as Linux tells them */
    static @Nullable String fault(List<String> limits) {
        for (String line : limits) {
            Matcher limit = LIMIT.matcher(line);
            if (limit.matches() && limit.group(1).length() < 9 && Integer.parseInt(limit.group(1)) < FEWEST) {
                return "This process may have %s files and connections open, and CXT needs %s or more. Raise the limit: ulimit -n 4096, or LimitNOFILE=4096 in the unit of systemd"
                        .formatted(limit.group(1), FEWEST);
            }
        }
        return null;
    }
}
