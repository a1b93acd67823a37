package io.cxt.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.cxt.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The walls between the packages, as docs/architecture.md draws them. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/cxt");
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false); // the names say enough
        classes = new ClassFileImporter()
                .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());
    }

    @Test
    void no_packages_form_a_circle() {
        slices().matching("io.cxt.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void only_steps_pickups_start_and_the_way_into_a_host_know_camel() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.cxt.steps..", "io.cxt.pickup..", "io.cxt.runtime..", "io.cxt.embed..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(classes);
    }

    /** What each package may use of ours; a package that is not listed may use any that no circle forbids. */
    @ParameterizedTest
    @CsvSource({
        "text,       ''",
        "pace,       ''",
        "settings,   text",
        "files,      text",
        "transcript, settings",
        "json,       files transcript",
        "mapping,    files json settings text transcript",
        "cxone,      settings transcript",
        "db,         settings text",
        "audit,      db settings text transcript",
        "ledger,     audit db files settings text transcript",
        "archive,    files settings text transcript",
        "ops,        settings text",
        "simulator,  ops text",
    })
    void a_package_uses_only_those_below_it(String name, String below) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(below.split(" ")))
                .filter(one -> !one.isEmpty())
                .map(one -> "io.cxt." + one + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("io.cxt." + name + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.cxt..").and(JavaClass.Predicates.resideOutsideOfPackages(allowed)))
                .check(classes);
    }

    @Test
    void only_the_command_knows_command_and_simulator() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.cxt", "io.cxt.cli..", "io.cxt.simulator..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.cxt.cli..", "io.cxt.simulator.."))
                .check(classes);
    }

    @Test
    void no_two_types_have_one_name() {
        var names = classes.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()));

        names.values().removeIf(count -> count == 1);

        assertThat(names).isEmpty();
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
