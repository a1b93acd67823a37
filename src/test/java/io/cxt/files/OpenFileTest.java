package io.cxt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.files.OpenFile.Look;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("table.csv"), "one,two\n");
    }

    private OpenFile open() throws IOException {
        return OpenFile.open(file, Look.at(file), "table.csv");
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    @Tag("fault-67")
    void can_be_copied_whoever_was_interrupted_while_he_read() throws Exception {
        for (int round = 0; round < 100; round++) {
            try (OpenFile open = open()) {
                AtomicBoolean reads = new AtomicBoolean();
                Thread reader = new Thread(() -> {
                    try {
                        while (true) {
                            text(open.open());
                            reads.set(true);
                        }
                    } catch (IOException e) {
                        return; // it was interrupted
                    }
                });
                reader.start();
                while (!reads.get()) {
                    Thread.onSpinWait();
                }
                reader.interrupt();
                reader.join();

                Path copy = folder.resolve("copy-" + round);
                try (FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    open.copyTo(to);
                }
                assertThat(copy).hasContent("one,two\n");
            }
        }
    }

    @Test
    @Tag("fault-67")
    void gives_the_same_bytes_each_time_whoever_has_its_name() throws Exception {
        try (OpenFile open = open()) {
            InputStream first = open.open();
            InputStream second = open.open();
            assertThat(first.read()).isEqualTo('o');

            Files.writeString(folder.resolve("next"), "another,file\n");
            Files.move(folder.resolve("next"), file, StandardCopyOption.ATOMIC_MOVE);
            assertThat(text(second)).isEqualTo("one,two\n");
            Files.delete(file);

            assertThat(text(first)).isEqualTo("ne,two\n");
            assertThat(text(open.open())).isEqualTo("one,two\n");
        }
    }

    @Test
    @Tag("fault-67")
    void gives_no_byte_of_a_file_that_somebody_writes_to() throws Exception {
        FileTime time = Files.getLastModifiedTime(file);
        try (OpenFile appended = open()) {
            Files.writeString(file, "three", StandardOpenOption.APPEND);
            assertThatThrownBy(() -> text(appended.open())).isInstanceOf(ChangedFileException.class);
        }
        try (OpenFile cut = open()) {
            Files.writeString(file, "o");
            assertThatThrownBy(() -> text(cut.open())).isInstanceOf(ChangedFileException.class);
        }
        write();
        try (OpenFile overwritten = open()) {
            Files.writeString(file, "two,one\n"); // of the same size, and the time put back
            Files.setLastModifiedTime(file, time);
            assertThatThrownBy(() -> text(overwritten.open())).isInstanceOf(ChangedFileException.class);
        }
    }

    @Test
    @Tag("fault-67")
    void opens_what_was_looked_at_or_nothing() throws Exception {
        Look seen = Look.at(file);
        Path beside = Files.writeString(folder.resolve("beside.csv"), "one,two\n");
        Files.setLastModifiedTime(beside, seen.modified());
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), file);

        assertThatThrownBy(() -> OpenFile.open(file, seen, "table.csv"))
                .isInstanceOf(ChangedFileException.class)
                .hasMessage(Look.REPLACED);
        assertThatThrownBy(() -> OpenFile.open(link, Look.at(link), "link.csv"))
                .isInstanceOf(ChangedFileException.class);
    }

    @Test
    @Tag("fault-108")
    void a_pipe_that_gets_the_name_behind_the_look_holds_nobody() throws Exception {
        Path pipe = folder.resolve("pipe.csv");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> FileOpener.channel(pipe, Duration.ofMillis(200)))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("does not open within 200 ms");
        assertThatThrownBy(() -> OpenFile.open(pipe, Look.at(pipe), "pipe.csv"))
                .isInstanceOf(ChangedFileException.class);
        FileChannel.open(pipe, StandardOpenOption.WRITE).close(); // lets the one that waits go
    }

    @Test
    @Tag("fault-108")
    void what_changes_names_with_a_file_of_ours_all_the_time_gives_no_byte_of_it() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secrets\n"); // as long as what was dropped
        Path dropped = Files.writeString(folder.resolve("dropped"), "one,two\n");
        AtomicBoolean over = new AtomicBoolean();
        Thread swaps = new Thread(() -> {
            while (!over.get()) {
                swap(dropped);
                swap(secret);
            }
        });
        swaps.start();
        try {
            for (int i = 0; i < 3_000; i++) {
                Look seen = Look.orNull(file);
                if (seen != null && seen.isFile(Look.at(dropped))) {
                    try (OpenFile open = OpenFile.open(file, seen, "table.csv")) {
                        assertThat(text(open.open())).isEqualTo("one,two\n");
                    } catch (ChangedFileException e) {
                        assertThat(e).hasMessageNotContaining("secret");
                    }
                }
            }
        } finally {
            over.set(true);
            swaps.join();
        }
    }

    /** Gives a file the name that is looked at, as a further one. */
    private void swap(Path to) {
        try {
            Path next = folder.resolve("next");
            Files.createLink(next, to);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(next); // of two names of one file the move takes none away
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("fault-108")
    void a_further_name_of_a_file_of_ours_is_not_opened_where_others_may_write() throws Exception {
        Files.createLink(folder.resolve("link.csv"), file);

        try (OpenFile open = open()) {
            assertThat(text(open.open())).isEqualTo("one,two\n");
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(this::open).isInstanceOf(ChangedFileException.class).hasMessageContaining("hard link");
        Files.delete(folder.resolve("link.csv"));
        try (OpenFile open = open()) {
            assertThat(text(open.open())).isEqualTo("one,two\n");
        }
    }
}
