package io.cxt.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackagesTest {

    private static final Path SOURCES = Path.of("src/main/java/io/cxt");

    @Test
    void only_steps_and_the_way_into_a_host_import_camel() throws IOException {
        assertThat(sources())
                .filteredOn(file -> !file.startsWith(SOURCES.resolve("steps")))
                .filteredOn(file -> !file.startsWith(SOURCES.resolve("embed")))
                .noneMatch(file -> text(file).contains("import org.apache.camel"));
    }

    @Test
    void the_pure_packages_know_nothing_of_the_others() throws IOException {
        knowsNothingOf(
                "transcript", "mapping", "cxone", "pace", "ledger", "archive", "steps", "cli", "ops", "simulator");
        knowsNothingOf("mapping", "cxone", "pace", "ledger", "steps", "cli", "ops", "simulator");
        knowsNothingOf("settings", "transcript", "cxone", "pace", "ledger", "archive", "steps", "cli", "ops");
        knowsNothingOf("pace", "transcript", "cxone", "ledger", "archive", "steps", "cli", "ops", "simulator");
        knowsNothingOf("cxone", "pace", "ledger", "archive", "steps", "cli", "ops", "simulator");
        knowsNothingOf("ledger", "pace", "cxone", "archive", "steps", "cli", "ops", "simulator");
        knowsNothingOf("archive", "pace", "cxone", "ledger", "steps", "cli", "ops", "simulator");
        knowsNothingOf("simulator", "pace", "cxone", "ledger", "archive", "steps", "cli", "ops", "transcript");
    }

    private void knowsNothingOf(String of, String... others) throws IOException {
        for (Path file : sources()) {
            if (file.startsWith(SOURCES.resolve(of))) {
                for (String other : others) {
                    assertThat(text(file)).as(file.toString()).doesNotContain("import io.cxt." + other + ".");
                }
            }
        }
    }

    @Test
    void every_package_says_what_belongs_there() throws IOException {
        try (Stream<Path> folders = Files.walk(SOURCES)) {
            assertThat(folders.filter(Files::isDirectory))
                    .allMatch(folder -> Files.exists(folder.resolve("package-info.java")));
        }
    }

    @Test
    void no_source_is_longer_than_can_be_read() throws IOException {
        assertThat(sources())
                .filteredOn(file -> text(file).lines().count() > 250)
                .allMatch(file -> text(file).contains("Long because"));
    }

    @Test
    void no_test_sleeps() throws IOException {
        for (Path tests : List.of(Path.of("src/test/java"), Path.of("src/it"))) {
            try (Stream<Path> files = Files.walk(tests)) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")))
                        .noneMatch(file -> text(file).contains("Thread" + ".sleep"));
            }
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
