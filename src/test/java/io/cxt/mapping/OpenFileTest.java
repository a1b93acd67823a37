package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.mapping.OpenFile.Look;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
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
}
