package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which role a word or a name stands for. */
class RolesTest {

    @TempDir
    private Path folder;

    private Roles roles(String... changes) throws IOException {
        Mapped.write(folder, changes);
        MappingFile file = MappingFile.read("rows.properties", new MappingFolder(folder));
        Roles roles = Roles.read(file);
        assertThat(file.problems()).isEmpty();
        return roles;
    }

    @ParameterizedTest
    @CsvSource({
        "Supervisor, agent",
        "' AGENT:7\u00A0', agent",
        "agent:, agent",
        "agent:bot-7, bot",
        "agent:bot, customer",
        "Anna, customer",
        "' ', ",
        "x7, event",
        "x, customer",
        "INTERNAL, note",
        "system, system",
    })
    void exact_words_win_over_patterns_and_longer_patterns_over_shorter_ones(String word, String role)
            throws IOException {
        Roles roles = roles(
                "role.customer",
                "*, agent:bot",
                "role.agent",
                "agent:*, supervisor",
                "role.bot",
                "agent:bot*",
                "role.event",
                "x?");

        assertThat(roles.of(word)).isEqualTo(role);
    }

    @Test
    void without_words_each_role_has_its_own_name_and_notes_are_notes() throws IOException {
        Roles roles = roles(
                "role.customer", null, "role.agent", null, "role.bot", null, "role.system", null, "role.note", null);

        assertThat(roles.of("Customer")).isEqualTo("customer");
        assertThat(roles.of("private")).isEqualTo("note");
        assertThat(roles.of("event")).isNull();
        assertThat(roles.of("")).isNull();
    }

    @Test
    void a_mapping_can_say_that_its_word_private_is_no_note() throws IOException {
        Roles roles = roles("role.note", null, "role.agent", "agent, private");

        assertThat(roles.of("private")).isEqualTo("agent");
        assertThat(roles.of("internal")).isEqualTo("note");
    }

    @Test
    void of_two_patterns_of_one_length_the_one_of_notes_comes_first() throws IOException {
        Roles roles = roles("role.agent", "agent*", "role.note", "*inner");

        assertThat(roles.of("agent, inner")).isEqualTo("note");
    }

    @Test
    void a_word_or_a_pattern_under_two_roles_is_a_problem_of_the_file() throws IOException {
        Mapped.write(folder, "role.agent", "a*, internal", "role.customer", "A*", "role.note", "internal");
        MappingFile file = MappingFile.read("rows.properties", new MappingFolder(folder));

        Roles.read(file);

        assertThat(file.problems())
                .map(problem -> problem.substring(problem.indexOf(": ") + 2))
                .containsExactly(
                        "the word a* stands in role.customer and in role.agent; keep it in one of them",
                        "the word internal stands in role.agent and in role.note; keep it in one of them");
    }

    @Test
    void a_long_name_costs_no_more_than_its_length() throws IOException {
        Roles roles = roles("role.customer", "*a*a*a*a*a*a*a*b");

        assertThat(roles.of("a".repeat(100_000))).isNull();
    }

    @Test
    void the_keys_are_one_for_each_role() {
        assertThat(Roles.keys())
                .containsExactly("role.agent", "role.bot", "role.customer", "role.event", "role.note", "role.system");
    }
}
