package io.cxt.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoredTextsTest {
    /** Numbers, and names of targets, instances and outcomes alone. */
    private static final Set<String> NO_TEXT = Set.of("pace", "ledger_id", "tally", "job_receipt", "audit_closing");

    @Test
    void every_table_of_the_ledger_that_can_hold_text_of_others_is_looked_through() throws Exception {
        Set<String> tables = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/io/cxt/db"))) {
            for (Path file : files.toList()) {
                Pattern.compile("CREATE TABLE (\\w+)")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(table -> tables.add(table.group(1)));
            }
        }
        tables.removeAll(NO_TEXT);

        assertThat(StoredTexts.tables()).isEqualTo(tables);
    }
}
