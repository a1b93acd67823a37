package io.cxt.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/audit-format.md is what the program computes. */
class AuditFormatPageTest {
    @TempDir
    Path folder;

    @Test
    void the_hashes_and_the_signature_of_the_example_are_real() throws Exception {
        String page = Files.readString(Path.of("docs/audit-format.md"));
        List<JsonNode> events = new ArrayList<>();
        for (String line : block(page, "json", 0).split("\n")) {
            events.add(new ObjectMapper().readTree(line));
        }
        Path key = Files.writeString(folder.resolve("key.pem"), block(page, "text", 2));
        Checkpoint signed = Checkpoint.parse(block(page, "text", 1).strip());

        String before = AuditChain.Head.NONE.hash();
        for (JsonNode event : events) {
            assertThat(event.fieldNames()).toIterable().containsExactly(AuditChain.COLUMNS.split(", "));
            before = AuditChain.hash(before, columns(event));
            assertThat(event.get("hash").asText()).isEqualTo(before);
        }
        byte[] text = block(page, "text", 0).strip().getBytes(StandardCharsets.UTF_8);
        assertThat(HexFormat.of().formatHex(AuditChain.sha256().digest(text)))
                .isEqualTo(events.get(0).get("hash").asText());
        assertThat(signed.hash()).isEqualTo(before);
        assertThat(signed.signedBy(SigningKey.read(key))).isTrue();
        Closing closing = Closing.parse(block(page, "text", 3).strip());
        assertThat(closing.signedBy(SigningKey.read(key))).isTrue();
        assertThat(closing.end()).isEqualTo(signed.end());
        byte[] row = block(page, "text", 4).strip().getBytes(StandardCharsets.UTF_8);
        assertThat(closing.rested())
                .isEqualTo(Closing.Rested.NONE.plus(
                        HexFormat.of().formatHex(AuditChain.sha256().digest(row))));
    }

    @Test
    void the_page_lists_the_columns_in_the_order_of_the_hash() throws Exception {
        String page = Files.readString(Path.of("docs/audit-format.md"));
        String table = page.substring(page.indexOf("| column |"), page.indexOf("Each instance has a chain"));

        assertThat(Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                        .matcher(table)
                        .results()
                        .map(row -> row.group(1)))
                .containsExactly(AuditChain.COLUMNS.split(", "));
    }

    private static @Nullable Object[] columns(JsonNode event) {
        List<@Nullable Object> columns = new ArrayList<>();
        event.forEach(
                value -> columns.add(value.isNull() ? null : value.isNumber() ? value.longValue() : value.asText()));
        return columns.toArray();
    }

    private static String block(String page, String language, int number) {
        return page.split("```" + language + "\n")[number + 1].split("```")[0];
    }
}
