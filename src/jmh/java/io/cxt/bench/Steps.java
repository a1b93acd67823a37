package io.cxt.bench;

import io.cxt.cxone.Conversations;
import io.cxt.cxone.Prepared;
import io.cxt.json.TranscriptReader;
import io.cxt.transcript.Cutter;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reader, rules, mapper and cutter, on one transcript each. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Steps {
    private static final int MANY = 100;

    /** As {@code src/bench/run --chats} has them. */
    @Param({"12", "1", "900k"})
    public String chats;

    private final Rules rules = new Rules();
    private final Conversations target = new Conversations();
    private final Limits limits = target.limits();
    private final Origin origin = new Origin("intake", "chats.ndjson", 1, 1);
    private byte[] lines;
    private Entry entry;
    private int[] sizes;

    /** Makes the transcript. */
    @Setup
    public void write() throws IOException {
        Path file = Files.createTempFile("chats", ".ndjson");
        ChatKind.named(chats).write(file, "jmh", MANY);
        lines = Files.readAllBytes(file);
        Files.delete(file);
        try (TranscriptReader reader = open()) {
            entry = reader.next();
        }
        sizes = new int[entry.transcript().messages().size()];
        Arrays.fill(sizes, 2_000);
    }

    private TranscriptReader open() {
        return TranscriptReader.open(
                new ByteArrayInputStream(lines), TranscriptReader.Form.LINES, ReadingOptions.DEFAULT);
    }

    /** Bytes to a transcript: UTF-8, JSON, records. */
    @Benchmark
    @org.openjdk.jmh.annotations.OperationsPerInvocation(MANY)
    public long reader() throws IOException {
        long messages = 0;
        try (TranscriptReader reader = open()) {
            while (reader.hasNext()) {
                messages += reader.next().transcript().messages().size();
            }
        }
        return messages;
    }

    /** All rules on a transcript that breaks none. */
    @Benchmark
    public List<Finding> rules() {
        return rules.check(entry.transcript(), 1);
    }

    /** A transcript to the body of the call, with its hash. */
    @Benchmark
    public Prepared mapper() {
        return target.prepare(entry, origin, limits);
    }

    /** Which messages go into which part. */
    @Benchmark
    public List<Cutter.Range> cutter() {
        return Cutter.cut(sizes, 300, 350, limits);
    }
}
