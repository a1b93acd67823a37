package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static io.cxt.fixture.Packed.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Packed;
import io.cxt.fixture.RunningCxt;
import io.cxt.intake.UndecidedSources;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds of a source: how much of it is refused, how long it is, and how many readers large ones hold. */
class SourceBoundsTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path data;

    private StandIn cxone;

    @BeforeEach
    void startCxone() throws IOException {
        cxone = StandIn.start(StandInSettings.defaults());
    }

    @AfterEach
    void stopCxone() {
        cxone.close();
    }

    private void sparse(String name, long bytes) throws IOException {
        Path beside = data.resolve("inbox").resolve(name + ".part");
        try (RandomAccessFile file = new RandomAccessFile(beside.toFile(), "rw")) {
            file.setLength(bytes);
        }
        Files.move(beside, data.resolve("inbox").resolve(name));
    }

    private static void put(RunningCxt cxt, String name, String content) throws IOException {
        cxt.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Tag("fault-109")
    void a_source_with_too_many_refusals_ends_and_goes_on_when_it_is_brought_in_again() throws Exception {
        String bad = "x\n".repeat(30);
        try (RunningCxt cxt = RunningCxt.once(data, cxone, "pickup.max-refusals", "20", "cxone.max-in-flight", "1")) {
            put(cxt, "few.ndjson", lines("few", 1) + "x\n".repeat(20));
            cxt.put("bomb.ndjson.gz", gzip("x\n".repeat(60_000).getBytes(StandardCharsets.UTF_8)));
            put(cxt, "chats.ndjson", lines("first", 3) + bad + lines("last", 2));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.files("inbox"))
                    .containsExactly(".done/few.ndjson", ".failed/bomb.ndjson.gz", ".failed/chats.ndjson");
            assertThat(cxt.files("dead-letters/SOURCE-REFUSALS"))
                    .hasSize(2)
                    .anyMatch(name -> name.startsWith("bomb.ndjson.gz-"))
                    .anyMatch(name -> name.startsWith("chats.ndjson-"));
            assertThat(cxt.files("dead-letters/JSON-SYNTAX")).hasSizeLessThan(200);
            JsonNode report = new ObjectMapper().readTree(cxt.text("reports/chats.ndjson.report.json"));
            JsonNode counts = report.path("counts");
            assertThat(counts.path("sent").asInt()).isEqualTo(3);
            assertThat(counts.path("rejected").asInt()).isBetween(21, 25);
            assertThat(counts.path("read").asInt())
                    .isEqualTo(3 + counts.path("rejected").asInt())
                    .isEqualTo(report.path("refusals").size() + 3);
            assertThat(report.path("undecided").asText())
                    .startsWith("SOURCE-REFUSALS: ")
                    .contains("pickup.max-refusals = 20", "nothing was read from line ");
            assertThat(cxt.engine().components().undecided().all())
                    .extracting(UndecidedSources.Broken::source)
                    .containsExactlyInAnyOrder("bomb.ndjson.gz", "chats.ndjson");
            cxt.awaits(() -> cxt.rows("SELECT undecided FROM intake WHERE source = 'chats.ndjson'")
                    .get(0)
                    .startsWith("SOURCE-REFUSALS: ")); // written without waiting for the disk
        }

        Files.move(data.resolve("inbox/.failed/chats.ndjson"), data.resolve("inbox/chats.ndjson"));
        try (RunningCxt cxt = RunningCxt.once(data, cxone)) {
            cxt.awaits(() -> cxt.files("inbox").contains(".done/chats.ndjson"));
            assertThat(cxt.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                    .containsExactly("6");
        }
        assertThat(cxone.counts().posts()).isEqualTo(6);
    }

    @Test
    @Tag("fault-109")
    void a_body_with_too_many_refusals_is_kept_whole() throws Exception {
        String body = "[" + "{},".repeat(100) + chat("last") + "]";
        try (RunningCxt cxt = RunningCxt.start(data, cxone, "pickup.max-refusals", "5", "cxone.max-in-flight", "1")) {
            String outcome = cxt.engine()
                    .camelContext()
                    .createFluentProducerTemplate()
                    .to("direct:inject-transcript")
                    .withBody(body)
                    .request(Object.class)
                    .toString();

            assertThat(outcome).contains("outcome=refused", "SOURCE-REFUSALS");
            List<String> kept = cxt.files("dead-letters/SOURCE-REFUSALS").stream()
                    .filter(name -> !name.endsWith(".reason.json"))
                    .toList();
            assertThat(kept).singleElement().asString().endsWith(".json.gz");
            assertThat(Packed.text(data.resolve("dead-letters/SOURCE-REFUSALS").resolve(kept.get(0))))
                    .isEqualTo(body);
        }
        assertThat(cxone.counts().posts()).isZero();
    }

    @Test
    @Tag("fault-109")
    void a_source_without_an_end_is_refused_by_its_size_or_where_it_passes_the_bound() throws Exception {
        String bound = Integer.toString(MIB);
        try (RunningCxt cxt = RunningCxt.once(data, cxone, "pickup.max-source-bytes", bound)) {
            for (String name : List.of("a.ndjson", "b.json", "c.csv")) {
                sparse(name, 1L << 40);
            }
            for (String name :
                    List.of("blanks.ndjson.gz", "blanks.json.gz", "blanks.csv.gz", "blanks.zendesk.json.gz")) {
                cxt.put(name, gzip(" ".repeat(3 * MIB).getBytes(StandardCharsets.UTF_8)));
            }
            cxt.put(
                    "chats.ndjson.gz",
                    gzip((lines("chat", 4) + "\n".repeat(3 * MIB)).getBytes(StandardCharsets.UTF_8)));
            put(cxt, "fits.ndjson", lines("fits", 2) + "\n".repeat(MIB / 2));
            cxt.awaits(() -> cxt.engine().components().drained());

            assertThat(cxt.files("inbox"))
                    .hasSize(9)
                    .allMatch(name -> name.startsWith(name.endsWith("fits.ndjson") ? ".done/" : ".failed/"));
            assertThat(cxt.files("dead-letters/SOURCE-SIZE")).hasSize(8);
            assertThat(cxt.text("reports/a.ndjson.report.json"))
                    .contains("pickup.max-source-bytes = " + MIB, "nothing of it was read", "\"rejected\" : 1");
            assertThat(cxt.text("reports/chats.ndjson.gz.report.json"))
                    .contains("\"sent\" : 4", "behind the transcript on line 4", "\"undecided\" : \"SOURCE-SIZE: ");
        }
        assertThat(cxone.counts().posts()).isEqualTo(6);
    }

    @Test
    @Tag("fault-109")
    void large_sources_leave_a_reader_to_small_ones() throws Exception {
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE.with(Fault.status(403), 100)));
        try (LogRecorder log = LogRecorder.install();
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "cxone.max-in-flight", "2", "cxone.retry.max-wait-ms", "500")) {
            for (int i = 0; i < 8; i++) {
                cxt.put("large-" + i + ".ndjson.gz", gzip(hardToPack(i).getBytes(StandardCharsets.UTF_8)));
            }
            cxt.awaits(() -> reading(log, "large-") > 0);
            put(cxt, "small.ndjson", chat("small") + "\n");
            cxt.awaits(() -> reading(log, "small") > 0);
            assertThat(reading(log, "large-")).isEqualTo(1);

            cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
            cxt.awaits(() -> cxt.files("inbox").stream()
                            .filter(name -> name.startsWith(".done/"))
                            .count()
                    == 9);
        }
    }

    private static long reading(LogRecorder log, String source) {
        return log.lines().stream()
                .filter(line -> line.contains("reading source=" + source))
                .count();
    }

    /** Ten chats whose packed form is longer than all that may unpack to no more than a small source. */
    private static String hardToPack(int seed) {
        Random random = new Random(seed);
        return IntStream.range(0, 10)
                .mapToObj(i -> chat(
                                "large-" + seed + "-" + i,
                                2,
                                random.ints(3_000, 'a', 'z')
                                        .mapToObj(Character::toString)
                                        .collect(Collectors.joining()))
                        + "\n")
                .collect(Collectors.joining());
    }
}
