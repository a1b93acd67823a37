package io.cxt.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One run of one contender.
 *
 * @param perSecond transcripts a second of the process's whole life, start and end included
 * @param cpuSecondsPerThousand user and system time of the process for 1,000 transcripts, start and end included
 * @param peakMiB most memory that was resident at a time
 * @param firstPostSeconds from the start of the process to the first post that the stand-in let in
 */
record Measurement(double perSecond, double cpuSecondsPerThousand, double peakMiB, double firstPostSeconds) {
    /** Linux counts processor time in hundredths of a second. */
    private static final double TICKS = 100;

    private static final long LOOK_EVERY_MS = 10;

    /** Runs it on the chats in {@code data/inbox}, and makes sure that each arrived once. */
    static Measurement of(Contender contender, Path data, StandInProcess cxone, int inFlight, int count)
            throws IOException, InterruptedException {
        long before = cxone.accepted();
        long repeatsBefore = cxone.repeats();
        double cpuBefore = childrensCpuSeconds();
        long start = System.nanoTime();
        Process process = contender.start(data, cxone.address, inFlight);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        double firstPost = -1;
        double peak = 0;
        while (!process.waitFor(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakMiB(process.pid()));
            if (firstPost < 0 && cxone.accepted() > before) {
                firstPost = (System.nanoTime() - start) / 1e9;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = childrensCpuSeconds() - cpuBefore;
        long arrived = cxone.accepted() - before;
        if (process.exitValue() != 0 || arrived != count || cxone.repeats() > repeatsBefore) {
            throw new IOException("%s ended with %d; %d of %d chats arrived, %d came twice. See %s/log"
                    .formatted(
                            contender.title,
                            process.exitValue(),
                            arrived,
                            count,
                            cxone.repeats() - repeatsBefore,
                            data));
        }
        return new Measurement(count / seconds, cpu * 1000 / count, peak, firstPost);
    }

    /** Of all processes that this one started and that have ended: nothing of their last moments is missing. */
    private static double childrensCpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS;
    }

    private static double peakMiB(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has just ended
        }
    }
}
