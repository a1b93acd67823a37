package io.cxt.ledger;

import static io.cxt.fixture.Parts.LATENCY;
import static io.cxt.fixture.Parts.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.files.HaltAt;
import io.cxt.fixture.SharedClasses;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kill at any step of the pruning of events leaves what fits, and so does a CXT that sends meanwhile. */
@OnEachDatabase
class ClosingKillIT {
    private static final int CHATS = 10;

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private LedgerSettings settings;
    private Book book;

    /** Prunes what is older than an hour from now. */
    public static void main(String... arguments) {
        prune(new LedgerSettings(
                arguments[0],
                arguments.length < 4 ? null : arguments[2],
                arguments.length < 4 ? null : arguments[3],
                Path.of(arguments[1])));
    }

    private static long prune(LedgerSettings settings) {
        Instant later = Instant.now().plus(Duration.ofHours(1));
        try (LedgerView view = LedgerView.of(settings);
                OperatorLog log = new OperatorLog(settings)) {
            LedgerClosing.Plan plan = view.closing().plan(later);
            view.closing().close(plan, later, log, 4);
            return plan.events();
        }
    }

    @BeforeEach
    void write() throws Exception {
        settings = store.settings(folder);
        book = Book.open(store, folder);
        for (int i = 0; i < CHATS; i++) {
            send("chat-" + i);
        }
        try (OperatorLog log = new OperatorLog(settings)) {
            for (int i = 0; i < CHATS; i++) {
                Erasures.erase(log, "erased-" + i, Set.of("conversations"), null, List.of(), "asked for");
            }
        }
    }

    private void send(String id) throws Exception {
        Delivery delivery = book.deliveries.lookUp(part(id, "hello"));
        book.deliveries.claim(delivery);
        book.deliveries.sent(delivery, 201, "conv-" + id, null, LATENCY);
    }

    @AfterEach
    void close() {
        book.close();
    }

    private List<String> faults() {
        try (LedgerView view = LedgerView.of(settings)) {
            return view.audit().verify().faults();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "closing:1",
                "closing:4",
                "closing:6",
                "closing-signed:1",
                "closing-signed:3",
                "closing-signed:7",
                "closing-done:1",
                "closing-done:5"
            })
    void after_a_kill_at_any_step_the_audit_is_whole_and_the_next_time_ends_it(String step) throws Exception {
        List<String> line = new ArrayList<>(SharedClasses.java("-Dcxt.halt-at=" + step));
        line.addAll(List.of(ClosingKillIT.class.getName(), settings.url(), folder.toString()));
        if (settings.username() != null) {
            line.addAll(List.of(settings.username(), settings.password()));
        }
        assertThat(new ProcessBuilder(line).inheritIO().start().waitFor()).isEqualTo(HaltAt.EXIT);

        assertThat(faults()).isEmpty();
        send("later");
        assertThat(faults()).isEmpty();

        assertThat(prune(settings)).isPositive();
        assertThat(faults()).isEmpty();
        assertThat(book.rows("SELECT count(*) FROM delivery")).containsExactly(Integer.toString(2 * CHATS + 1));
        assertThat(book.rows("SELECT count(*) FROM audit_event WHERE chain <> 'operator'"))
                .containsExactly("1");
        book.close();
        book = book.again();
        send("after a start");
        assertThat(faults()).isEmpty();
    }

    @Test
    void a_cxt_that_sends_meanwhile_loses_nothing_and_the_audit_is_whole_all_the_time() throws Exception {
        CompletableFuture<Void> pruning = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 5; i++) {
                prune(settings);
            }
        });
        int sent = 0;
        while (!pruning.isDone()) {
            send("meanwhile-" + sent++);
            if (sent % 10 == 0) {
                assertThat(faults()).isEmpty();
            }
        }
        pruning.get();

        assertThat(faults()).isEmpty();
        assertThat(book.rows("SELECT count(*) FROM delivery WHERE state = 'SENT'"))
                .containsExactly(Integer.toString(CHATS + sent));
    }
}
