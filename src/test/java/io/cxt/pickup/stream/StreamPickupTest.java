package io.cxt.pickup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.OpenFile.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamPickupTest {
    private static final int THREADS = 8;

    @TempDir
    Path data;

    @Test
    void files_of_one_name_that_are_abandoned_in_the_same_millisecond_are_all_kept() throws Exception {
        Clock stands = Clock.fixed(Instant.parse("2026-12-01T00:00:00Z"), ZoneOffset.UTC);
        CyclicBarrier together = new CyclicBarrier(THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < 10; round++) {
                StreamPickup pickup = new StreamPickup(null, null, data, data.resolve("inbox-" + round), stands);
                List<Future<Path>> kept = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Path copy = Files.writeString(data.resolve(round + "-" + i), "content " + i);
                    StreamedFile source =
                            new StreamedFile(i + "/x.json", "x.json", copy, Look.at(copy), null, pause -> {});
                    kept.add(pool.submit(() -> {
                        together.await();
                        return pickup.keep(source);
                    }));
                }
                Set<String> contents = new HashSet<>();
                for (Future<Path> each : kept) {
                    contents.add(Files.readString(each.get()));
                }
                assertThat(contents).hasSize(THREADS);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
