package io.cxt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {

    @TempDir
    Path folder;

    @Test
    void files_and_folders_are_for_their_owner_alone() throws Exception {
        Path file = keep("ext-1", "hello");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));

        DurableFiles.restrictFolder(open);

        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(file.getParent())).isEqualTo("rwx------");
        assertThat(mode(open)).isEqualTo("rwx------");
    }

    @Test
    void keeping_the_same_again_changes_nothing() throws Exception {
        Path file = keep("ext-1", "hello");

        assertThat(keep("ext-1", "hello")).isEqualTo(file);
        assertThat(names()).containsExactly("ext-1.json");
    }

    @Test
    void other_content_of_the_same_name_is_kept_beside_it() throws Exception {
        Path first = keep("ext-1", "hello");
        Path second = keep("ext-1", "world");

        assertThat(first).hasContent("hello");
        assertThat(second).hasContent("world").isEqualTo(keep("ext-1", "world"));
        assertThat(names()).hasSize(2);
    }

    @Test
    void many_threads_with_one_name_lose_nothing() throws Exception {
        List<Path> files = IntStream.range(0, 60)
                .parallel()
                .mapToObj(i -> {
                    try {
                        return keep("ext-1", "hello " + i % 30);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();

        assertThat(names()).hasSize(30);
        for (int i = 0; i < 60; i++) {
            assertThat(files.get(i)).hasContent("hello " + i % 30);
        }
    }

    @Test
    void replacing_leaves_one_whole_file_and_nothing_else() throws Exception {
        Path file = keep("ext-1", "hello");

        DurableFiles.replace(file, "world".getBytes(StandardCharsets.UTF_8));

        assertThat(file).hasContent("world");
        assertThat(names()).containsExactly("ext-1.json");
    }

    @Test
    @Tag("fault-5")
    void a_write_that_fails_leaves_nothing() throws Exception {
        Path taken =
                Files.createDirectories(folder.resolve("kept/taken/inside")).getParent();

        assertThatThrownBy(() -> DurableFiles.replace(taken, new byte[5])).isInstanceOf(IOException.class);

        assertThat(names()).containsExactly("taken");
    }

    private Path keep(String name, String content) throws IOException {
        return DurableFiles.keep(folder.resolve("kept"), name, ".json", content.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>(names(folder.resolve("kept")));
        names.remove(".tmp");
        Path unfinished = folder.resolve("kept/.tmp");
        names.addAll(Files.exists(unfinished) ? names(unfinished) : List.of());
        return names;
    }

    private static List<String> names(Path inside) throws IOException {
        try (Stream<Path> files = Files.list(inside)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    @Tag("fault-108")
    void what_is_swept_is_a_folder_of_ours_and_not_where_a_link_leads() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("kept"), "");
        Files.createSymbolicLink(folder.resolve(".tmp"), elsewhere);

        DurableFiles.sweep(folder);

        assertThat(elsewhere.resolve("kept")).exists();
    }
}
