package io.cxt.audit;

import static io.cxt.fixture.Chats.lines;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.ledger.Book;
import io.cxt.settings.Settings;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints get outside by themselves, and nothing waits for the place. */
@Timeout(120)
class CheckpointCopiesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Map<String, String> put = new ConcurrentSkipListMap<>();
    private final Set<String> authorizations = ConcurrentHashMap.newKeySet();

    @Test
    void a_folder_and_an_address_get_each_line_that_a_run_signs_its_last_one_too() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        Path data = folder.resolve("data");
        HttpServer server = server(201);
        try (StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            String address =
                    "http://127.0.0.1:%d/cxt".formatted(server.getAddress().getPort());
            try (RunningCxt cxt = RunningCxt.start(
                    data,
                    cxone,
                    "audit.checkpoint-copies",
                    place + ", " + address,
                    "audit.checkpoint-copies-authorization-file",
                    secret("Bearer t0ken\n").toString())) {
                cxt.drops("chats.ndjson", lines("chat", 5));
            }
        } finally {
            server.stop(0);
        }

        String chain = Files.readString(data.resolve("instance-id"));
        String own = Files.readString(data.resolve("checkpoints/" + chain + ".checkpoints"));
        assertThat(own.lines()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(place.resolve(chain).resolve(chain + ".checkpoints")).hasContent(own);
        String key = Files.readString(data.resolve("checkpoint.key"));
        assertThat(key).contains(Files.readString(only(place.resolve(chain), "checkpoint-key-")));
        String copied = String.join(
                "",
                put.entrySet().stream()
                        .filter(each ->
                                each.getKey().matches("/cxt/" + chain + "/" + chain + "-\\d{12}-\\d{20}.checkpoint"))
                        .map(Map.Entry::getValue)
                        .toList());
        assertThat(copied).isEqualTo(own);
        assertThat(put.keySet()).anyMatch(name -> name.startsWith("/cxt/" + chain + "/checkpoint-key-"));
        assertThat(authorizations).containsExactly("Bearer t0ken");
        try (CommandSite site = CommandSite.of(data)) {
            String copy = place.resolve(chain).toString();
            assertThat(site.cxt(0, "audit", "verify", "--checkpoints", copy).out())
                    .contains("signed up to event");
            assertThat(site.cxt(0, "audit", "verify", "--checkpoints", copy + "/" + chain + ".checkpoints")
                            .out())
                    .contains("signed up to event");
            assertThat(site.cxt(2, "audit", "verify", "--checkpoints", copy + "/none")
                            .err())
                    .contains("There is no");
        }
    }

    @Test
    void a_place_that_hangs_or_is_not_there_holds_up_nothing_and_gets_all_when_it_is() throws Exception {
        Path place = folder.resolve("place");
        Path data = folder.resolve("data");
        try (LogRecorder log = LogRecorder.install();
                ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                StandIn cxone = StandIn.start(StandInSettings.defaults())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort();
            try (RunningCxt cxt = RunningCxt.start(data, cxone, "audit.checkpoint-copies", place + "," + address)) {
                cxt.awaits(() -> warnings(log, place.toString()) == 1);
                cxt.drops("chats.ndjson", lines("chat", 20));
                assertThat(cxone.counts().posts()).isEqualTo(20);
                Files.createDirectory(place);
                cxt.awaits(() -> log.lines().stream().anyMatch(line -> line.startsWith("checkpoint copy complete")));
            }
            assertThat(warnings(log, place.toString())).isEqualTo(1);
        }

        String chain = Files.readString(data.resolve("instance-id"));
        assertThat(place.resolve(chain).resolve(chain + ".checkpoints"))
                .hasSameTextualContentAs(data.resolve("checkpoints/" + chain + ".checkpoints"));
    }

    @Test
    void an_address_that_refuses_is_behind_and_the_next_start_goes_on_with_what_it_lacks() throws Exception {
        LedgerSettings settings = Book.settings(folder.resolve("data"));
        signs(settings);
        HttpServer refusing = server(507);
        int port = refusing.getAddress().getPort();
        String address = "http://127.0.0.1:" + port;
        try (CheckpointCopies copies = new CheckpointCopies(settings, List.of(address), null)) {
            copies.start("instance-1");
            Await.until(() -> copies.behindSeconds(copies.places().get(0)) > 0, LIMIT);
        } finally {
            refusing.stop(0);
        }
        put.clear();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        serve(server, 200);
        try {
            copied(settings, address, 2);
            put.clear();
            signs(settings);
            copied(settings, address, 2); // not those that it has
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_copy_keeps_what_the_original_lost_and_shows_it() throws Exception {
        Path data = folder.resolve("data");
        Path place = Files.createDirectory(folder.resolve("place"));
        LedgerSettings settings = Book.settings(data);
        signs(settings);
        Path older = Files.createDirectory(folder.resolve("older"));
        copyAll(data, older);
        signs(settings);
        copied(settings, place.toString(), 0);
        Path copy = place.resolve("instance-1");
        String chain = Files.readString(data.resolve("instance-id"));
        long before = Files.readAllLines(copy.resolve(chain + ".checkpoints")).size();

        copyAll(older, data);
        try (CommandSite site = CommandSite.of(data)) {
            site.cxt(0, "audit", "verify");
            assertThat(site.cxt(5, "audit", "verify", "--checkpoints", copy.toString())
                            .out())
                    .contains("was put back from a copy");
            signs(settings);
            try (LogRecorder log = LogRecorder.install()) {
                copied(settings, place.toString(), 0);
                assertThat(log.lines()).anyMatch(line -> line.startsWith("checkpoint copy ahead"));
            }

            assertThat(Files.readAllLines(copy.resolve(chain + ".checkpoints"))).hasSize((int) before + 2);
            assertThat(site.cxt(5, "audit", "verify", "--checkpoints", copy.toString())
                            .out())
                    .contains("is not the one that was signed");
        }
    }

    @Test
    void a_check_copies_nothing_and_tells_of_a_place_that_is_not_there() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        try (CommandSite site = CommandSite.of(folder.resolve("data"))) {
            site.environment().put("AUDIT_CHECKPOINT_COPIES", place + "," + folder.resolve("none"));

            assertThat(site.cxt(0, "check", "--connect").out())
                    .contains("There is no folder " + folder.resolve("none"), place.toString());
        }
        assertThat(place).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "https://u:s3cret@example.com/x, no user",
        "http://example.com/x?sig=s3cret, no query",
        "ftp://example.com/x, begin with http",
        "{data}/copies, not lie in data.dir",
    })
    void a_place_that_cannot_be_used_is_refused_without_its_secret(String place, String words) {
        Settings settings = new Settings(
                name -> name.equals("data.dir") ? folder.toString() : place.replace("{data}", folder.toString()));

        LedgerSettings.checkpointCopies(settings);

        assertThat(org.assertj.core.api.Assertions.catchThrowable(settings::check))
                .hasMessageContaining("audit.checkpoint-copies has")
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.com/x, Bearer s3cret, https only",
        "https://example.com/x, Bearer s3cret, ",
        "http://[::1]:81/x, Bearer s3cret, ",
        "/mnt/x, Bearer s3cret, ",
        "https://example.com/x, 'Bearer s3cret\r\nX: y', one line",
    })
    void a_secret_goes_over_https_only(String place, String secret, String words) throws Exception {
        String file = secret(secret).toString();
        Settings settings =
                new Settings(name -> name.equals("audit.checkpoint-copies-authorization-file") ? file : null);

        LedgerSettings.copiesAuthorization(settings, List.of(place));

        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(settings::check);
        if (words == null) {
            assertThat(thrown).isNull();
        } else {
            assertThat(thrown).hasMessageContaining(words).hasMessageNotContaining("s3cret");
        }
    }

    private Path secret(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /** Two lines: of a start, and of a stop. */
    private static void signs(LedgerSettings settings) {
        try (Book book = Book.open(settings)) {
            book.ledger.note(Type.STARTED, "cxt");
        }
    }

    /** @param objects how many of the chain's lines are put meanwhile */
    private void copied(LedgerSettings settings, String place, int objects) throws IOException {
        String chain = Files.readString(settings.folder().resolve("instance-id")) + ".checkpoints";
        Path copy = Path.of(place).resolve("instance-1").resolve(chain);
        String last = last(settings.checkpointFolder().resolve(chain));
        try (CheckpointCopies copies = new CheckpointCopies(settings, List.of(place), null)) {
            copies.start("instance-1");
            Await.until(
                    () -> objects > 0
                            ? objects() == objects
                            : Files.exists(copy) && last(copy).equals(last),
                    LIMIT);
        }
        assertThat(objects()).isEqualTo(objects);
    }

    private long objects() {
        return put.keySet().stream()
                .filter(name -> name.endsWith(".checkpoint"))
                .count();
    }

    private static String last(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static void copyAll(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("checkpoints"));
        for (Path folder : List.of(Path.of(""), Path.of("checkpoints"))) {
            try (var files = Files.newDirectoryStream(from.resolve(folder), Files::isRegularFile)) {
                for (Path file : files) {
                    Files.write(to.resolve(folder).resolve(file.getFileName()), Files.readAllBytes(file));
                }
            }
        }
    }

    private static long warnings(LogRecorder log, String place) {
        return log.lines().stream()
                .filter(line -> line.startsWith("checkpoint copy behind") && line.contains(place))
                .count();
    }

    private static Path only(Path folder, String prefix) throws IOException {
        try (var files = Files.newDirectoryStream(folder, prefix + "*")) {
            return files.iterator().next();
        }
    }

    private HttpServer server(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server, status);
        return server;
    }

    private void serve(HttpServer server, int status) {
        server.createContext("/", exchange -> {
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            put.put(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestMethod().equals("PUT")
                            ? new String(exchange.getRequestBody().readAllBytes(), US_ASCII)
                            : "");
            exchange.sendResponseHeaders(status, -1); // and ends it; to close it as well would cut the answer off
        });
        server.start();
    }
}
