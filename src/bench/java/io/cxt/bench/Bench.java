package io.cxt.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the contenders in turn, A B C A B C, and prints each run and what they are beside the one by hand. */
public final class Bench {
    private final Options options;
    private final Path work;
    private int run;

    private Bench(Options options, Path work) {
        this.options = options;
        this.work = work;
    }

    /** See {@link Options}. */
    public static void main(String... arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        new Bench(options, Files.createTempDirectory("cxt-bench")).all();
    }

    private void all() throws Exception {
        System.out.printf(
                "%s, %d processors, Java %s, load %s%n",
                java.time.Instant.now(), Runtime.getRuntime().availableProcessors(), Runtime.version(), load());
        for (ChatKind kind : options.chats()) {
            for (int latency : options.latenciesMs()) {
                compare(kind, latency);
            }
        }
        Files.delete(work);
    }

    private void compare(ChatKind kind, int latencyMs) throws Exception {
        int count = options.countOf(kind);
        System.out.printf(
                "%n## %,d chats of %s, answers after %d ms, %d in flight%n%n",
                count, kind == ChatKind.LARGE ? "900 KB" : kind.word + " message(s)", latencyMs, options.inFlight());
        System.out.println("| run | contender | a second | CPU s per 1,000 | peak MiB | first post s | load before |");
        System.out.println("|---|---|---|---|---|---|---|");
        Map<Contender, List<Measurement>> results = new EnumMap<>(Contender.class);
        try (StandInProcess cxone = StandInProcess.start(latencyMs)) {
            measure(Contender.BY_HAND, kind, cxone, Math.max(50, count / 5)); // the stand-in's JIT is done, too
            for (int i = 1; i <= options.runs(); i++) {
                for (Contender contender : options.contenders()) {
                    String load = load();
                    Measurement result = measure(contender, kind, cxone, count);
                    results.computeIfAbsent(contender, none -> new ArrayList<>())
                            .add(result);
                    System.out.println(Tables.row(i, contender, result, load));
                }
            }
        }
        if (options.contenders().contains(Contender.BY_HAND)) {
            System.out.println();
            Tables.ratios(results).forEach(System.out::println);
        }
    }

    private Measurement measure(Contender contender, ChatKind kind, StandInProcess cxone, int count) throws Exception {
        run++;
        Path data = Files.createDirectories(work.resolve("run" + run));
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        kind.write(inbox.resolve("chats.ndjson"), ProcessHandle.current().pid() + "-" + run, count);
        Measurement result = Measurement.of(contender, data, cxone, options.inFlight(), count);
        delete(data);
        return result;
    }

    /** How many processes wanted a processor in the last minute. */
    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
