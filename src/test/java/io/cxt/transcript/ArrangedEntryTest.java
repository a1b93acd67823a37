package io.cxt.transcript;

import static io.cxt.fixture.Transcripts.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Transcripts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A finding about sorted messages leads to the place where the message was received. */
class ArrangedEntryTest {

    private static final Transcript RECEIVED = Transcripts.with(message(3), message(2), message(1));
    private static final Entry ENTRY = new Entry(1, 1, null, RECEIVED, List.of(), List.of("leap-second"), 0);

    @Test
    void the_index_of_a_message_is_led_back_and_the_rest_of_the_pointer_stays() {
        Entry sorted = ENTRY.arranged(Rules.sorted(RECEIVED));

        assertThat(sorted.locate(about("/messages/0/from/id")).pointer()).isEqualTo("/messages/2/from/id");
        assertThat(sorted.locate(about("/messages/2")).pointer()).isEqualTo("/messages/0");
        assertThat(sorted.notes()).containsExactly("leap-second", "sorted");
    }

    @Test
    void messages_that_are_equal_are_told_apart() {
        Transcript received = Transcripts.with(message(2), message(1), message(1), message(2));
        Entry sorted = new Entry(1, 1, null, received, List.of(), List.of(), 0).arranged(Rules.sorted(received));

        assertThat(List.of(0, 1, 2, 3))
                .map(index -> sorted.locate(about("/messages/" + index)).messageIndex())
                .containsExactly(1, 2, 0, 3);
    }

    @Test
    void what_is_about_no_message_stays_as_it_is() {
        Entry sorted = ENTRY.arranged(Rules.sorted(RECEIVED));

        assertThat(List.of("", "/agentId", "/messages"))
                .allSatisfy(pointer -> assertThat(sorted.locate(about(pointer))).isEqualTo(about(pointer)));
    }

    @Test
    void the_transcript_as_received_changes_nothing() {
        assertThat(ENTRY.arranged(RECEIVED)).isSameAs(ENTRY);
        assertThat(ENTRY.locate(about("/messages/0"))).isEqualTo(about("/messages/0"));
    }

    private static Finding about(String pointer) {
        return new Finding(Reason.MSG_SIZE, 1, pointer, "is too long");
    }
}
