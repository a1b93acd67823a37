package io.cxt.audit;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.ledger.Book;
import io.cxt.ledger.Delivery;
import io.cxt.ledger.LedgerClosing;
import io.cxt.ledger.LedgerView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of checkpoint files go with the events that they name, and none that is still needed. */
class CheckpointPruningIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private LedgerSettings settings;
    private String chain;
    private int sent;

    @BeforeEach
    void write() throws Exception {
        settings = Book.settings(folder.resolve("data"));
        for (int i = 0; i < 4; i++) {
            run();
        }
        chain = Files.readString(folder.resolve("data/instance-id"));
    }

    /** Each start and each stop adds a line. */
    private void run() throws Exception {
        try (Book book = Book.open(settings)) {
            Delivery delivery = book.deliveries.lookUp(part("chat-" + sent++, "hello"));
            book.deliveries.claim(delivery);
            book.deliveries.sent(delivery, 201, "conv", null, LATENCY);
        }
    }

    private void close(Instant before) {
        try (LedgerView view = LedgerView.of(settings);
                OperatorLog log = new OperatorLog(settings)) {
            LedgerClosing closing = view.closing();
            closing.close(closing.plan(before), before, log);
        }
    }

    private CheckpointPruning.Counted prune(Instant before, String... places) throws Exception {
        try (LedgerView view = LedgerView.of(settings)) {
            CheckpointPruning pruning = view.audit().checkpoints(List.of(places), chain);
            CheckpointPruning.Counted looked = pruning.each(view.audit().closings(), before, false);
            assertThat(pruning.each(view.audit().closings(), before, true)).isEqualTo(looked);
            return looked;
        }
    }

    private List<String> lines(Path in) throws Exception {
        return Files.readAllLines(in.resolve(chain + ".checkpoints"));
    }

    private List<String> faults() {
        try (LedgerView view = LedgerView.of(settings)) {
            return view.audit().verify().faults();
        }
    }

    @Test
    void lines_of_events_that_are_there_stay_and_of_those_that_are_gone_the_last_ones() throws Exception {
        Path own = settings.checkpointFolder();
        Instant later = Instant.now().plus(Duration.ofHours(1));
        List<String> before = lines(own);
        assertThat(prune(later).lines()).isZero();
        close(later);
        assertThat(prune(Instant.now().minus(Duration.ofHours(1))).lines()).isZero();

        long size = Files.size(own.resolve(chain + ".checkpoints"));
        CheckpointPruning.Counted counted = prune(later);

        assertThat(counted.lines()).isPositive();
        assertThat(counted.bytes()).isEqualTo(size - Files.size(own.resolve(chain + ".checkpoints")));
        assertThat(lines(own)).hasSize(2).first().isEqualTo(before.get(before.size() - 1));
        assertThat(lines(own).get(1)).startsWith("cxt-closing-1 ");
        assertThat(faults()).isEmpty();
        run();
        close(later);
        prune(later);
        assertThat(lines(own)).hasSize(2);
        assertThat(faults()).isEmpty();
    }

    @Test
    void what_a_place_of_copies_lacks_stays_and_a_place_loses_nothing() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        Path copy = place.resolve(chain);
        Instant later = Instant.now().plus(Duration.ofHours(1));
        close(later);
        assertThat(prune(later, place.toString()).held()).contains(place.toString());
        List<String> all = lines(settings.checkpointFolder());
        try (CheckpointCopies copies = new CheckpointCopies(settings, List.of(place.toString()), null)) {
            copies.start(chain);
            Await.until(
                    () -> Files.exists(copy.resolve(chain + ".checkpoints"))
                            && lines(copy).equals(all),
                    LIMIT);

            CheckpointPruning.Counted counted = prune(later, place.toString());
            assertThat(counted.lines()).isPositive();
            assertThat(counted.held()).isNull();
            run();
            String last = lines(settings.checkpointFolder())
                    .get(lines(settings.checkpointFolder()).size() - 1);
            Await.until(() -> lines(copy).contains(last), LIMIT);
        }

        assertThat(lines(copy).subList(0, all.size())).isEqualTo(all);
        assertThat(lines(copy)).doesNotHaveDuplicates().containsAll(lines(settings.checkpointFolder()));
        try (LedgerView view = LedgerView.of(settings)) {
            assertThat(view.audit().verify(Set.of(), copy).faults()).isEmpty();
        }
        List<String> copied = lines(settings.checkpointFolder());
        run();
        close(later);
        List<String> uncopied = new ArrayList<>(lines(settings.checkpointFolder()));
        uncopied.removeAll(copied);
        assertThat(prune(later, place.toString()).held()).contains(place.toString());
        assertThat(lines(settings.checkpointFolder())).containsAll(uncopied);
    }

    @Test
    void no_line_is_lost_that_is_added_meanwhile() throws Exception {
        close(Instant.now().plus(Duration.ofHours(1)));
        CheckpointFile file = new CheckpointFile(settings.checkpointFolder(), chain);
        SigningKey key = SigningKey.read(settings.checkpointKeyFile());
        SigningKey signer = SigningKey.readOrMake(settings.checkpointKeyFile());
        assertThat(key.id()).isEqualTo(signer.id());
        CompletableFuture<Void> adding = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 200; i++) {
                    AuditChain.Head head = new AuditChain.Head(1_000 + i, "0".repeat(64));
                    file.append(Checkpoint.of(chain, head, AuditChain.time(Instant.now()), null, signer), false);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        while (!adding.isDone()) {
            file.remove(line -> line.seq() < 1_000);
        }
        adding.get();

        assertThat(lines(settings.checkpointFolder()).stream()
                        .filter(line -> line.contains(" 1") && line.contains("0".repeat(64))))
                .hasSizeGreaterThanOrEqualTo(200);
        assertThat(Checkpoint.parse(lines(settings.checkpointFolder()).get(199)).seq())
                .isEqualTo(1_199);
    }
}
