package io.cxt.pickup.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.OpenFile.Look;
import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import java.io.IOException;
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
        moves = new FileMoves(files, (reading, to) -> {}, Originals.KEPT, Clock.systemUTC());
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

        assertThat(moves.move(file, read, to)).isEqualTo(Look.REPLACED);

        assertThat(names()).containsExactly("chats.json", "kept");
        assertThat(file).hasContent("not read");
        assertThat(moves.move(file, Look.at(file), to)).isNull();
        assertThat(moves.move(file, read, to)).isEqualTo(Look.GONE);
        assertThat(names()).containsExactly(".done/chats.json", "kept");
    }

    @Test
    void where_originals_are_not_kept_what_is_done_is_deleted_and_what_failed_stays() throws Exception {
        FileMoves deleting = new FileMoves(files, (reading, to) -> {}, Originals.DELETED, Clock.systemUTC());
        Path done = Files.writeString(inbox.resolve("done.json"), "decided");
        Path failed = Files.writeString(inbox.resolve("failed.json"), "not decided");
        Path other = Files.writeString(inbox.resolve("other.json"), "read");
        Look read = Look.at(other);
        Files.move(other, inbox.resolve("kept"));
        Files.writeString(other, "not read");

        assertThat(deleting.move(done, Look.at(done), deleting.freeName(done, ".done")))
                .isNull();
        assertThat(deleting.move(failed, Look.at(failed), deleting.freeName(failed, ".failed")))
                .isNull();
        assertThat(deleting.move(other, read, deleting.freeName(other, ".done")))
                .isEqualTo(Look.REPLACED);

        assertThat(names()).containsExactly(".failed/failed.json", "kept", "other.json");
    }

    @Test
    void a_name_in_the_folder_for_what_is_done_is_used_once() throws Exception {
        Path file = Files.writeString(inbox.resolve("chats.json"), "one");
        moves.move(file, Look.at(file), moves.freeName(file, ".done"));
        Files.writeString(file, "two");

        moves.move(file, Look.at(file), moves.freeName(file, ".done"));

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

        assertThatThrownBy(() -> moves.move(file, Look.at(file), to)).isInstanceOf(IOException.class);

        assertThat(names()).containsExactly("chats.json");
    }
}
