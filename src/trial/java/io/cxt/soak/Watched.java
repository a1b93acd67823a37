package io.cxt.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Java process, seen from outside, on Linux. */
final class Watched {
    private static final Pattern FULL = Pattern.compile("Pause Full.* \\d+M->(\\d+)M\\(");

    private final Process process;
    private final Path gcLog;

    /** @param gcLog that the process writes, with {@code -Xlog:gc:file=} */
    Watched(Process process, Path gcLog) {
        this.process = process;
        this.gcLog = gcLog;
    }

    /** Asks for a collection of the whole heap, so that what is left is in use. */
    void collect() throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(30, TimeUnit.SECONDS);
    }

    /** @throws IOException when the process has ended meanwhile */
    Sample sample(double second, long sent) throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        int rss = 0;
        int threads = 0;
        for (String line : Files.readAllLines(proc.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                rss = number(line) / 1024;
            } else if (line.startsWith("Threads:")) {
                threads = number(line);
            }
        }
        try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
            return new Sample(second, sent, heap(), rss, threads, (int) files.count());
        }
    }

    private int heap() throws IOException {
        int latest = 0;
        if (Files.exists(gcLog)) {
            Matcher full = FULL.matcher(Files.readString(gcLog));
            while (full.find()) {
                latest = Integer.parseInt(full.group(1));
            }
        }
        return latest;
    }

    private static int number(String line) {
        return Integer.parseInt(line.replaceAll("\\D", ""));
    }
}
