package io.cxt.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Chats;
import io.cxt.fixture.Mutation;
import io.cxt.fixture.Packed;
import io.cxt.fixture.Reading;
import io.cxt.fixture.SharedData;
import io.cxt.fixture.StrictJson;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * Spoils known texts for as long as {@code -Dcxt.fuzz.seconds} says, 20 by default, and holds the reader against an
 * independent check: no exception, no hang, bounded memory, and nothing taken that is not JSON in UTF-8. What fails is
 * kept in {@code target/fuzz}. {@code -Dcxt.fuzz.seed} gives other texts; a failure names its seed and round.
 */
@Tag("slow")
@Tag("bulk")
class ReaderFuzzIT {
    private static final int LONGEST = 256 * 1024;
    private static final Duration HANG = Duration.ofSeconds(10);
    private static final Path OUR_SET = Path.of("src/test/resources/hostile");

    private final ReaderOracle oracle = new ReaderOracle();

    @Test
    void the_strict_check_agrees_with_what_others_have_collected() throws IOException {
        for (Path file : SharedData.files("json-test-suite/test_parsing", "n_")) {
            byte[] bytes = Files.readAllBytes(file);
            assertThat(StrictJson.holds(bytes)).as(file.toString()).isFalse();
        }
        int refused = 0;
        for (Path file : SharedData.files("json-test-suite/test_parsing", "y_")) {
            byte[] bytes = Files.readAllBytes(file);
            refused += StrictJson.holds(bytes) ? 0 : 1;
        }
        assertThat(refused).isLessThan(8); // NUL and keys that are there twice are JSON, and not for us
    }

    @Test
    void nothing_makes_the_reader_fail_hang_or_take_what_is_no_json() throws IOException {
        long seed = Long.getLong("cxt.fuzz.seed", 4711);
        Mutation mutation = new Mutation(seed, seeds());
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("cxt.fuzz.seconds", 20)).toNanos();
        long rounds = 0;
        long taken = 0;
        while (System.nanoTime() < end) {
            byte[] source = mutation.next(LONGEST);
            Form form = mutation.random().nextBoolean() ? Form.DOCUMENT : Form.LINES;
            boolean packed = mutation.random().nextInt(8) == 0;
            boolean drop = mutation.random().nextInt(4) == 0;
            long begin = cpu.getCurrentThreadCpuTime(); // a machine that stands still uses none
            try {
                taken += packed ? packed(mutation, source) : oracle.check(source, form, drop);
                assertThat(Duration.ofNanos(cpu.getCurrentThreadCpuTime() - begin))
                        .isLessThan(HANG);
            } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
                Path kept = Files.createDirectories(Path.of("target/fuzz")).resolve(seed + "-" + rounds);
                Files.write(kept, source);
                throw new AssertionError(
                        "round %d of seed %d: form %s, packed %s, drop %s, bytes in %s"
                                .formatted(rounds, seed, form, packed, drop, kept),
                        e);
            }
            rounds++;
        }
        System.out.printf("fuzzed: %d texts of seed %d, %d transcripts taken%n", rounds, seed, taken);
        assertThat(taken).isPositive();
    }

    /** Spoilt after it was packed, and before. */
    private int packed(Mutation mutation, byte[] source) throws IOException {
        byte[] packed = Packed.gzip(source);
        if (mutation.random().nextBoolean()) {
            packed[mutation.random().nextInt(packed.length)] ^=
                    (byte) (1 + mutation.random().nextInt(255));
        }
        int taken = 0;
        TranscriptReader reader = Reading.open(
                new ByteArrayInputStream(packed), "x.ndjson.gz", new ReadingOptions(false, ReaderOracle.MAX_RECORD));
        while (reader.hasNext()) {
            taken += reader.next().readable() ? 1 : 0;
        }
        return taken;
    }

    private static List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(OUR_SET)) {
            for (Path file : files.sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        seeds.removeIf(seed -> seed.length > LONGEST || seed.length == 0);
        String three = Chats.lines("chat", 3);
        for (int i = 0; i < 60; i++) { // mostly good ones, so that what is spoilt is deep inside
            seeds.add(three.getBytes(StandardCharsets.UTF_8));
            seeds.add(three.replace("\n", i % 3 == 0 ? "" : i % 3 == 1 ? ",\n" : "\n\n")
                    .replace("\"messages\"", i % 2 == 0 ? "\n \"messages\"" : "\"messages\"")
                    .getBytes(i % 10 == 0 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8));
            seeds.add(("{\"n\":{}, \"transcripts\": [" + three.strip().replace("\n", ",") + "], \"m\":[1]}")
                    .getBytes(StandardCharsets.UTF_8));
            seeds.add(("[" + three.strip().replace("\n", ",\n") + "]").getBytes(StandardCharsets.UTF_8));
            seeds.add(Chats.chat("chat-" + i, 9, "Gr\u00fc\u00dfe \\ud83d\\ude42 \u4f60\u597d")
                    .getBytes(StandardCharsets.UTF_8));
        }
        try {
            for (Path file : SharedData.files("json-test-suite/test_parsing", "")) {
                seeds.add(Files.readAllBytes(file));
            }
        } catch (TestAbortedException e) {
            // the set of others is not here; ours is
        }
        return seeds;
    }
}
