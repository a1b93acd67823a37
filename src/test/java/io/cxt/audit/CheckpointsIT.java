package io.cxt.audit;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cxt.audit.AuditEvent.Type;
import io.cxt.db.Database;
import io.cxt.db.GroupCommit;
import io.cxt.db.LedgerException;
import io.cxt.db.LedgerReader;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.ledger.Book;
import io.cxt.ledger.BusyException;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.LedgerAudit.Verification;
import io.cxt.ledger.LedgerView;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.OperatorProcess;
import io.cxt.ledger.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was signed shows what is missing, as long as the checkpoints and their key are there. */
@OnEachDatabase
class CheckpointsIT {

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private LedgerSettings settings;

    /** Two runs of four events each (STARTED, CLAIMED, SENT, STOPPED), and one event of a person at the command. */
    @BeforeEach
    void write() {
        settings = store.settings(folder);
        for (String id : new String[] {"ext-1", "ext-2"}) {
            run(id);
        }
        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed("ext-1", "rejected/ext-1.json", false, null);
        }
    }

    private void run(String id) {
        try (Book book = Book.open(store, folder)) {
            book.ledger.note(Type.STARTED, "cxt");
            try {
                Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
                book.deliveries.claim(delivery);
                book.deliveries.sent(delivery, 201, "conv-" + id, null, LATENCY);
            } catch (BusyException e) {
                throw new IllegalStateException(e);
            }
            book.ledger.note(Type.STOPPED, null);
        }
    }

    @Test
    void events_that_waited_for_a_common_commit_are_there_in_order_and_signed() {
        try (OperatorLog log = new OperatorLog(settings)) {
            log.announces("GET of two");
            log.called("GET /a", 200, LATENCY);
            log.told(Type.RECONCILED, "ext-1", "differences=0");
            log.leaves("PUT /b");
            log.called("PUT /b", 204, LATENCY);
        }

        List<String> events = new ArrayList<>();
        try (LedgerView view = LedgerView.of(settings)) {
            view.audit()
                    .events(
                            AuditQuery.ALL,
                            event -> events.add(
                                    event.chain().equals("operator") ? event.event() + " " + event.detail() : ""));
        }
        events.removeIf(String::isEmpty);
        assertThat(events.subList(1, events.size()))
                .containsExactly(
                        "CALLING GET of two",
                        "CALLED GET /a",
                        "RECONCILED differences=0",
                        "CALLING PUT /b",
                        "CALLED PUT /b");
        assertThat(verify().fault()).isNull();
        assertThat(verify().notes()).anyMatch(note -> note.startsWith("chain operator: signed up to event 6 of 6"));
    }

    @Test
    void a_record_that_nobody_touched_is_whole_and_signed_to_its_end() {
        Verification found = verify();

        assertThat(found.fault()).isNull();
        assertThat(found.notes())
                .hasSize(2)
                .anyMatch(note -> note.contains("signed up to event 8 of 8"))
                .anyMatch(note -> note.startsWith("chain operator: signed up to event 1 of 1"));
    }

    @Test
    void key_and_checkpoints_are_for_their_owner_alone() throws Exception {
        assertThat(mode(settings.checkpointKeyFile())).isEqualTo("rw-------");
        assertThat(mode(settings.checkpointFolder())).isEqualTo("rwx------");
        for (Path file : files()) {
            assertThat(mode(file)).isEqualTo("rw-------");
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 7", "5, 4", "2, 1"})
    @Tag("fault-63")
    void a_tail_that_was_cut_is_found(int from, int end) throws Exception {
        tamper("DELETE FROM audit_event WHERE chain <> 'operator' AND seq >= " + from);

        assertThat(verify().fault()).contains("ends with event " + end, "was signed at", "tail was cut");
    }

    @Test
    void a_tail_that_was_cut_and_written_on_is_found() throws Exception {
        tamper("DELETE FROM audit_event WHERE chain <> 'operator' AND seq >= 6");
        run("ext-3");

        assertThat(verify().fault()).contains("event 8 is not the one that was signed");
    }

    @Test
    void a_chain_that_is_gone_is_found() throws Exception {
        tamper("DELETE FROM audit_event WHERE chain = 'operator'");

        assertThat(verify().fault()).contains("chain operator: it ends with event 0, and event 1 was signed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE audit_event SET http_status = 200 WHERE seq = 3   | event 3 of",
                "DELETE FROM audit_event WHERE seq = 3                    | event 2 is followed by 4",
                "UPDATE audit_event SET seq = 9 - seq WHERE seq IN (4, 5) | event 4 of",
            })
    void what_the_hashes_show_is_found_as_before(String sql, String words) throws Exception {
        tamper(sql.startsWith("UPDATE audit_event SET seq") ? swap() : new String[] {sql});

        assertThat(verify().fault()).contains(words);
    }

    private static String[] swap() {
        return new String[] {
            "UPDATE audit_event SET seq = 100 WHERE seq = 4",
            "UPDATE audit_event SET seq = 4 WHERE seq = 5",
            "UPDATE audit_event SET seq = 5 WHERE seq = 100"
        };
    }

    /** The file is the same beside each database, and so is the check; a whole verification for each byte took a minute. */
    @Test
    @Tag("slow")
    void no_byte_of_a_checkpoint_can_be_changed_unseen() throws Exception {
        assumeTrue(store == Store.SQLITE, "once");
        Path file = own();
        String chain = file.getFileName().toString().replace(LedgerSettings.CHECKPOINTS_ENDING, "");
        List<String> hashes = hashes(chain);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] != '\n') {
                byte[] changed = whole.clone();
                changed[i] = (byte) (changed[i] + 1); // the nearest letter, so that also its last bit counts
                Files.write(file, changed);

                assertThat(fault(chain, hashes)).as("byte %d", i).isNotNull();
            }
        }
        Files.write(file, whole);
        assertThat(fault(chain, hashes)).isNull();
        assertThat(verify().fault()).isNull();
    }

    private List<String> hashes(String chain) throws Exception {
        List<String> hashes = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(settings.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT hash FROM audit_event WHERE chain = '" + chain + "' ORDER BY seq")) {
            while (rows.next()) {
                hashes.add(rows.getString(1));
            }
        }
        return hashes;
    }

    /** What the checkpoints say of a chain with these events. */
    private String fault(String chain, List<String> hashes) throws IOException {
        try (CheckpointCheck checkpoints = new CheckpointCheck(settings, Set.of(), null)) {
            for (int i = 0; i < hashes.size(); i++) {
                String fault = checkpoints.row(chain, i + 1, hashes.get(i));
                if (fault != null) {
                    return fault;
                }
            }
            return checkpoints.end(chain, hashes.size());
        }
    }

    @Test
    void lines_that_were_moved_or_taken_from_another_chain_are_found() throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(own()));
        Collections.reverse(lines);
        Files.write(own(), lines);
        assertThat(verify().fault()).contains("line", "Lines were moved");

        Files.copy(
                settings.checkpointFolder().resolve("operator.checkpoints"),
                own(),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(verify().fault()).contains("is no checkpoint of this chain");
    }

    @Test
    void checkpoints_that_are_missing_or_empty_are_said_to_be() throws Exception {
        byte[] whole = Files.readAllBytes(own());
        Path own = own();
        Files.write(own, new byte[0]);
        assertThat(verify().fault()).contains("holds no checkpoint");

        Files.delete(own);
        assertThat(verify().fault()).contains("its checkpoints are missing beside the key");

        Files.write(own, whole);
        Files.delete(settings.checkpointKeyFile());
        assertThat(verify().fault()).contains("there is no key at");
    }

    @Test
    void without_key_and_checkpoints_it_is_said_that_a_cut_tail_would_not_show() throws Exception {
        for (Path file : files()) {
            Files.delete(file);
        }
        Files.delete(settings.checkpointKeyFile());

        assertThat(verify().fault()).isNull();
        assertThat(verify().notes()).singleElement().asString().contains("a cut tail would not show");
    }

    @Test
    void another_key_is_named_and_the_public_half_is_enough_to_check() throws Exception {
        String key = Files.readString(settings.checkpointKeyFile());
        Files.writeString(settings.checkpointKeyFile(), key.substring(key.indexOf("-----BEGIN PUBLIC")));
        assertThat(verify().fault()).isNull();
        assertThatThrownBy(() -> run("ext-4"))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("holds only a public key");

        Files.delete(settings.checkpointKeyFile());
        run("ext-4");
        assertThat(verify().fault())
                .contains(
                        "was signed with the key",
                        "give its public half, too: cxt audit verify --key " + settings.checkpointFolder())
                .contains("If not, somebody else signed it");
    }

    @Test
    void a_key_that_others_can_read_or_that_is_none_stops_the_start_with_what_to_do() throws Exception {
        Files.setPosixFilePermissions(settings.checkpointKeyFile(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> Book.open(store, folder)).hasMessageContaining("chmod 600");

        Files.setPosixFilePermissions(settings.checkpointKeyFile(), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(settings.checkpointKeyFile(), "not a key");
        assertThatThrownBy(() -> Book.open(store, folder))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("holds no Ed25519 key")
                .hasMessageNotContaining("not a key");
    }

    @Test
    void a_line_that_was_cut_off_by_a_crash_is_passed_over_and_written_anew() throws Exception {
        Files.writeString(own(), "cxt-checkpoint-1 torn", StandardOpenOption.APPEND);
        assertThat(verify().fault()).isNull();

        run("ext-3");

        assertThat(verify().fault()).isNull();
        assertThat(Files.readString(own())).doesNotContain("torn").endsWith("\n");
    }

    @Test
    void while_it_runs_it_signs_after_so_many_events_and_after_so_much_time() throws Exception {
        Checkpoints.Pace often = new Checkpoints.Pace(3, Duration.ofHours(1), Duration.ofMillis(5));
        Checkpoints.Pace soon = new Checkpoints.Pace(1_000, Duration.ofMillis(50), Duration.ofMillis(5));
        Database database = new Database(settings);
        LedgerReader reader = new LedgerReader(database);
        for (Checkpoints.Pace pace : List.of(often, soon)) {
            String name = pace == often ? "often" : "soon";
            AuditChain chain = new AuditChain(name, "config-1", Clock.systemUTC());
            CheckpointFile file = new CheckpointFile(settings.checkpointFolder(), name);
            try (GroupCommit commits =
                            new GroupCommit(database, chain, new java.util.concurrent.locks.ReentrantLock());
                    Checkpoints checkpoints = Checkpoints.of(chain, settings, reader, Clock.systemUTC())) {
                commits.call(none -> null);
                checkpoints.start(pace);
                for (int i = 0; i < 4; i++) {
                    commits.call(session -> {
                        chain.append(session, AuditEvent.of(Type.STARTED));
                        return null;
                    });
                }

                Await.until(() -> file.last().seq() >= 3, Duration.ofSeconds(30));
            }
            assertThat(file.last().seq()).isEqualTo(4);
        }
        reader.close();
        assertThat(verify().fault()).isNull();
    }

    @Test
    @Tag("fault-92")
    void a_chain_that_is_gone_with_its_checkpoints_is_found_in_those_of_the_others() throws Exception {
        run("ext-3"); // signs what the operator's chain has come to
        Path operator = settings.checkpointFolder().resolve("operator.checkpoints");
        tamper("DELETE FROM audit_event WHERE chain = 'operator'");
        Files.delete(operator);
        assertThat(verify().fault()).contains("chain operator: its event 1", "as chain " + instance() + " has it");

        tamper("INSERT INTO audit_event SELECT 'operator', seq, at, event, interaction_id, part, source, actor,"
                + " http_status, attempt, latency_ms, payload_hash, reason, conversation_id, detail, config, hash"
                + " FROM audit_event WHERE seq = 1");
        assertThat(verify().fault()).isNotNull();
    }

    @Test
    @Tag("fault-92")
    void the_own_chain_that_is_gone_with_its_checkpoints_and_its_name_is_found() throws Exception {
        try (OperatorLog log = new OperatorLog(settings)) {
            log.replayed("ext-2", "rejected/ext-2.json", false, null);
        }
        tamper("DELETE FROM audit_event WHERE chain <> 'operator'");
        Files.delete(own());

        assertThat(verify().fault()).contains("there were 2 chains", "and there are 1");

        tamper("DELETE FROM audit_event");
        Files.delete(settings.checkpointFolder().resolve("operator.checkpoints"));
        assertThat(verify().fault()).contains("the file instance-id names it");

        Files.delete(folder.resolve("instance-id"));
        assertThat(verify().fault()).contains("there is the key");
    }

    @Test
    @Tag("fault-92")
    void what_was_posted_without_a_claim_on_record_is_found() throws Exception {
        tamper("INSERT INTO delivery SELECT target, 'put in', part, parts, state, content_hash, calling, doubted,"
                + " attempts, http_status, reason, conversation_id, intake_id, source, source_index, source_line,"
                + " messages, bytes, owner, lease_until, received_at, finished_at, latency_ms, archived_at, fed_at,"
                + " archived_in, transcript_hash, erased, customer FROM delivery WHERE interaction_id = 'ext-1'");

        assertThat(verify().fault()).contains("part 1 of chats.json#1 is SENT", "no chain has its claim");

        for (Path file : files()) {
            Files.delete(file);
        }
        Files.delete(settings.checkpointKeyFile());
        Files.delete(folder.resolve("instance-id"));
        tamper("DELETE FROM audit_event", "DELETE FROM delivery WHERE interaction_id = 'put in'");
        assertThat(verify().fault()).contains("no chain has its claim");
    }

    @Test
    @Tag("fault-92")
    void lines_of_the_first_form_are_checked_as_before() throws Exception {
        SigningKey key = SigningKey.readOrMake(settings.checkpointKeyFile());
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(own())) {
            Checkpoint told = Checkpoint.parse(line);
            lines.add(Checkpoint.of(told.chain(), told.end(), told.at(), null, key)
                    .line());
        }
        assertThat(lines).allMatch(line -> line.startsWith("cxt-checkpoint-1 "));
        Files.write(own(), lines);

        assertThat(verify().fault()).isNull();
        run("ext-3");
        assertThat(verify().fault()).isNull();
        assertThat(Files.readAllLines(own())).last().asString().startsWith("cxt-checkpoint-2 ");
    }

    @Test
    void a_folder_that_was_only_looked_at_has_no_key_without_a_chain() throws Exception {
        LedgerSettings fresh = store.settings(folder.resolve("fresh"));

        new OperatorLog(fresh).close();

        try (LedgerView view = LedgerView.of(fresh)) {
            assertThat(view.audit().verify().fault()).isNull();
        }
    }

    @Test
    @Tag("fault-91")
    @Tag("process")
    void several_commands_at_once_leave_one_chain_signed_in_its_order() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OperatorProcess.class.getName(),
                        settings.url(),
                        String.valueOf(settings.username()),
                        String.valueOf(settings.password()),
                        (store == Store.SQLITE ? folder : folder.resolve("elsewhere")).toString(),
                        "other")
                .inheritIO()
                .start();
        List<CompletableFuture<Void>> here = List.of(
                CompletableFuture.runAsync(() -> OperatorProcess.replay(settings, "one")),
                CompletableFuture.runAsync(() -> OperatorProcess.replay(settings, "two")));

        assertThat(here).allSatisfy(done -> assertThat(done).succeedsWithin(Duration.ofSeconds(60)));
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(other.exitValue()).isZero();
        Verification found = verify();
        assertThat(found.fault()).isNull();
        assertThat(found.events()).isEqualTo(8 + 1 + 3L * OperatorProcess.TIMES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ar-EG-u-nu-arab",
                "fa-IR-u-nu-arabext",
                "hi-IN-u-nu-deva",
                "tr-TR",
                "th-TH-u-ca-buddhist-nu-thai"
            })
    @Tag("fault-91")
    void checkpoints_of_a_machine_with_other_digits_are_read_anywhere(String locale) throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(locale));
        try {
            run("ext-3");
            OperatorProcess.replay(settings, "three");
            assertThat(verify().fault()).isNull();
        } finally {
            Locale.setDefault(before);
        }
        assertThat(verify().fault()).isNull();
        assertThat(Files.readString(own())).matches("[\\x00-\\x7f]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "../x", "operator", "two words"})
    @Tag("fault-91")
    void an_instance_without_a_name_does_not_start_and_says_what_to_do(String name) throws Exception {
        Files.writeString(folder.resolve("instance-id"), name);

        assertThatThrownBy(() -> Book.open(store, folder))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("instance-id")
                .hasMessageContaining("Put it back");
        assertThatThrownBy(this::verify).hasMessageContaining("Put it back");
    }

    private String instance() throws IOException {
        return Files.readString(folder.resolve("instance-id"), StandardCharsets.US_ASCII);
    }

    private Verification verify() {
        try (LedgerView view = LedgerView.of(settings)) {
            return view.audit().verify();
        }
    }

    private void tamper(String... statements) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.username(), settings.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Path own() throws IOException {
        return settings.checkpointFolder()
                .resolve(Files.readString(folder.resolve("instance-id"), StandardCharsets.US_ASCII)
                        + LedgerSettings.CHECKPOINTS_ENDING);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(settings.checkpointFolder())) {
            return files.toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
