package io.cxt.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.cxone.CxoneTarget;
import io.cxt.cxone.conversations.Conversations;
import io.cxt.cxone.digital.DigitalFactory;
import io.cxt.fixture.Reading;
import io.cxt.settings.Settings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Origin;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import io.cxt.transcript.TimeBounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own set of bad input, {@code n_} for what is refused and {@code y_} for what is taken; the number is FAULTS'. */
@Timeout(60)
class HostileFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/hostile");

    private final Rules rules = new Rules();
    private final TimeBounds times = new TimeBounds(Instant.parse("1990-01-01T00:00:00Z"), Duration.ofHours(24));
    private CxoneTarget target = new Conversations("");

    static List<Path> refused() throws IOException {
        return files("n_");
    }

    static List<Path> taken() throws IOException {
        return files("y_");
    }

    @ParameterizedTest
    @MethodSource("refused")
    @Tag("fault-39")
    @Tag("fault-40")
    @Tag("fault-41")
    @Tag("fault-42")
    @Tag("fault-43")
    @Tag("fault-44")
    @Tag("fault-45")
    @Tag("fault-46")
    @Tag("fault-48")
    @Tag("fault-49")
    @Tag("fault-50")
    void is_refused_with_a_line_a_rule_and_a_hint_and_nothing_of_it_is_sent(Path file) throws IOException {
        assertThat(verdicts(file)).last().satisfies(findings -> assertThat(findings)
                .isNotEmpty()
                .allMatch(finding -> finding.line() >= 1)
                .allMatch(finding ->
                        !finding.message().isBlank() && !finding.hint().isBlank()));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void is_taken(Path file) throws IOException {
        assertThat(verdicts(file)).containsExactly(List.of());
        target = new DigitalFactory().make(new Settings(name -> null).separately());
        assertThat(verdicts(file)).containsExactly(List.of());
    }

    /** What the routes would say to each transcript of the file. */
    private List<List<Finding>> verdicts(Path file) throws IOException {
        List<List<Finding>> verdicts = new ArrayList<>();
        try (TranscriptReader reader = Reading.open(file, new ReadingOptions(false, 8_388_608))) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                List<Finding> findings = entry.readable() ? broken(entry) : entry.findings();
                verdicts.add(findings);
            }
        }
        return verdicts;
    }

    private List<Finding> broken(Entry entry) {
        List<Finding> broken = rules.check(entry.transcript(), entry.line());
        if (broken.isEmpty()) {
            broken = times.check(entry.transcript(), entry.line(), Instant.now());
        }
        return broken.isEmpty()
                ? target.prepare(entry, new Origin("reading-1", "x", entry.index(), entry.line()), target.limits())
                        .findings()
                : broken;
    }

    private static List<Path> files(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
            assertThat(found).hasSizeGreaterThan(15);
            return found;
        }
    }
}
