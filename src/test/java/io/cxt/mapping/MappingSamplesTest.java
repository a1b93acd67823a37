package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.Party;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the mappings that ship make of a sample of each format. Beside each sample stands what a person worked out that it
 * must become: {@code name.expected}.
 */
class MappingSamplesTest {
    private static final Path SAMPLES = Path.of("src/test/resources/mappings");
    private static final String EXPECTED = ".expected";
    private static final Mappings MAPPINGS = Mappings.load(Path.of("config/mappings"));

    @TempDir
    Path folder;

    static Stream<String> samples() throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(EXPECTED))
                    .map(name -> name.substring(0, name.length() - EXPECTED.length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_sample_becomes_what_was_worked_out_by_hand(String name) throws IOException {
        StringBuilder made = new StringBuilder();
        try (EntryReader reader = MAPPINGS.open(file(name), ReadingOptions.DEFAULT)) {
            reader.forEachRemaining(entry -> write(entry, made));
        }

        assertThat(made.toString()).isEqualTo(Files.readString(SAMPLES.resolve(name + EXPECTED)));
    }

    /** The sample; a folder is what stands in a zip. */
    private Path file(String name) throws IOException {
        Path sample = SAMPLES.resolve(name);
        if (!Files.isDirectory(sample)) {
            return sample;
        }
        Path packed = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(packed));
                Stream<Path> files = Files.walk(sample)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(sample.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return packed;
    }

    private static void write(Entry entry, StringBuilder to) {
        if (entry.readable()) {
            to.append("chat %s agent=%s customer=%s%n"
                    .formatted(
                            entry.transcript().interactionId(),
                            entry.transcript().agentId(),
                            entry.transcript().customerId()));
            for (ChatMessage message : entry.transcript().messages()) {
                to.append("  %s %s > %s %s %s%n"
                        .formatted(
                                message.id(),
                                party(message.from()),
                                party(message.to()),
                                message.timestamp().text(),
                                message.text() == null ? null : message.text().replace("\n", "\\n")));
            }
            new Rules().check(entry.transcript(), entry.line()).forEach(finding -> to.append("  ! ")
                    .append(entry.locate(finding).rule().id())
                    .append(' ')
                    .append(entry.locate(finding).message())
                    .append('\n'));
        } else {
            entry.findings().stream()
                    .map(entry::locate)
                    .forEach(finding -> to.append("refused %s line %s: %s%n"
                            .formatted(finding.rule().id(), finding.line(), finding.message())));
        }
        List<String> notes = entry.notes();
        if (!notes.isEmpty()) {
            to.append("  notes ").append(String.join(" ", notes)).append('\n');
        }
    }

    private static String party(@Nullable Party party) {
        return party == null ? "nobody" : party.type() + ":" + party.id();
    }
}
