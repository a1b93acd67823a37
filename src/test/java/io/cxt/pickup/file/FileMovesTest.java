package io.cxt.pickup.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.OpenFile.Look;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMovesTest {

    @TempDir
    Path inbox;

    private SettledFiles files;
    private FileMoves moves;

    @BeforeEach
    void make() {
        files = new SettledFiles(inbox, Duration.ofSeconds(1), new IgnoredFiles("file", Mappings::shipped), () -> true);
        moves = moving(Originals.KEPT);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.walk(inbox)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> inbox.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    @Tag("fault-67")
    void what_got_the_name_between_the_look_and_the_move_is_given_back() throws Exception {
        Path file = Files.writeString(inbox.resolve("chats.json"), "read");
        Look read = Look.at(file);
        Files.move(file, inbox.resolve("kept"));
        Files.writeString(file, "not read");
        Path to = moves.freeName(file, ".done");

        assertThat(moves.move(file, read, to, Originals.KEPT)).isEqualTo(Look.REPLACED);

        assertThat(names()).containsExactly("chats.json", "kept");
        assertThat(file).hasContent("not read");
        assertThat(moves.move(file, Look.at(file), to, Originals.KEPT)).isNull();
        assertThat(moves.move(file, read, to, Originals.KEPT)).isEqualTo(Look.GONE);
        assertThat(names()).containsExactly(".done/chats.json", "kept");
    }

    @Test
    void where_originals_are_not_kept_what_is_done_is_deleted_and_what_failed_stays() throws Exception {
        FileMoves deleting = moving(Originals.DELETED);
        Path done = Files.writeString(inbox.resolve("done.json"), "decided");
        Path failed = Files.writeString(inbox.resolve("failed.json"), "not decided");
        Path other = Files.writeString(inbox.resolve("other.json"), "read");
        Look read = Look.at(other);
        Files.move(other, inbox.resolve("kept"));
        Files.writeString(other, "not read");

        assertThat(deleting.move(done, Look.at(done), deleting.freeName(done, ".done"), Originals.DELETED))
                .isNull();
        assertThat(deleting.move(failed, Look.at(failed), deleting.freeName(failed, ".failed"), Originals.DELETED))
                .isNull();
        assertThat(deleting.move(other, read, deleting.freeName(other, ".done"), Originals.DELETED))
                .isEqualTo(Look.REPLACED);

        assertThat(names()).containsExactly(".failed/failed.json", "kept", "other.json");
    }

    /** As a kill leaves it between the two, or a fault. */
    @Test
    void a_file_that_was_moved_and_not_replaced_is_replaced_by_the_next_start() throws Exception {
        Path file = Files.writeString(inbox.resolve("done.json"), "decided");
        Originals stopped = Originals.replacedBy((original, into) -> {
            into.write("half".getBytes(StandardCharsets.UTF_8));
            throw new IOException("killed");
        });
        FileMoves killed = moving(stopped);
        killed.move(file, Look.at(file), killed.freeName(file, ".done"), stopped);
        assertThat(names()).containsExactly(".redacting/done.json");

        FileMoves next = moving(Originals.replacedBy((original, into) -> into.write(
                Files.readString(original).replace("decided", "redacted").getBytes(StandardCharsets.UTF_8))));
        next.settleLeft(inbox);
        next.settleLeft(inbox);

        assertThat(names()).containsExactly(".done/done.json.redacted.ndjson");
        assertThat(inbox.resolve(names().get(0))).hasContent("redacted");
    }

    @Test
    void what_waits_to_be_replaced_is_deleted_or_kept_as_the_next_start_says() throws Exception {
        Path waiting = Files.createDirectory(inbox.resolve(".redacting"));
        Files.writeString(waiting.resolve("one.json"), "decided");
        moving(Originals.DELETED).settleLeft(inbox);
        Files.writeString(waiting.resolve("two.json"), "decided");
        moving(Originals.KEPT).settleLeft(inbox);

        assertThat(names()).containsExactly(".done/two.json");
    }

    /** Who may write to the inbox could lead it to files of others, which it would delete. */
    @Test
    void nothing_is_settled_that_a_link_leads_to() throws Exception {
        Path elsewhere = Files.createDirectory(inbox.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("archive"), "of others");
        Path waiting = inbox.resolve(".redacting");

        Files.createSymbolicLink(waiting, elsewhere);
        moving(Originals.DELETED).settleLeft(inbox);
        moving(Originals.KEPT).settleLeft(inbox);
        Files.delete(waiting);
        Files.createDirectory(waiting);
        Files.createSymbolicLink(waiting.resolve("link.json"), elsewhere.resolve("archive"));
        moving(Originals.DELETED).settleLeft(inbox);

        assertThat(elsewhere.resolve("archive")).hasContent("of others");
        assertThat(waiting.resolve("link.json")).isSymbolicLink();
    }

    private FileMoves moving(Originals originals) {
        return new FileMoves(files, (reading, to) -> {}, originals, Clock.systemUTC());
    }

    @Test
    void a_name_in_the_folder_for_what_is_done_is_used_once() throws Exception {
        Path file = Files.writeString(inbox.resolve("chats.json"), "one");
        moves.move(file, Look.at(file), moves.freeName(file, ".done"), Originals.KEPT);
        Files.writeString(file, "two");

        moves.move(file, Look.at(file), moves.freeName(file, ".done"), Originals.KEPT);

        assertThat(names()).hasSize(2).allMatch(name -> name.startsWith(".done/chats"));
    }

    @Test
    @Tag("fault-90")
    void files_that_another_instance_moves_are_forgotten() throws Exception {
        for (int i = 0; i < 50; i++) {
            Path file = Files.writeString(inbox.resolve("chat-" + i + ".json"), "{}");
            assertThat(files.accept(file)).isFalse(); // young, so it is watched
            files.holdBack(file, Duration.ZERO);
            files.unmoved().add(file, Look.at(file), () -> null);
        }
        assertThat(files.remembered()).isEqualTo(150);

        for (String name : names()) {
            Files.delete(inbox.resolve(name));
        }
        files.forgetGone();

        assertThat(files.remembered()).isZero();
    }

    @Test
    @Tag("fault-108")
    void a_folder_that_became_a_link_since_it_was_made_takes_nothing() throws Exception {
        Path elsewhere = Files.createDirectory(inbox.resolve("elsewhere"));
        Path file = Files.writeString(inbox.resolve("chats.json"), "read");
        Path to = moves.freeName(file, ".done");
        Files.delete(to.getParent());
        Files.createSymbolicLink(to.getParent(), elsewhere);

        assertThatThrownBy(() -> moves.move(file, Look.at(file), to, Originals.KEPT))
                .isInstanceOf(IOException.class);

        assertThat(names()).containsExactly("chats.json");
    }
}
