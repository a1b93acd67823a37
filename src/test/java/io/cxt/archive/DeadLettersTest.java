package io.cxt.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {

    @TempDir
    Path data;

    private DeadLetters letters;

    @BeforeEach
    void open() {
        letters = new DeadLetters(data.resolve("dead-letters"), data);
    }

    @Test
    void a_transcript_is_kept_as_received_with_its_reason_beside_it() throws Exception {
        Refusal kept = keep("ext-1", 3, "{ as received }");

        assertThat(kept.deadLetter()).isEqualTo("dead-letters/TS-ORDER/ext-1.json");
        assertThat(data.resolve(kept.deadLetter())).hasContent("{ as received }");
        assertThat(letters.list()).singleElement().satisfies(letter -> {
            assertThat(letter.name()).isEqualTo("TS-ORDER/ext-1");
            assertThat(letter.transcript()).isEqualTo(data.resolve(kept.deadLetter()));
            assertThat(letter.refusal()).isEqualTo(kept);
        });
    }

    @Test
    void the_same_again_is_the_same_letter_and_other_content_another() throws Exception {
        keep("ext-1", 1, "one");
        keep("ext-1", 1, "one");
        keep("ext-1", 2, "two");

        assertThat(letters.count()).isEqualTo(2);
        for (DeadLetters.Letter letter : letters.list()) {
            assertThat(letter.transcript()).exists();
        }
    }

    @Test
    void without_an_id_or_its_bytes_a_letter_is_named_by_its_place() throws Exception {
        keep(null, 7, "not json");
        assertThat(keep("ext-1", 8, null).deadLetter()).isNull();
        keep("ext-1", 9, null);

        assertThat(letters.list())
                .extracting(DeadLetters.Letter::name)
                .containsExactly("TS-ORDER/chats.json-7", "TS-ORDER/chats.json-8", "TS-ORDER/chats.json-9");
    }

    @Test
    void an_id_that_looks_like_a_reason_takes_nothing_away() throws Exception {
        Refusal odd = keep("ext-1.reason", 1, "odd");
        Refusal plain = keep("ext-1", 2, "plain");

        assertThat(data.resolve(odd.deadLetter())).hasContent("odd");
        assertThat(data.resolve(plain.deadLetter())).hasContent("plain");
        assertThat(letters.count()).isEqualTo(2);
    }

    @Test
    void no_id_leads_out_of_the_folder() throws Exception {
        Refusal kept = keep("../../../tmp/x", 1, "hello");

        assertThat(data.resolve(kept.deadLetter()).normalize())
                .startsWith(data.resolve("dead-letters/TS-ORDER"))
                .exists();
    }

    @Test
    void no_letters_are_an_empty_list() {
        assertThat(letters.list()).isEmpty();
    }

    private Refusal keep(String id, long index, String raw) throws IOException {
        Refusal refusal = new Refusal(
                "rejected",
                "TS-ORDER",
                id,
                "chats.json",
                index,
                index,
                List.of(),
                null,
                null,
                "Fix it.",
                null,
                "2024-06-15T09:00:00Z",
                "2024-06-15T09:00:01Z",
                null);
        return letters.keep(refusal, raw == null ? null : raw.getBytes(StandardCharsets.UTF_8))
                .refusal();
    }
}
