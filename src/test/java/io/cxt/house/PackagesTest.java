package io.cxt.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.cxt.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
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

    /** A target is found by its name and known to nobody. */
    @ParameterizedTest
    @CsvSource({"conversations", "digital"})
    void nothing_outside_its_package_knows_a_target(String target) {
        String itself = "io.cxt.cxone." + target + "..";
        noClasses()
                .that()
                .resideOutsideOfPackage(itself)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(itself)
                .check(classes);
    }

    @Test
    void only_the_command_knows_the_console() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.cxt.console..", "io.cxt.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.cxt.console..")
                .check(classes);
    }

    /** What each package may use of ours; a package that is not listed may use any that no circle forbids. */
    @ParameterizedTest
    @CsvSource({
        "text,       ''",
        "pace,       settings text",
        "settings,   text",
        "files,      text",
        "transcript, settings",
        "json,       files text transcript",
        "mapping,    files json settings text transcript",
        "cxone,      settings transcript",
        "redaction,  json settings text transcript",
        "db,         settings text",
        "audit,      db files settings text transcript",
        "ledger,     audit db files settings text transcript",
        "archive,    files settings text transcript",
        "ops,        settings text",
        "simulator,  ops text",
        "story,      archive audit cxone db intake json ledger mapping redaction settings text transcript",
        "console,    archive audit db files intake ledger mapping ops settings story text transcript",
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

    /** The command, its stand-in for CXone and its broker are in a second jar. */
    @Test
    void the_jar_that_hosts_embed_needs_nothing_of_the_second_one() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        List<String> leftOut = listed(pom, "default-jar", "exclude");
        DescribedPredicate<JavaClass> ofTheSecond = DescribedPredicate.describe("in the second jar", type -> {
            Path file = Path.of(type.getName().replace('.', '/') + ".class");
            return leftOut.stream().anyMatch(pattern -> FileSystems.getDefault()
                    .getPathMatcher("glob:" + pattern)
                    .matches(file));
        });

        assertThat(leftOut)
                .contains("io/cxt/cli/**", "io/cxt/console/**", "io/cxt/simulator/**")
                .isEqualTo(listed(pom, "command", "include"));
        noClasses()
                .that(DescribedPredicate.not(ofTheSecond))
                .should()
                .dependOnClassesThat(ofTheSecond)
                .check(classes);
    }

    private static List<String> listed(String pom, String execution, String element) {
        String lines = pom.split("<id>" + execution + "</id>")[1].split("</execution>")[0];
        return Pattern.compile("<%1$s>(.*?)</%1$s>".formatted(element))
                .matcher(lines)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void the_picture_on_the_architecture_page_is_that_of_the_code() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : classes) {
            String from = room(type);
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith("io.cxt."))
                    .map(PackagesTest::room)
                    .filter(to -> !to.equals(from) && !from.isEmpty())
                    .forEach(to ->
                            uses.computeIfAbsent(from, none -> new TreeSet<>()).add(to));
        }
        Set<String> arrows = new TreeSet<>();
        uses.forEach((from, targets) -> targets.stream()
                .filter(to -> targets.stream().noneMatch(way -> !way.equals(to) && reaches(uses, way, to)))
                .forEach(to -> arrows.add(from + " --> " + to)));
        String page = Files.readString(Path.of("docs/architecture.md"));
        String picture = page.substring(page.indexOf("## Packages"), page.indexOf("## States"));

        assertThat(picture.lines().map(String::strip).filter(line -> line.contains(" --> ")))
                .containsExactlyElementsOf(arrows);
    }

    /** The package below io.cxt; all pickups are one. */
    private static String room(JavaClass type) {
        return type.getPackageName().replaceFirst("io\\.cxt\\.?", "").replaceFirst("\\..*", "");
    }

    private static boolean reaches(Map<String, Set<String>> uses, String from, String to) {
        return from.equals(to) || uses.getOrDefault(from, Set.of()).stream().anyMatch(next -> reaches(uses, next, to));
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
        for (Path tests : List.of(
                Path.of("src/test/java"), Path.of("src/browser/java"), Path.of("src/trial/java"), Path.of("src/it"))) {
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
