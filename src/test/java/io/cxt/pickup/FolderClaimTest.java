package io.cxt.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.db.LedgerException;
import io.cxt.fixture.Await;
import io.cxt.fixture.LogRecorder;
import io.cxt.pickup.file.InboxMarker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderClaimTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir
    Path inbox;

    private final List<FolderClaim> claims = new ArrayList<>();
    private final Reachability contact = new Reachability("file");
    private final Known doubts = new Known(new HashSet<>());
    private static long events;
    private static boolean behind;

    private record Known(Set<String> known) implements FolderDoubts {
        @Override
        public void add(Collection<String> names) {
            known.addAll(names);
        }

        @Override
        public void remove(String name) {
            known.remove(name);
        }

        @Override
        public long events() {
            if (events < 0) {
                throw new LedgerException("it is away", null);
            }
            return events;
        }

        @Override
        public boolean behind() {
            return behind;
        }
    }

    @AfterEach
    void leave() {
        events = 0;
        behind = false;
        claims.forEach(FolderClaim::close);
    }

    private static FolderOwner somebody() {
        return claimant(UUID.randomUUID().toString(), false);
    }

    private static FolderOwner claimant(String ledger, boolean shared) {
        return new FolderOwner(ledger, "instance", UUID.randomUUID().toString(), "host-1", shared);
    }

    private FolderClaim claim(FolderOwner us, Duration silence) {
        FolderClaim claim = of(us, silence, false);
        claim.begin();
        return claim;
    }

    private FolderClaim of(FolderOwner us, Duration silence, boolean unfinished) {
        FolderClaim claim = new FolderClaim(
                new InboxMarker(inbox, Duration.ofMillis(20)), us, contact, doubts, () -> unfinished, silence);
        claims.add(claim);
        return claim;
    }

    private Path marker() {
        return inbox.resolve(FolderClaim.NAME);
    }

    private String text() throws IOException {
        try {
            return Files.readString(marker());
        } catch (NoSuchFileException e) {
            return ""; // between two
        }
    }

    @Test
    @Tag("fault-101")
    void what_may_have_been_sent_stays_in_doubt_over_a_restart_until_it_is_decided() throws Exception {
        Files.writeString(inbox.resolve("old.json"), "{}");
        Files.writeString(marker(), somebody().text(7, 0));
        FolderOwner us = somebody();
        FolderClaim first = claim(us, SHORT);
        Await.until(first::held, LIMIT);
        first.close();

        FolderClaim again = claim(us, LONG);

        assertThat(again.suspects().has("old.json")).isTrue();
        assertThat(again.suspects().has("new.json")).isFalse();
        again.suspects().decided("old.json");
        assertThat(doubts.known()).isEmpty();
    }

    @Test
    @Tag("fault-101")
    void an_older_copy_of_the_same_ledger_marks_what_lies_there() throws Exception {
        Files.writeString(inbox.resolve("old.json"), "{}");
        String ledger = UUID.randomUUID().toString();
        Files.writeString(marker(), claimant(ledger, false).text(7, 250));
        events = 15;

        FolderClaim copy = claim(claimant(ledger, false), SHORT);

        Await.until(copy::held, LIMIT);
        assertThat(copy.suspects().has("old.json")).isTrue();
    }

    @Test
    @Tag("fault-101")
    void an_owner_whose_ledger_is_away_gives_its_sign_of_life_all_the_same() throws Exception {
        FolderClaim owner = claim(somebody(), LONG);
        events = -1;
        String before = text();

        Await.until(() -> !text().isEmpty() && !text().equals(before), LIMIT);
        assertThat(owner.held()).isTrue();
    }

    @Test
    @Tag("fault-101")
    void a_ledger_put_back_from_a_copy_marks_what_lies_there() throws Exception {
        Files.writeString(inbox.resolve("old.json"), "{}");
        behind = true;

        assertThat(claim(somebody(), LONG).suspects().has("old.json")).isTrue();
    }

    @Test
    @Tag("fault-101")
    void a_second_ledger_is_refused_while_the_first_lives_and_welcome_when_it_has_left() throws Exception {
        FolderClaim first = claim(somebody(), LONG);
        assertThat(first.held()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(marker())))
                .isEqualTo("rw-------");

        FolderClaim second = claim(somebody(), LONG);

        assertThat(second.awaitDecision().orElseThrow())
                .contains(
                        inbox.toString(),
                        "instance instance, host host-1",
                        "one PostgreSQL (ledger.url)",
                        "or stop the");
        assertThat(second.held()).isFalse();
        first.close();
        Await.until(second::held, LIMIT);
        assertThat(second.refusal()).isNull();
        assertThat(second.suspects().has("left.json")).isFalse();
    }

    @Test
    @Tag("fault-101")
    void a_ledger_that_died_is_followed_and_what_lay_there_may_have_been_sent() throws Exception {
        Files.writeString(marker(), somebody().text(7, 0));
        Files.writeString(inbox.resolve("there.json"), "{}");
        try (LogRecorder log = LogRecorder.install()) {
            FolderClaim claim = claim(somebody(), SHORT);

            assertThat(claim.awaitDecision()).isEmpty();

            assertThat(claim.suspects().has("there.json")).isTrue();
            assertThat(claim.suspects().has("later.json")).isFalse();
            claim.suspects().decided("there.json");
            assertThat(claim.suspects().has("there.json")).isFalse();
            assertThat(log.lines()).anyMatch(line -> line.startsWith("taken over pickup=file"));
        }
    }

    @Test
    @Tag("fault-101")
    void a_process_that_was_killed_goes_on_at_once_and_a_copy_of_its_data_waits_for_it() throws Exception {
        FolderOwner killed = somebody();
        Files.writeString(marker(), killed.text(7, 0));

        FolderClaim again = claim(killed, LONG);
        FolderClaim copy = claim(claimant(killed.ledger(), false), LONG);

        assertThat(again.held()).isTrue();
        assertThat(copy.awaitDecision()).isPresent();
        assertThat(again.held()).isTrue();
    }

    @Test
    @Tag("fault-101")
    void a_copy_that_follows_marks_nothing_since_it_has_the_ledger() throws Exception {
        String ledger = UUID.randomUUID().toString();
        Files.writeString(marker(), claimant(ledger, false).text(7, 0));
        Files.writeString(inbox.resolve("there.json"), "{}");

        FolderClaim claim = claim(claimant(ledger, false), SHORT);

        assertThat(claim.awaitDecision()).isEmpty();
        assertThat(claim.suspects().has("there.json")).isFalse();
    }

    @Test
    @Tag("fault-101")
    void instances_of_one_shared_ledger_are_all_welcome() {
        FolderClaim one = claim(claimant("shared", true), LONG);
        FolderClaim other = claim(claimant("shared", true), LONG);

        assertThat(one.held()).isTrue();
        assertThat(other.held()).isTrue();
        one.close();
        assertThat(other.stillHeld()).isTrue();
        assertThat(marker()).exists();
    }

    @Test
    @Tag("fault-101")
    void of_many_that_start_at_once_one_has_the_folder() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        List<FolderClaim> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FolderClaim claim = of(somebody(), LONG, false);
            all.add(claim);
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                    claim.begin();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        for (FolderClaim claim : all) {
            claim.awaitDecision();
        }
        assertThat(all).filteredOn(FolderClaim::held).hasSize(1);
    }

    @Test
    @Tag("fault-101")
    void who_finds_another_in_the_marker_shuts_the_door() throws Exception {
        FolderClaim claim = claim(somebody(), LONG);
        Path beside = Files.writeString(inbox.resolve("beside"), somebody().text(1, 0));

        Files.delete(marker());
        Files.move(beside, marker());

        Await.until(() -> contact.trouble().isPresent(), LIMIT); // it is told once the door is shut
        assertThat(claim.held()).isFalse();
        assertThat(contact.trouble().orElseThrow()).contains("is read by another cxt");
    }

    @Test
    @Tag("fault-101")
    void a_marker_that_somebody_deletes_is_put_there_again_and_half_of_one_shuts_nothing() throws Exception {
        FolderClaim claim = claim(somebody(), SHORT);
        Files.delete(marker());
        Await.until(() -> Files.exists(marker()), LIMIT);

        Files.writeString(marker(), "ledger=");

        Await.until(() -> text().contains("beat="), LIMIT);
        assertThat(claim.held()).isTrue();
    }

    @Test
    @Tag("fault-101")
    void what_is_no_file_is_not_opened_and_the_folder_is_read_all_the_same() throws Exception {
        Path elsewhere = Files.writeString(inbox.resolve("elsewhere"), "precious");
        Files.createSymbolicLink(marker(), elsewhere);
        try (LogRecorder log = LogRecorder.install()) {
            FolderClaim claim = claim(somebody(), LONG);

            assertThat(claim.awaitDecision()).isEmpty();
            claim.close();

            assertThat(elsewhere).hasContent("precious");
            assertThat(log.lines().stream().filter(line -> line.startsWith("not claimed pickup=file")))
                    .hasSize(1);
        }
        Files.delete(marker());
        assertThat(new ProcessBuilder("mkfifo", marker().toString()).start().waitFor())
                .isZero();
        assertThat(claim(somebody(), LONG).awaitDecision()).isEmpty();
    }

    @Test
    @Tag("fault-101")
    void who_leaves_sources_half_read_leaves_the_marker_to_tell_of_it() throws IOException {
        FolderClaim half = of(somebody(), LONG, true);
        half.begin();
        half.close();
        assertThat(marker()).exists();
        Files.delete(marker());

        claim(somebody(), LONG).close();
        assertThat(marker()).doesNotExist();
    }
}
