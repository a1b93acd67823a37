package io.cxt.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.audit.AuditChain.Head;
import io.cxt.audit.Checkpoint.Others;
import io.cxt.audit.Closing.Rested;
import io.cxt.db.LedgerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files of checkpoints say of chains that several instances share; there is no database. */
class CheckpointCheckTest {
    private static final Head FIRST = head(1, "a");
    private static final Head SECOND = head(2, "b");
    private static final Head THIRD = head(3, "c");

    @TempDir
    Path folder;

    private LedgerSettings settings;
    private SigningKey key;

    @BeforeEach
    void write() throws Exception {
        settings = new LedgerSettings("jdbc:postgresql://nowhere/cxt", null, null, folder);
        Files.createDirectory(settings.checkpointFolder());
        Files.writeString(folder.resolve("instance-id"), "here");
        key = SigningKey.readOrMake(settings.checkpointKeyFile());
    }

    private static Head head(long seq, String digit) {
        return new Head(seq, digit.repeat(64));
    }

    /** A second of that minute. */
    private static String at(int second) {
        return "2026-01-01T00:00:%02d.000000Z".formatted(second);
    }

    private CheckpointFile file(String chain) {
        return new CheckpointFile(settings.checkpointFolder(), chain);
    }

    private void signs(String chain, Head end, int second, Others others) throws IOException {
        file(chain).append(Checkpoint.of(chain, end, at(second), others, key), false);
    }

    private Closing closed(String chain, Head end, int second) {
        return Closing.of(chain, end, at(0), at(second), Rested.NONE, key);
    }

    private CheckpointCheck check(String... named) throws IOException {
        return new CheckpointCheck(settings, Set.of(named), null);
    }

    @Test
    void the_checkpoint_that_knows_of_the_most_chains_counts_wherever_it_is() throws Exception {
        signs("a", FIRST, 1, new Others(2, Head.NONE));
        signs("b", FIRST, 2, new Others(3, Head.NONE));
        signs("c", FIRST, 3, new Others(2, Head.NONE));

        try (CheckpointCheck check = check("a", "b", "c")) {
            assertThat(check.missing(2))
                    .contains("there were 3 chains at " + at(2), "as chain b has it", "there are 2");
        }
    }

    @Test
    void a_checkpoint_that_another_key_signed_says_nothing_of_other_chains() throws Exception {
        SigningKey other = SigningKey.readOrMake(folder.resolve("other.key"));
        file("here").append(Checkpoint.of("here", FIRST, at(1), new Others(9, head(9, "9")), other), false);

        try (CheckpointCheck check = check()) {
            assertThat(check.missing(1)).isNull();
        }
    }

    @Test
    void a_chain_that_nothing_here_names_is_a_fault_and_one_that_is_named_a_note() throws Exception {
        signs("here", FIRST, 1, new Others(1, Head.NONE));

        try (CheckpointCheck check = check("named")) {
            assertThat(check.row("here", 1, FIRST.hash())).isNull();
            assertThat(check.end("here", 1)).isNull();
            assertThat(check.end("named", 1)).isNull();
            assertThat(check.end("operator", 1)).isNull();
            assertThat(check.missing(3)).isNull();
            assertThat(check.notes())
                    .containsExactly(
                            "chain here: signed up to event 1 of 1, at " + at(1),
                            "chain named: its checkpoints are not in this folder; check it where its instance keeps them",
                            "chain operator: its checkpoints are not in this folder; check it where its instance keeps them");

            assertThat(check.end("stranger", 1)).isNull();
            assertThat(check.missing(4))
                    .startsWith("chain stranger: neither the file instance-id nor a checkpoint")
                    .contains("cxt audit verify --chain stranger");
        }
    }

    @Test
    void the_own_chain_needs_its_checkpoints_beside_the_key() throws Exception {
        signs("operator", FIRST, 1, new Others(1, Head.NONE));

        try (CheckpointCheck check = check()) {
            assertThat(check.end("here", 1)).contains("its checkpoints are missing beside the key");
        }
    }

    @Test
    void of_copies_one_file_alone_is_read_and_chains_without_a_copy_are_noted() throws Exception {
        signs("here", SECOND, 1, new Others(1, Head.NONE));
        signs("other", SECOND, 1, new Others(1, Head.NONE));
        Path copies = Files.move(settings.checkpointFolder(), folder.resolve("copies"));

        try (CheckpointCheck check = new CheckpointCheck(settings, Set.of(), copies.resolve("here.checkpoints"))) {
            assertThat(check.unmet()).containsExactly("here");
            assertThat(check.end("other", 2)).isNull();
            assertThat(check.notes()).containsExactly("chain other: not in this copy of the checkpoints");
        }
        try (CheckpointCheck check = new CheckpointCheck(settings, Set.of(), copies)) {
            assertThat(check.unmet()).containsExactly("here", "other");
            assertThat(check.end("other", 1)).contains("event 2 was signed at");
        }
    }

