package io.cxt.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.intake.SourceReading.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of a source: outcomes, and what was noted of its transcripts. */
class OutcomeSetsTest {

    @Test
    void a_later_reading_takes_precedence_where_it_has_an_outcome() {
        OutcomeSets first = new OutcomeSets();
        first.read(3);
        first.count(Outcome.SENT, 1);
        first.count(Outcome.FAILED, 2);
        first.count(Outcome.FAILED, 3);
        OutcomeSets second = new OutcomeSets();
        second.read(2);
        second.count(Outcome.SENT, 2);
        second.count(Outcome.SENT, 2); // each transcript counts once

        Map<String, Long> both = first.then(second).counts();

        assertThat(both).containsEntry("read", 3L).containsEntry("sent", 2L).containsEntry("failed", 1L);
        assertThat(first.of(Outcome.SENT)).isEqualTo(1);
        assertThat(second.of(Outcome.FAILED)).isZero();
    }

    @Test
    void an_outcome_that_is_rare_is_named_only_when_there_is_one() {
        OutcomeSets none = new OutcomeSets();
        none.refusedOne();
        none.refusedOne();
        assertThat(none.refusals()).isEqualTo(2);
        assertThat(none.counts()).allSatisfy((word, count) -> assertThat(count).isZero());

        for (Outcome outcome : Outcome.values()) {
            OutcomeSets one = new OutcomeSets();
            one.count(outcome, 7);
            assertThat(none.counts().containsKey(outcome.word())).isNotEqualTo(outcome.rare());
            assertThat(one.counts()).containsEntry(outcome.word(), 1L);
        }
    }

    @Test
    void notes_are_added_up_by_kind_and_kinds_that_a_template_makes_up_have_an_end() {
        NoteCounts notes = new NoteCounts();
        notes.add(List.of("emptied:3", "emptied:4", "emptied", "other:many", "text: with a colon"));
        assertThat(notes.byKind()).containsExactlyInAnyOrderEntriesOf(Map.of("emptied", 8L, "other", 1L, "text", 1L));
        assertThat(notes.exportCut()).isFalse();

        for (int i = 0; i < 60; i++) {
            notes.add(List.of("kind-" + i));
        }
        notes.add(List.of("emptied:2"));
        assertThat(notes.byKind()).hasSize(50).containsEntry("emptied", 10L).doesNotContainKey("kind-47");

        notes.add(List.of("export-goes-on")); // whatever a template made up before
        assertThat(notes.exportCut()).isTrue();
    }
}
