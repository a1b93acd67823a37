package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mutation;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Samples of every format, spoilt: each becomes entries, whatever stands in it, and no finding quotes it. */
class SpoiltExportsTest {
    private static final int ROUNDS = Integer.getInteger("cxt.fuzz.rounds", 40);
    private static final int LONGEST = 64 * 1024;

    /** Stands in the text of each sample that is spoilt, and must stand in no finding. */
    private static final String CANARY = "zebrafinch";

    @Test
    @Timeout(120)
    void no_reader_fails_or_quotes_what_it_read() throws IOException {
        Mappings mappings = Mappings.load(Path.of("config/mappings"));
        try (Stream<Path> all = Files.list(Path.of("src/test/resources/mappings"))) {
            for (Path sample : all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".expected"))
                    .sorted()
                    .toList()) {
                String name = sample.getFileName().toString();
                String text = Files.readString(sample).replaceAll("(?i)\\b(hello|hi|thanks|order)\\b", CANARY);
                Mutation mutation = new Mutation(name.hashCode(), List.of(text.getBytes(StandardCharsets.UTF_8)));
                for (int round = 0; round < ROUNDS; round++) {
                    byte[] spoilt = mutation.next(LONGEST);
                    read(mappings, name, spoilt, round);
                }
            }
        }
    }

    private static void read(Mappings mappings, String name, byte[] spoilt, int round) throws IOException {
        int entries = 0;
        try (EntryReader reader =
                mappings.open(() -> new ByteArrayInputStream(spoilt), name, new ReadingOptions(false, LONGEST))) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                assertThat(++entries).as("%s, round %s", name, round).isLessThan(10_000);
                assertThat(entry.readable()).isEqualTo(entry.findings().isEmpty());
                assertThat(entry.findings().stream().map(entry::locate).toList().toString())
                        .as("%s, round %s", name, round)
                        .doesNotContain(CANARY);
            }
        }
    }
}