    @Test
    void a_closing_record_of_the_ledger_that_is_not_the_one_of_the_file_is_a_fault() throws Exception {
        Closing signed = closed("here", SECOND, 2);
        signs("here", THIRD, 1, Others.NONE);
        file("here").append(signed, false);

        try (CheckpointCheck check = check()) {
            assertThat(check.begin(signed, "anna")).isNull();
            assertThat(check.row("here", 3, THIRD.hash())).isNull();
            assertThat(check.end("here", 3)).isNull();
            assertThat(check.notes())
                    .contains("chain here: events 1 to 2, up to %s, were pruned at %s by anna and signed"
                            .formatted(at(0), at(2)));
        }
        try (CheckpointCheck check = check()) {
            assertThat(check.begin(closed("here", SECOND, 3), null))
                    .contains("its closing record is not the one of the file of its checkpoints, of " + at(2));
        }
        try (CheckpointCheck check = check()) { // of an event that was another one when it was signed
            assertThat(check.begin(closed("here", head(3, "d"), 3), null)).contains("event 3 is not the one", at(1));
        }
        try (CheckpointCheck check = check()) { // the file lacks the last one, as after a power failure
            assertThat(check.begin(closed("here", THIRD, 3), null)).isNull();
            assertThat(check.end("here", 3)).isNull();
        }
    }

    @Test
    void a_closing_record_of_the_ledger_bears_a_signature_of_the_key() throws Exception {
        Closing signed = closed("here", SECOND, 2);
        try (CheckpointCheck check = check()) {
            assertThat(check.closing(signed)).isNull();
            assertThat(check.closing(new Closing(
                            "here", THIRD, signed.until(), signed.at(), Rested.NONE, key.id(), signed.signature())))
                    .startsWith("chain here: its closing record does not bear its signature. The database was changed");
        }
        Files.delete(settings.checkpointKeyFile());
        try (CheckpointCheck check = check()) {
            assertThat(check.closing(signed)).contains("there is no key at " + settings.checkpointKeyFile());
        }
    }

    @Test
    void a_closing_record_of_the_file_was_not_carried_out_or_its_event_is_a_fault() throws Exception {
        signs("here", FIRST, 1, Others.NONE);
        file("here").append(closed("here", SECOND, 2), false);

        try (CheckpointCheck check = check()) {
            assertThat(check.row("here", 1, FIRST.hash())).isNull();
            assertThat(check.row("here", 2, SECOND.hash())).isNull();
            assertThat(check.end("here", 2)).isNull();
        }
        for (Head otherwise : new Head[] {THIRD, head(2, "d")}) {
            try (CheckpointCheck check = check()) {
                assertThat(check.row("here", 1, FIRST.hash())).isNull();
                assertThat(check.row("here", otherwise.seq(), otherwise.hash())).isNull();
                assertThat(check.end("here", otherwise.seq()))
                        .contains("has a closing record of event 2, of " + at(2), "neither in the ledger nor");
            }
        }
        try (CheckpointCheck check = check()) { // only earlier ones are in the ledger
            assertThat(check.begin(closed("here", FIRST, 1), null)).isNull();
            assertThat(check.end("here", 1)).contains("has a closing record of event 2");
        }
    }

    @Test
    void an_end_of_the_operators_chain_is_looked_for_in_its_events_and_in_what_was_removed_of_it() throws Exception {
        signs("a", FIRST, 1, new Others(2, FIRST));
        signs("b", FIRST, 2, new Others(2, SECOND));
        signs("c", FIRST, 3, new Others(2, THIRD));

        try (CheckpointCheck check = check("a", "b", "c")) { // up to the second they were removed
            assertThat(check.begin(closed("operator", SECOND, 4), null)).isNull();
            assertThat(check.missing(2)).contains("its event 3", "at " + at(3) + " as chain c has it", "is missing");
            assertThat(check.row("operator", 3, THIRD.hash())).isNull();
            assertThat(check.missing(2)).doesNotContain("operator");
        }
        try (CheckpointCheck check = check("a", "b", "c")) {
            assertThat(check.begin(closed("operator", head(2, "d"), 4), null))
                    .contains("chain operator: event 2 is not the one", at(2), "as chain b has it");
        }
    }

