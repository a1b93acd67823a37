package io.cxt.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.cxt.fixture.Chats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/** The distribution with 128 MB of heap over an inbox of very many small files, until all is sent or time is up. */
public final class FilesRun {
    private static final String HEAP = "-Xmx128m";
    private static final int COLLECT_EVERY = 10;
    private static final int STOPPED_CLEANLY = 130;

    private final List<Sample> samples = new ArrayList<>();

    private FilesRun() {}

    /** @param arguments files, and seconds after which it is stopped; both optional */
    public static void main(String... arguments) throws Exception {
        int files = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 180;
        Path folder = Files.createTempDirectory("cxt-files");
        boolean good;
        try {
            good = new FilesRun().run(folder, files, seconds);
        } finally {
            remove(folder.resolve("data"));
        }
        System.out.println(good ? "No memory ran out, and nothing was sent twice." : "Look into " + folder);
        System.exit(good ? 0 : 1);
    }

    private boolean run(Path folder, int files, int seconds) throws Exception {
        try (Processes processes = new Processes(folder)) {
            Path inbox = Files.createDirectories(processes.data().resolve("inbox"));
            for (int i = 0; i < files; i++) {
                Files.writeString(inbox.resolve("chat-" + i + ".json"), Chats.chat("file-" + i));
            }
            System.err.println(files + " files are in the inbox");
            Process cxt = processes.run(HEAP, Map.of("CXONE_REQUESTS_PER_SECOND", "10000"));
            int exit = watch(cxt, processes, seconds);
            JsonNode stats = processes.stats();
            report(files, exit, stats);
            return (exit == 0 && stats.path("acceptedDistinct").asLong() == files || exit == STOPPED_CLEANLY)
                    && stats.path("acceptedDistinct").asLong() > 0
                    && stats.path("repeats").asLong() == 0;
        }
    }

    private int watch(Process cxt, Processes processes, int seconds) throws Exception {
        Watched watched = new Watched(cxt, processes.gcLog());
        long begin = System.nanoTime();
        try {
            for (int second = 1; second <= seconds && !cxt.waitFor(1, TimeUnit.SECONDS); second++) {
                if (second % COLLECT_EVERY == 0) {
                    watched.collect();
                }
                long sent = processes.stats().path("acceptedDistinct").asLong();
                samples.add(watched.sample((System.nanoTime() - begin) / 1e9, sent));
            }
        } catch (IOException e) {
            System.err.println("no sample, the process is ending: " + e.getMessage());
        } finally {
            cxt.destroy();
        }
        return cxt.waitFor();
    }

    private void report(int files, int exit, JsonNode stats) {
        Sample first = samples.stream()
                .filter(sample -> sample.sent() > 0)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing was sent"));
        Sample last = samples.get(samples.size() - 1);
        System.out.printf(
                "%d files, %s, exit %d: the first sent after %.0f s, %d after %.0f s, %.0f files a second; at most %d MB of"
                        + " heap in use after a full collection, %d MB of memory of the process, %d threads, %d file handles%n"
                        + "CXone: %s%n",
                files,
                HEAP,
                exit,
                first.second(),
                last.sent(),
                last.second(),
                (last.sent() - first.sent()) / Math.max(1, last.second() - first.second()),
                most(Sample::heapMb),
                most(Sample::rssMb),
                most(Sample::threads),
                most(Sample::files),
                stats);
    }

    private int most(ToIntFunction<Sample> value) {
        return samples.stream().mapToInt(value).max().orElse(0);
    }

    private static void remove(Path folder) throws Exception {
        new ProcessBuilder("rm", "-rf", folder.toString()).inheritIO().start().waitFor();
    }
}
