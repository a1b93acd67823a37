package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.Neighbours;
import io.cxt.fixture.Page;
import io.cxt.fixture.Page.Block;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each recipe of docs/recipes.md, done from the page and tried out. */
@Tag("slow")
class RecipesIT {
    private static final String CHAT = """
            {"interactionId":"%s","agentId":"%s","customerId":"%s","messages":[
             {"from":{"id":"c","type":"customer"},"to":{"id":"a","type":"agent"},
              "text":"My card is 4111111111111111","timestamp":"2024-06-15T09:00:00Z"}]}
            """;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private Neighbours neighbours;
    private CompletableFuture<HttpResponse<String>> posting;

    static Stream<Page.Section> recipes() throws IOException {
        return Page.read(Path.of("docs/recipes.md")).sections().stream().filter(Page.Section::isTried);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    @Tag("fault-80")
    void does_what_it_says(Page.Section recipe) throws Exception {
        Path data = home.resolve("data");
        assumeTrue(Neighbours.possible(recipe), "what this recipe needs is not on this machine");
        RunningCxt.copyOfRoutes(home.resolve("routes"));
        Files.createDirectories(home.resolve("config"));
        Files.createDirectories(data);
        for (String file : List.of("config/application.properties", "config/logback.xml")) {
            Files.copy(Path.of(file), home.resolve(file));
        }
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                LogRecorder log = LogRecorder.install();
                Neighbours others = new Neighbours(home)) {
            neighbours = others;
            prepare(recipe, data, cxone);
            others.named(home.resolve("config/application.properties"));
            log.alsoTo(home.resolve("config/logback.xml"), data);

            RunningCxt cxt = RunningCxt.installed(home, data, cxone);
            try {
                for (String line : recipe.only("check").lines()) {
                    if (line.equals("start")) {
                        cxt = RunningCxt.installed(home, data, cxone);
                    } else {
                        check(line.split("\\s{2,}"), cxt, cxone, log);
                    }
                }
            } finally {
                cxt.close();
            }
        }
    }

    private void prepare(Page.Section recipe, Path data, StandIn cxone) throws Exception {
        for (Block block : recipe.blocks()) {
            switch (block.language()) {
                case "diff" -> block.patch(home);
                case "jslt", "yaml", "xml" -> Files.writeString(home.resolve(block.file()), block.text());
                case "sh" -> neighbours.copyJars(block.text());
                case "java" ->
                    assertThat(Path.of("src/test/java/com/example/MaskNumbers.java"))
                            .hasContent(block.text());
                case "sql" -> {
                    RunningCxt.start(data, cxone).close(); // makes the table
                    run(data, block.text());
                }
                default -> assertThat(block.language()).isEqualTo("check");
            }
        }
    }