    @Test
    void a_chain_without_events_is_not_there() throws Exception {
        Files.delete(folder.resolve("instance-id"));
        try (CheckpointCheck check = check()) {
            check.end("operator", 0);
            assertThat(check.missing(0)).contains("no chain and no checkpoint that was signed with it");
        }
        Files.writeString(folder.resolve("instance-id"), "here");
        try (CheckpointCheck check = check()) {
            check.end("operator", 1);
            assertThat(check.missing(1)).contains("the file instance-id names it, and there are neither");
        }
    }

    @Test
    void a_line_that_is_not_of_this_chain_or_not_signed_is_named_with_its_number() throws Exception {
        SigningKey other = SigningKey.readOrMake(folder.resolve("other.key"));
        Checkpoint checkpoint = Checkpoint.of("here", SECOND, at(2), Others.NONE, key);
        Closing closing = closed("here", FIRST, 2);
        Closing foreign = Closing.of("here", FIRST, at(0), at(2), Rested.NONE, other);
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put(checkpoint.line().replace(at(2), at(3)), "does not bear its signature");
        faults.put(Checkpoint.of("there", SECOND, at(2), Others.NONE, key).line(), "no checkpoint of this chain");
        faults.put("cxt-checkpoint-2 torn", "no checkpoint of this chain");
        faults.put(closing.line().replace(at(2), at(3)), "does not bear its signature");
        faults.put(closed("there", FIRST, 2).line(), "no closing record of this chain");
        faults.put("cxt-closing-1 torn", "no closing record of this chain");
        faults.put(foreign.line(), "was signed with the key " + other.id());
        for (Map.Entry<String, String> each : faults.entrySet()) {
            Files.writeString(file("here").path(), signed(FIRST, 1) + each.getKey() + "\n" + checkpoint.line() + "\n");

            try (CheckpointCheck check = check()) {
                assertThat(check.row("here", 1, FIRST.hash()))
                        .contains("here.checkpoints line 2 ")
                        .contains(each.getValue());
            }
        }
        Files.writeString(file("here").path(), signed(FIRST, 1) + closing.line() + "\n" + checkpoint.line() + "\n");
        try (CheckpointCheck check = check()) {
            assertThat(check.row("here", 1, FIRST.hash())).isNull();
            assertThat(check.row("here", 2, THIRD.hash())).contains("event 2 is not the one", at(2));
        }
        Files.writeString(file("here").path(), signed(FIRST, 1) + closing.line() + "\ntorn\n");
        try (CheckpointCheck check = check()) {
            assertThat(check.row("here", 1, FIRST.hash())).contains("here.checkpoints line 3 ");
        }
    }

    private String signed(Head end, int second) {
        return Checkpoint.of("here", end, at(second), Others.NONE, key).line() + "\n";
    }

    @Test
    void checkpoints_before_the_first_event_are_passed_over_and_several_of_one_event_all_count() throws Exception {
        signs("here", Head.NONE, 1, Others.NONE);
        signs("here", FIRST, 2, Others.NONE);
        signs("here", FIRST, 3, Others.NONE);
        signs("here", SECOND, 4, Others.NONE);

        try (CheckpointCheck check = check()) {
            assertThat(check.row("here", 1, FIRST.hash())).isNull();
            assertThat(check.row("here", 2, SECOND.hash())).isNull();
            assertThat(check.end("here", 3)).isNull();
            assertThat(check.notes()).containsExactly("chain here: signed up to event 2 of 3, at " + at(4));
        }
        file("here").append(Checkpoint.of("here", THIRD, at(5), Others.NONE, key), false);
        file("here").append(Checkpoint.of("here", SECOND, at(6), Others.NONE, key), false);
        try (CheckpointCheck check = check()) { // all of these events were removed
            assertThat(check.begin(closed("here", THIRD, 7), null)).contains("line 6 signs event 2 after event 3");
        }
    }

    /** A person gives an order while the retention closes a chain; or two CXT of one host start with one key. */
    @Test
    void threads_that_need_the_key_at_once_wait_for_each_other() throws Exception {
        Path made = folder.resolve("other.key");
        List<Callable<String>> readings =
                Collections.nCopies(400, () -> SigningKey.readOrMake(made).id());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Set<String> ids = new HashSet<>();
            for (Future<String> reading : threads.invokeAll(readings)) {
                ids.add(reading.get());
            }

            assertThat(ids).containsExactly(SigningKey.read(made).id());
        } finally {
            threads.shutdown();
        }
    }
}
