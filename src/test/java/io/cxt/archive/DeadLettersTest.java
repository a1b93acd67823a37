package io.cxt.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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

    /** Messages without an id may have the same name. */
    @Test
    @Tag("fault-163")
    void two_messages_of_one_name_are_two_letters_whatever_their_form() throws Exception {
        keepWhole("{\"a\":1}", ".json");
        keepWhole("{}\n{}", ".ndjson");

        assertThat(contents()).containsExactlyInAnyOrder("{\"a\":1}", "{}\n{}");
    }

    @Test
    @Tag("fault-163")
    void messages_of_one_name_that_come_at_once_are_all_kept() throws Exception {
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                letters = new DeadLetters(data.resolve("letters-" + round), data);
                List<Future<?>> kept = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    String content = "{\"a\":" + i + "}";
                    kept.add(pool.submit(() -> {
                        try (DeadLetters.Incoming letter = letters.begin(to -> to)) {
                            letter.stream().write(content.getBytes(StandardCharsets.UTF_8));
                            together.await();
                            letter.keep(refusal(null, 1), ".json");
                        }
                        return null;
                    }));
                }
                for (Future<?> each : kept) {
                    each.get();
                }
                assertThat(contents()).hasSize(threads).doesNotHaveDuplicates();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @Tag("fault-163")
    void a_transcript_never_takes_the_reason_of_a_message_or_of_one_that_is_only_in_its_source() throws Exception {
        keepWhole("{}\n{}", ".ndjson");
        keep("chats.json", 1, "one");
        keep(null, 2, null);
        keep(null, 2, "two");

        assertThat(letters.list())
                .extracting(letter -> letter.refusal().deadLetter())
                .contains((String) null)
                .hasSize(4);
    }

    @Test
    void nothing_is_left_of_a_message_whose_letter_cannot_be_begun() throws Exception {
        assertThatThrownBy(() -> letters.begin(to -> {
                    throw new IllegalStateException("no room");
                }))
                .hasMessage("no room");

        assertThat(DurableFiles.anyUnfinished(letters.folder())).isFalse();
    }

    private List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        for (DeadLetters.Letter letter : letters.list()) {
            try (InputStream content = letter.open()) {
                contents.add(new String(content.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return contents;
    }

    private void keepWhole(String content, String ending) throws IOException {
        try (DeadLetters.Incoming letter = letters.begin(to -> to)) {
            letter.stream().write(content.getBytes(StandardCharsets.UTF_8));
            letter.keep(refusal(null, 1), ending);
        }
    }

    private Refusal keep(String id, long index, String raw) throws IOException {
        return letters.keep(refusal(id, index), raw == null ? null : raw.getBytes(StandardCharsets.UTF_8))
                .refusal();
    }

    private static Refusal refusal(String id, long index) {
        return new Refusal(
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
    }
}
