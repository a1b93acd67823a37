package io.cxt.cli;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.audit.AuditChain;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.ledger.Book;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bundle of {@code cxt audit export} is checked by a program that is not ours to be trusted: Python without any package. */
@OnEachDatabase
@Tag("slow")
class AuditExportIT {
    private static final Path VERIFIER = Path.of("src/main/dist/examples/verify-audit.py");
    private static final String GONE = "";
    private static final String CHAIN = "[0-9a-f-]{36}";

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private CommandSite site;
    private Path bundle;

    /** Nine events of an instance, and two of persons. */
    @BeforeEach
    void write() throws Exception {
        LedgerSettings settings = store.settings(folder.resolve("data"));
        site = CommandSite.of(folder.resolve("data"), settings);
        bundle = folder.resolve("bundle.zip");
        run("ext-1 \u0001\"\\\t\ud83d\ude00 \u00e9");
        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed("ext-1", "rejected/ext-1.json", false, null);
        }
        run("ext-2");
    }

    private void run(String id) throws BusyException {
        try (Book book = Book.open(store, folder.resolve("data"))) {
            book.ledger.note(Type.STARTED, "cxt");
            Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
            book.deliveries.claim(delivery);
            book.deliveries.sent(delivery, 201, "conv-" + id, null, LATENCY);
            book.ledger.note(Type.STOPPED, null);
        }
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void an_untouched_bundle_fits_and_its_export_is_on_record() throws Exception {
        Ended export = site.cxt(0, "audit", "export", bundle.toString());

        Ended check = verified(bundle);
        assertThat(check.exit()).as(check.out() + check.err()).isZero();
        assertThat(check.out())
                .matches("(?s)OK 9 events in 2 chains, 1970-01-01T00:00:00.000000Z to .{27},"
                        + " \\d+ checkpoints, key [0-9a-f]{16}, which is the bundle's own: compare it\n");
        assertThat(verified(bundle, "--key", publicKey()).out()).doesNotContain("compare it");
        Ended keyless = verified(bundle, "--key", bundle.toString());
        assertThat(keyless.exit()).isEqualTo(2);
        assertThat(keyless.err()).contains("Cannot read it: " + bundle + " holds no Ed25519 public key");
        assertThat(verified(
                                bundle,
                                "--checkpoints",
                                folder.resolve("data/checkpoints/operator.checkpoints")
                                        .toString())
                        .exit())
                .isZero();
        String copy = Files.readString(folder.resolve("data/checkpoints/operator.checkpoints"));
        Path torn = Files.writeString(folder.resolve("torn"), copy + "cxt-checkpoint-2 op");
        Ended all = verified(
                bundle, "--checkpoints", folder.resolve("data/checkpoints").toString());
        assertThat(all.exit()).as(all.out() + all.err()).isZero();
        assertThat(verified(bundle, "--checkpoints", folder.toString()).err())
                .contains("holds no file CHAIN.checkpoints");
        assertThat(verified(bundle, "--checkpoints", torn.toString()).exit()).isZero();
        int digit = copy.indexOf("operator 1 ") + "operator 1 ".length();
        char other = copy.charAt(digit) == '0' ? '1' : '0';
        Files.writeString(torn, copy.substring(0, digit) + other + copy.substring(digit + 1));
        assertThat(verified(bundle, "--checkpoints", torn.toString()).out())
                .startsWith("BROKEN " + torn + " line 1 was changed");
        Files.delete(torn);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
                .isEqualTo("rw-------");
        assertThat(files(folder)).containsExactlyInAnyOrder("bundle.zip", "data");
        String manifest = export.out().replaceAll("(?s).* manifest ([0-9a-f]{64})\\n", "$1");
        assertThat(site.rows("SELECT detail FROM audit_event WHERE event = 'EXPORTED'"))
                .singleElement()
                .asString()
                .contains("chains=2 events=9 ", "manifest=" + manifest);
        site.cxt(0, "audit", "verify");
    }

    @Test
    void a_file_that_is_there_is_left_alone_and_a_broken_chain_is_not_exported() throws Exception {
        Files.writeString(bundle, "mine");
        assertThat(site.cxt(2, "audit", "export", bundle.toString()).err()).contains("is left as it is");
        assertThat(bundle).hasContent("mine");
        Files.delete(bundle);
        assertThat(site.cxt(2, "audit", "export", "--from", "2026-02", "--to", "2026-01", bundle.toString())
                        .err())
                .contains("swap them");

        site.rows("UPDATE audit_event SET http_status = 200 WHERE event = 'SENT' AND interaction_id = 'ext-2'");

        assertThat(site.cxt(5, "audit", "export", bundle.toString()).err())
                .contains("Nothing is exported: chain", "event 7 of", "cxt audit verify");
        assertThat(files(folder)).containsExactly("data");
    }

    @Test
    void a_range_begins_with_the_hash_of_the_event_before_it() throws Exception {
        String from = site.rows("SELECT at FROM audit_event WHERE chain <> 'operator' AND seq = 5")
                .get(0);

        Ended export = site.cxt(0, "audit", "export", "--from", from, bundle.toString(), "-o", "json");
        Ended check = verified(bundle);

        assertThat(export.out()).contains("\"events\" : 4");
        assertThat(check.exit()).as(check.out() + check.err()).isZero();
        assertThat(check.out()).startsWith("OK 4 events in 2 chains, " + from);
        spoil(bundle, Map.of("events.ndjson", text -> text.replace("\"hash\":\"", "\"hash\":\"0")));
        assertThat(verified(bundle).out()).startsWith("BROKEN chain").contains("event 5 was changed");
    }

    @Test
    void a_clock_that_was_set_back_hides_no_event_of_the_time() throws Exception {
        Instant hour = Instant.now().plus(Duration.ofHours(1));
        try (Book book =
                Book.open(store, folder.resolve("data"), Clock.offset(Clock.systemUTC(), Duration.ofHours(2)))) {
            book.ledger.note(Type.STARTED, "later"); // event 9
        }
        run("ext-3"); // 10 to 13, before it

        site.cxt(0, "audit", "export", "--from", hour.toString(), "--to", "2100", bundle.toString());
        Path before = folder.resolve("before.zip");
        site.cxt(0, "audit", "export", "--to", hour.toString(), before.toString());

        assertThat(verified(bundle).out()).startsWith("OK 5 events in 2 chains");
        assertThat(verified(before).out()).startsWith("OK 15 events in 2 chains");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "changed event       | BROKEN chain CHAIN: event 3 was changed",
                "event left out      | BROKEN chain CHAIN: event 2 is followed by 4",
                "events swapped      | BROKEN chain CHAIN: event 2 is followed by 4",
                "tail cut            | BROKEN chain operator: it ends with event 0, and 1 is its last",
                "chain cut           | BROKEN chain CHAIN: it ends with event 7, and 8 is its last",
                "event added         | BROKEN events.ndjson goes on after event 1 of chain operator",
                "blank in an event   | BROKEN events.ndjson does not have the SHA-256",
                "checkpoint changed  | BROKEN checkpoints line 2 was changed: its signature does not fit",
                "checkpoint torn     | BROKEN checkpoints line 1 is no checkpoint",
                "checkpoint left out | BROKEN checkpoints does not have the SHA-256",
                "manifest changed    | BROKEN manifest.json was changed",
                "manifest re-hashed  | BROKEN manifest.json was changed",
                "other key           | BROKEN manifest.json was changed, or is not signed with the key",
                "file left out       | BROKEN it does not hold exactly the five files",
                "no JSON             | BROKEN something is missing, or not in its form",
            })
    @Tag("fault-63")
    void whatever_was_done_to_a_bundle_is_named(String spoilt, String words) throws Exception {
        assumeTrue(store == Store.SQLITE, "once: a bundle does not know its database");
        site.cxt(0, "audit", "export", bundle.toString());

        spoil(bundle, spoils(spoilt));

        Ended check = verified(bundle);
        assertThat(check.exit()).as(check.out() + check.err()).isEqualTo(1);
        assertThat(check.out().replaceAll(CHAIN, "CHAIN")).startsWith(words);
    }

    private Map<String, UnaryOperator<String>> spoils(String what) throws IOException {
        return switch (what) {
            case "changed event" ->
                Map.of("events.ndjson", text -> text.replaceFirst("\"http_status\":201", "\"http_status\":200"));
            case "event left out" -> events(lines -> lines.remove(2));
            case "events swapped" -> events(lines -> Collections.swap(lines, 2, 3));
            case "tail cut" -> events(lines -> lines.remove(8));
            case "chain cut" -> events(lines -> lines.remove(7));
            case "event added" -> events(lines -> lines.add(lines.get(0)));
            case "blank in an event" -> Map.of("events.ndjson", text -> text.replaceFirst(",", ", "));
            case "checkpoint changed" -> Map.of("checkpoints", text -> text.replaceFirst("(?s)(.*?\n.*? \\d)", "$10"));
            case "checkpoint torn" -> Map.of("checkpoints", text -> text.substring(1));
            case "checkpoint left out" -> Map.of("checkpoints", text -> text.substring(text.indexOf('\n') + 1));
            case "manifest changed" ->
                Map.of("manifest.json", text -> text.replaceFirst("\"last\" : 8", "\"last\" : 7"));
            case "manifest re-hashed" -> {
                String[] hash = new String[1];
                yield Map.of(
                        "manifest.json",
                                text -> {
                                    hash[0] = sha256(text + " ");
                                    return text + " ";
                                },
                        "manifest.sig", text -> text.replaceFirst(" \\w{64} ", " " + hash[0] + " "));
            }
            case "other key" -> {
                String other = otherKey();
                yield Map.of("key.pem", text -> other);
            }
            case "file left out" -> Map.of("checkpoints", text -> GONE);
            case "no JSON" -> Map.of("events.ndjson", text -> "{" + text);
            default -> throw new IllegalArgumentException(what);
        };
    }

    private static Map<String, UnaryOperator<String>> events(Consumer<List<String>> change) {
        return Map.of("events.ndjson", text -> {
            List<String> lines = new ArrayList<>(Arrays.asList(text.split("(?<=\n)")));
            change.accept(lines);
            return String.join("", lines);
        });
    }

    @Test
    @Tag("fault-63")
    void a_bundle_that_was_signed_with_another_key_is_known_by_its_key_or_by_its_checkpoints() throws Exception {
        site.environment()
                .put("AUDIT_CHECKPOINT_KEY_FILE", folder.resolve("other.key").toString());
        site.cxt(0, "audit", "export", bundle.toString());

        assertThat(verified(bundle, "--key", publicKey()).out())
                .startsWith("BROKEN key.pem: the bundle is signed with the key");
        Ended alone = verified(bundle);
        assertThat(alone.exit()).isEqualTo(1);
        assertThat(alone.out()).startsWith("BROKEN checkpoints line 1 is signed with the key");
    }

    @Test
    @Tag("fault-141")
    void after_another_key_and_the_former_one_again_verify_takes_both_as_the_checker_does() throws Exception {
        Path key = folder.resolve("data/checkpoint.key");
        Path first = Files.move(key, folder.resolve("first.key"));
        try (LogRecorder log = LogRecorder.install()) {
            run("ext-3");
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("the audit was signed with the key"))
                    .singleElement()
                    .asString()
                    .contains("both are needed", "checkpoints/checkpoint-key-", "audit.known-keys", "--key");
        }
        Path second = Files.move(key, folder.resolve("second.key"));
        Files.move(first, key);
        run("ext-4");

        Ended one = site.cxt(5, "audit", "verify");
        Path publicHalf = Path.of(one.out().replaceAll("(?s).*--key (\\S+\\.pem).*", "$1"));
        String id = publicHalf.getFileName().toString().replaceAll("checkpoint-key-|\\.pem", "");
        assertThat(one.out()).contains("was signed with the key " + id).doesNotContain("Put the right one back");
        for (Path given : List.of(second, publicHalf)) {
            assertThat(site.cxt(0, "audit", "verify", "--key", given.toString()).out())
                    .contains("intact")
                    .containsPattern("chain \\S+: signed with the key [0-9a-f]{16} up to event 8, at \\S+, and with "
                            + id + " from 20\\S+ on")
                    .containsPattern("with the key " + id + " up to event 12, at \\S+, and with [0-9a-f]{16} from 20");
        }
        assertThat(site.cxt(2, "audit", "verify", "--key", "none.pem").err()).contains("There is no none.pem");
        site.cxt(0, "audit", "export", bundle.toString());
        assertThat(verified(bundle, "--key", key.toString(), "--key", second.toString())
                        .exit())
                .isZero();

        site.environment().put("AUDIT_KNOWN_KEYS", second.toString());
        site.cxt(0, "audit", "verify");
        site.environment().put("AUDIT_KNOWN_KEYS", key.toString());
        assertThat(site.cxt(5, "audit", "verify").out()).contains("was signed with the key " + id);
    }

    @Test
    void what_is_no_bundle_cannot_be_read() throws Exception {
        assertThat(verified(folder.resolve("none.zip")).exit()).isEqualTo(2);
        assertThat(verified(Files.writeString(bundle, "PK")).exit()).isEqualTo(2);
    }

    private String publicKey() {
        return folder.resolve("data/checkpoint.key").toString();
    }

    private String otherKey() throws IOException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(AuditChain.sha256().digest(text.getBytes(UTF_8)));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** Rewrites the zip; an entry whose content becomes {@link #GONE} is left out. */
    private static void spoil(Path bundle, Map<String, UnaryOperator<String>> changes) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                entries.put(
                        entry.getName(), new String(zip.getInputStream(entry).readAllBytes(), UTF_8));
            }
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(bundle))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                String content =
                        changes.getOrDefault(entry.getKey(), text -> text).apply(entry.getValue());
                if (changes.containsKey(entry.getKey())) {
                    assertThat(content).isNotEqualTo(entry.getValue());
                }
                if (!content.equals(GONE)) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(content.getBytes(UTF_8));
                }
            }
        }
    }

    static Ended verified(Path bundle, String... options) throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(in -> Files.isExecutable(Path.of(in, "python3"))),
                "no python3: bundles are not checked");
        List<String> command = new ArrayList<>(List.of("python3", VERIFIER.toString()));
        command.addAll(List.of(options));
        command.add(bundle.toString());
        Process python = new ProcessBuilder(command).start();
        String out = new String(python.getInputStream().readAllBytes(), UTF_8);
        String err = new String(python.getErrorStream().readAllBytes(), UTF_8);
        return new Ended(python.waitFor(), out, err);
    }
}
