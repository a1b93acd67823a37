package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Mapped;
import io.cxt.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mapping a file goes by, and what is said about a mapping file that cannot be used. */
class MappingsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "chats.csv, rows.properties",
        "CHATS.CSV, rows.properties",
        "a.b c.csv.gz, rows.properties",
        "zendesk-chat.json, zendesk-chat.properties",
        "Zendesk-Chat-2024-06.ndjson.gz, zendesk-chat.properties",
        "chats.json, ",
        "chats.csv.zip, ",
        "xcsv, ",
    })
    void a_file_goes_by_the_mapping_whose_pattern_its_name_has(String fileName, String mapping) {
        assertThat(Mappings.shipped().forFile(fileName).map(Mapping::name).orElse(null))
                .isEqualTo(mapping);
    }

    @Test
    void a_file_that_two_mappings_take_is_refused_with_both_names() throws IOException {
        Mapped.write(folder, "files", "*.csv");
        Files.copy(folder.resolve("rows.properties"), folder.resolve("other.properties"));
        Mapped.write(folder, "files", "shop-*.csv, *.tsv");
        Mappings mappings = Mappings.load(folder);

        assertThat(mappings.forFile("shop-1.csv")).get().satisfies(mapping -> assertThat(
                        Mapped.findings(Mapped.read(mapping, "anything").get(0)))
                .containsExactly("MAP-AMBIGUOUS line 1: two mappings take a file of this name: other.properties and"
                        + " rows.properties"));
        assertThat(mappings.forFile("chats.csv"))
                .get()
                .extracting(Mapping::name)
                .isEqualTo("other.properties");
    }

    @Test
    void the_same_pattern_in_two_files_stops_the_start() throws IOException {
        Mapped.write(folder);
        Files.copy(folder.resolve("rows.properties"), folder.resolve("other.properties"));

        assertThat(problems())
                .singleElement()
                .asString()
                .contains("rows.properties: files has the pattern *.csv, and so has ")
                .contains("other.properties. One file can go by one mapping only");
    }

    @Test
    void all_problems_of_all_files_are_said_at_once() throws IOException {
        Mapped.write(
                folder,
                "files",
                "in/*.csv, *, *.csv.gz",
                "delimiter",
                "xx",
                "quote",
                "`",
                "colunm.text",
                "x",
                "column.agentId",
                null,
                "column.role",
                null,
                "role.bot",
                "agent",
                "timestamp",
                "unix");
        Files.writeString(folder.resolve("b.properties"), "files = *.x\nformat = yaml\n");
        Files.writeString(
                folder.resolve("c.properties"), "files = *.y\nformat = jslt\ntemplate = none.jslt\neach = x\n");

        assertThat(problems())
                .map(problem -> problem.substring(problem.lastIndexOf('/', problem.indexOf(".properties: ")) + 1))
                .containsExactly(
                        "b.properties: format is yaml; allowed: csv, jslt, text, xml",
                        "c.properties: each is x; allowed: a dot for the document itself, or names with a / before each, for"
                                + " example /chats, /data/chats, or /docs/* for the values of an object; several with"
                                + " commas between",
                        "c.properties: template is none.jslt, which cannot be read (NoSuchFileException); it must stand"
                                + " beside this file",
                        "rows.properties: files has the pattern in/*.csv; allowed: the name of a file without folders,"
                                + " with * for any characters and ? for one",
                        "rows.properties: files has the pattern *, which takes every file; write at least an ending, like"
                                + " *.csv",
                        "rows.properties: files has the pattern *.csv.gz; leave out .gz, packed files are taken by the same"
                                + " pattern",
                        "rows.properties: there is no property colunm.text. The nearest is column.text",
                        "rows.properties: column.agentId is not set: the name of the column that holds it, as in the first"
                                + " row of the file",
                        "rows.properties: who wrote a message is not said: set column.role, or all of column.from.id,"
                                + " column.from.type, column.to.id and column.to.type",
                        "rows.properties: delimiter is xx; allowed: , ; | : or the word tab",
                        "rows.properties: quote is `; allowed: \" or ' or the word none",
                        "rows.properties: the word agent stands in role.agent and in role.bot; keep it in one of them",
                        "rows.properties: timestamp is unix; allowed: rfc3339, iso, epoch-seconds, epoch-millis, epoch-micros,"
                                + " epoch-auto, excel, or the word pattern with a pattern behind it, for example pattern dd.MM.yyyy HH:mm:ss");
    }

    @Test
    void a_template_that_does_not_compile_is_named_with_its_line() throws IOException {
        Files.writeString(folder.resolve("a.properties"), "files = *.x\nformat = jslt\ntemplate = a.jslt\n");
        Files.writeString(folder.resolve("a.jslt"), "{\n  \"interactionId\": .id,\n  oops\n}\n");

        assertThat(problems())
                .singleElement()
                .asString()
                .contains("a.properties: template a.jslt does not compile at line 3, column ");
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        assertThatThrownBy(() -> Mappings.load(folder))
                .isInstanceOf(InvalidSettingsException.class)
                .satisfies(refusal -> refusal.getMessage().lines().forEach(problems::add));
        return problems;
    }
}
