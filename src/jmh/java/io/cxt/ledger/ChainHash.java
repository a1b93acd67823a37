package io.cxt.ledger;

import io.cxt.audit.AuditChain;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The link from one audit event to the next. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChainHash {
    private final String before = "0123456789abcdef".repeat(4);
    private final Object[] row = {
        "2f0c6a1e-8f0b-4c40-9d55-6b8c8f0e9a11",
        4_711L,
        "2026-11-22T21:40:16.123456Z",
        "SENT",
        "ext_interaction_998877",
        1,
        "chats.ndjson#4711",
        "cxt",
        201,
        1,
        17L,
        before,
        null,
        "conv-4711",
        null,
        "a1b2c3d4e5f60718",
        null
    };

    /** One event. */
    @Benchmark
    public String hash() {
        return AuditChain.hash(before, row);
    }
}
