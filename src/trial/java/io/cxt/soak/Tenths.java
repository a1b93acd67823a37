package io.cxt.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** The samples of a run, summed up by tenths of the chats. */
final class Tenths {
    private static final int HEAP_MARGIN_MB = 8;
    private static final int THREADS_MARGIN = 4;
    private static final int FILES_MARGIN = 8;

    private final List<List<Sample>> tenths = new ArrayList<>();

    Tenths(List<Sample> samples, long chats) {
        for (int tenth = 0; tenth < 10; tenth++) {
            tenths.add(new ArrayList<>());
        }
        samples.stream().filter(sample -> sample.sent() > 0).forEach(sample -> tenths.get(
                        (int) Math.min(9, sample.sent() * 10 / chats))
                .add(sample));
        tenths.removeIf(List::isEmpty);
    }

    String table() {
        StringBuilder table = new StringBuilder("""
                | sent | seconds | heap in use after a full collection, MB | memory of the process, MB | threads | file handles |
                |---|---|---|---|---|---|
                """);
        for (List<Sample> tenth : tenths) {
            Sample last = tenth.get(tenth.size() - 1);
            table.append("| %d | %.0f | %d | %d | %d | %d |%n"
                    .formatted(
                            last.sent(),
                            last.second(),
                            most(tenth, Sample::heapMb),
                            most(tenth, Sample::rssMb),
                            most(tenth, Sample::threads),
                            most(tenth, Sample::files)));
        }
        return table.toString();
    }

    /** The last tenth against the second: what is not flat; empty when all is. */
    List<String> growing() {
        List<String> growing = new ArrayList<>();
        if (tenths.size() < 3) {
            growing.add("too short to tell: take more chats");
            return growing;
        }
        compare("heap in use, MB", Sample::heapMb, HEAP_MARGIN_MB, growing);
        compare("threads", Sample::threads, THREADS_MARGIN, growing);
        compare("file handles", Sample::files, FILES_MARGIN, growing);
        return growing;
    }

    private void compare(String what, ToIntFunction<Sample> value, int margin, List<String> growing) {
        int second = most(tenths.get(1), value);
        int last = most(tenths.get(tenths.size() - 1), value);
        if (last > second + margin) {
            growing.add("%s: %d in the second tenth, %d in the last".formatted(what, second, last));
        }
    }

    private static int most(List<Sample> tenth, ToIntFunction<Sample> value) {
        return tenth.stream().mapToInt(value).max().orElse(0);
    }
}
