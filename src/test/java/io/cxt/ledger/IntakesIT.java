package io.cxt.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachDatabase
class IntakesIT {

    @Parameter
    Store store;

    @TempDir
    Path folder;

    private Book book;

    @BeforeEach
    void open() {
        book = Book.open(store, folder);
    }

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void a_reading_that_was_broken_off_goes_on_under_its_id() throws Exception {
        String id = book.ledger.intakes().open("file", "chats.json", 500);
        book.close();
        open();

        assertThat(book.ledger.intakes().open("file", "chats.json", 500)).isEqualTo(id);

        assertThat(book.rows("SELECT event, source, detail FROM audit_event ORDER BY seq"))
                .containsExactly(
                        "INTAKE_OPENED chats.json door=file bytes=500",
                        "INTAKE_OPENED chats.json again door=file bytes=500");
    }

    @Test
    void a_source_that_came_to_its_end_is_read_anew() throws Exception {
        String id = book.ledger.intakes().open("file", "chats.json", 500);

        book.ledger.intakes().close(id, "chats.json", 3, "read=3 sent=3");

        assertThat(book.rows("SELECT entries, count(closed_at) FROM intake GROUP BY entries"))
                .containsExactly("3 1");
        assertThat(book.events()).containsExactly("INTAKE_OPENED", "INTAKE_CLOSED");
        assertThat(book.ledger.intakes().open("file", "chats.json", 500)).isNotEqualTo(id);
    }

    @Test
    @Tag("fault-115")
    void what_stays_where_it_is_is_known_again_however_many_are_asked_for() {
        Intakes intakes = book.ledger.intakes();
        intakes.close(intakes.open("sftp", "a.json", 5), "a.json", 1, "read=1", "key-7", null);
        intakes.close(intakes.open("sftp", "b.json", 5), "b.json", 1, "read=1", "key-2400", null);
        intakes.gone(new Intakes.CutOff(intakes.open("sftp", "c.json", 5), "c.json"));
        List<String> keys = IntStream.range(0, 2500).mapToObj(i -> "key-" + i).toList();

        assertThat(intakes.kept(keys)).containsExactlyInAnyOrder("key-7", "key-2400");
        assertThat(intakes.kept(List.of())).isEmpty();
        assertThat(book.ledger.view().verify().faults()).isEmpty();
    }

    @Test
    void the_same_name_behind_another_door_is_another_source() {
        String file = book.ledger.intakes().open("file", "chats.json", 500);

        assertThat(book.ledger.intakes().open("sftp", "chats.json", 500)).isNotEqualTo(file);
    }

    @Test
    void a_body_whose_sender_was_told_is_no_source_that_never_came_back() {
        book.ledger.intakes().open("body", "exchange-1", 500);
        book.ledger.intakes().open("file", "chats.json", 500);

        assertThat(book.ledger.view().status().unfinished().sources()).containsExactly("chats.json");
    }
}