    private static void run(Path data, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void check(String[] words, RunningCxt cxt, StandIn cxone, LogRecorder log) throws Exception {
        switch (words[0]) {
            case "drop" -> {
                put(cxt.data().resolve(words[1]));
                await(cxt, cxt.data().resolve(words[1]));
            }
            case "put" -> put(cxt.data().resolve(words[1]));
            case "wait" -> await(cxt, cxt.data().resolve(words[1]));
            case "block" -> Files.createFile(cxt.data().resolve(words[1])); // where a folder should be
            case "free" -> Files.delete(cxt.data().resolve(words[1]));
            case "logged" -> Await.until(() -> log.lines().stream().anyMatch(line -> line.contains(words[1])), LIMIT);
            case "unlogged" -> assertThat(String.join("\n", log.lines())).doesNotContain(words[1]);
            case "stop" -> cxt.close();
            case "calls" -> assertThat(cxone.counts().posts()).isEqualTo(Integer.parseInt(words[1]));
            case "sent" -> {
                String archived = cxt.archive().values().iterator().next();
                assertThat(archived).contains(words[1]);
                assertThat(words[1].equals("[number]") && archived.contains("4111111111111111"))
                        .isFalse();
            }
            case "files" -> assertThat(cxt.files(words[1].replace("/*", ""))).hasSize(Integer.parseInt(words[2]));
            case "row" -> assertThat(cxt.rows(words[1])).containsExactly(words[2]);
            case "post" -> {
                HttpResponse<String> answer = neighbours.post(words[1], sample(words[1]));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(Integer.parseInt(words[2]));
                assertThat(answer.body()).contains(words.length < 4 ? "" : words[3]);
            }
            case "posting" -> {
                cxone.next(Fault.none().withLatency(Duration.ofSeconds(30)));
                posting = neighbours.posting("json", sample(words[1]));
            }
            case "answered" -> {
                HttpResponse<String> answer = posting.join();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(Integer.parseInt(words[1]));
                assertThat(answer.headers().firstValue("Retry-After")).hasValue(words[2]);
            }
            case "crowd" -> crowd(Integer.parseInt(words[1]), Integer.parseInt(words[2]), cxone);
            case "hang" -> cxone.next(Fault.hang(Duration.ofMillis(Integer.parseInt(words[1]))));
            case "called" -> cxone.await(counts -> counts.posts() >= Integer.parseInt(words[1]), LIMIT);
            case "offer" -> neighbours.offer(words[1], sample(words[1]));
            case "offered" -> Await.until(() -> neighbours.offered() == Integer.parseInt(words[1]), LIMIT);
            case "send" -> neighbours.send(words[1], sample(words[1]));
            case "queue" -> {
                String queue = words.length > 2 ? words[2] : "transcripts";
                Await.until(() -> neighbours.waiting(queue) == Integer.parseInt(words[1]), LIMIT);
            }
            case "told" -> Await.until(() -> String.join("", neighbours.told()).contains(words[1]), LIMIT);
            case "feed" ->
                assertThat(String.join(", ", neighbours.feed(words[1]))).isEqualTo(words[2]);
            case "jars" -> assertThat(neighbours.jars()).isEqualTo(words[1]);
            case "json" -> {
                Path lines = cxt.data().resolve(LogRecorder.STDERR);
                Await.until(() -> Files.readString(lines).contains(words[1]), LIMIT);
                assertThat(Files.readAllLines(lines)).allSatisfy(line -> new ObjectMapper().readTree(line));
            }
            case "text" -> Await.until(() -> cxt.text(words[1]).contains(words[2]), LIMIT);
            default -> throw new AssertionError("no such check: " + words[0]);
        }
    }

    /** While as many as fit wait for CXone, the others are told to come again; those that wait get through. */
    private void crowd(int posts, int status, StandIn cxone) {
        Await.until(
                () -> {
                    cxone.next(Stream.generate(() -> Fault.none().withLatency(Duration.ofSeconds(2)))
                            .limit(posts)
                            .toArray(Fault[]::new));
                    var answers = IntStream.range(0, posts)
                            .mapToObj(i -> neighbours.posting("json", sample("crowd-" + UUID.randomUUID())))
                            .toList();
                    Set<String> told = new TreeSet<>();
                    answers.forEach(answer -> told.add(answer.join().statusCode() + " "
                            + answer.join().headers().firstValue("Retry-After").orElse("")));
                    return told.equals(Set.of("200 ", status + " 30"));
                },
                LIMIT);
    }

    private static String sample(String file) {
        String name = file.replace(".json", "");
        if (name.equals("empty")) {
            return "";
        }
        String customer = name.equals("chat-2") ? "cust_vip" : "cust_789";
        if (name.equals("broken")) {
            return "{broken";
        }
        String agent = name.equals("bad-1") || name.equals("upper") ? "" : "agt_456";
        return CHAT.formatted(name, agent, customer)
                + (name.equals("twelve-megabytes") ? " ".repeat(12 * 1024 * 1024) : "");
    }

    private static void put(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, sample(file.getFileName().toString()));
        Files.move(beside, file);
    }

    private static void await(RunningCxt cxt, Path file) {
        Await.until(
                () -> !Files.exists(file) && cxt.engine().components().backlog().openReadings() == 0, LIMIT);
    }

    @Test
    void the_page_has_the_recipes_that_people_ask_for() throws IOException {
        List<String> titles = recipes().map(Page.Section::title).toList();

        assertThat(titles).hasSizeGreaterThanOrEqualTo(14);
    }
}
