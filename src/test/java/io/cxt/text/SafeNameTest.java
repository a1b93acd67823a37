package io.cxt.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"ext-1", "EXT_1.json", "a..b", "_", "0", "3f2b8c1e-8d1f-4a66-9a57-0242ac120002", "TS-ORDER"})
    void a_plain_name_stays_as_it_is(String text) {
        assertThat(SafeName.file(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../../etc/passwd",
                "/etc/passwd",
                "C:\\windows",
                "-rf",
                ".hidden",
                "a\nb",
                "a\u0000b",
                "a b",
                "~",
                "a~b",
                "\uD83D\uDE00",
                "\u6F22\u5B57",
                "e\u0301",
                "$(x)`'\"*?"
            })
    void any_other_becomes_a_name_inside_its_folder(String text) {
        String name = SafeName.file(text);

        assertThat(name).matches("[A-Za-z0-9_][A-Za-z0-9_.-]*~[0-9a-f]{12}").hasSizeLessThanOrEqualTo(100);
        assertThat(Path.of("folder").resolve(name).normalize().getParent()).isEqualTo(Path.of("folder"));
    }

    @Test
    void a_name_is_at_most_a_hundred_long() {
        assertThat(SafeName.file("x".repeat(100))).isEqualTo("x".repeat(100));
        assertThat(SafeName.file("x".repeat(101))).hasSizeLessThanOrEqualTo(100).contains("~");
        assertThat(SafeName.file("\uD83D\uDE00".repeat(256))).hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void two_ids_never_share_a_name() {
        String changed = SafeName.file("a/b");
        List<String> ids = List.of(
                "a/b",
                "a\\b",
                "a_b",
                "a b",
                "a\nb",
                changed,
                "../a",
                ".a",
                "-a",
                "_a",
                "",
                "_",
                "x".repeat(300),
                "x".repeat(301),
                "x".repeat(100),
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "A_b",
                "ext-1",
                "EXT-1");

        assertThat(ids.stream().map(SafeName::file)).doesNotHaveDuplicates();
    }

    @Test
    @Tag("fault-56")
    void a_log_line_cannot_be_forged() {
        assertThat(SafeName.log("a\r\nINFO b\u001b[31m\u202E\\"))
                .isEqualTo("a\\u000d\\u000aINFO b\\u001b[31m\\u202e\\u005c");
        assertThat(SafeName.log("\n".repeat(1000))).hasSizeLessThan(210);
    }

    @Test
    @Tag("fault-113")
    void the_value_of_a_pair_in_a_log_line_stays_one_value() {
        assertThat(SafeName.value("ext-1:2/3")).isEqualTo("ext-1:2/3");
        assertThat(SafeName.value("")).isEqualTo("\"\"");
        assertThat(SafeName.value("x conversation=conv-9")).isEqualTo("\"x conversation=conv-9\"");
        assertThat(SafeName.value("x\" reason=\"y\n")).isEqualTo("\"x\\u0022 reason=\\u0022y\\u000a\"");
    }

    @Test
    @Tag("fault-113")
    void json_holds_nothing_that_steers_a_terminal_or_turns_text() throws Exception {
        String text = "\u001b[2J \u007f \u009b2J \u202egpj.exe \u2066 \u200b \u2028 \ufeff";
        String seen = "Gr\u00fc\u00dfe \u65e5\u672c \ud83d\ude80 \"=1+1\"";

        String json = SafeJson.mapper().build().writeValueAsString(List.of(text, seen));
        String bytes =
                new String(SafeJson.mapper().build().writeValueAsBytes(List.of(text, seen)), StandardCharsets.UTF_8);

        for (String written : List.of(json, bytes)) {
            assertThat(written.chars().noneMatch(c -> c < ' ' || c >= 0x7f && c <= 0x9f || c >= 0x200b && c <= 0x2069))
                    .isTrue();
            assertThat(written).doesNotContain("\ufeff").contains("Gr\u00fc\u00dfe \u65e5\u672c");
            assertThat(new ObjectMapper().readValue(written, String[].class)).containsExactly(text, seen);
        }
    }

    @Test
    @Tag("fault-113")
    void what_is_copied_into_a_shell_is_one_argument() throws Exception {
        for (String id : List.of("ext-1", "x'; exit 3; '", "$(exit 3) `exit 3` *")) {
            Process shell = new ProcessBuilder("sh", "-c", "printf %s " + SafeName.shell(id)).start();

            assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(id);
            assertThat(shell.waitFor()).isZero();
        }
    }

    @Test
    @Tag("fault-121")
    void letters_of_any_script_are_shown_and_what_steers_hides_or_is_not_seen_is_escaped_once() {
        String seen = "Gr\u00f6\u00dfe \u65e5\u672c \u05e9\u05dc\u05d5\u05dd \u0939\u093f e\u0301 \ud83d\ude80 \ufffd";
        String unseen =
                "\u0085\u009b\u061c\u200b\u200f\u202a\u202e\u2028\u2066\u2069\ufeff\u00a0\u3000\u3164\u034f\ufe0f\ue000";

        assertThat(SafeName.log(seen)).isEqualTo(seen);
        assertThat(SafeName.log(unseen)).matches("(\\\\u[0-9a-f]{4}){" + unseen.length() + "}");
        assertThat(SafeName.log("\udb40\udc41\ud800")).isEqualTo("\\udb40\\udc41\\ud800");
        assertThat(SafeName.log(SafeName.log(unseen))).isEqualTo(SafeName.log(unseen));
        assertThat(SafeName.log("\\u12 \\x")).isEqualTo("\\u005cu12 \\u005cx");
        assertThat(SafeName.log("\ud83d\ude80".repeat(300)))
                .doesNotContain("\\u")
                .hasSize(200);
    }

    @Test
    @Tag("fault-121")
    void a_name_is_kept_as_given_as_far_as_databases_take_it() {
        String name = "Gr\u00f6\u00dfe \ud83d\ude80 \"x\"\n\u202e.json";

        assertThat(SafeName.kept(name)).isEqualTo(name);
        assertThat(SafeName.kept("a\u0000\ud800b\udc00")).isEqualTo("a\\u0000\\ud800b\\udc00");
        assertThat(SafeName.kept("\ud83d\ude80".repeat(300))).hasSize(200);
        assertThat(SafeName.keptFormerly(name))
                .isEqualTo("Gr\\u00f6\\u00dfe \\ud83d\\ude80 \\u0022x\\u0022\\u000a\\u202e.json");
    }

    @Test
    @Tag("fault-121")
    void what_is_asked_for_is_looked_for_in_every_way_it_may_be_spelt() {
        assertThat(SafeName.spellings(" gr\u00f6.json#7"))
                .contains(" gr\u00f6.json#7", "gr\u00f6.json#7", "gro\u0308.json#7", "gr\\u00f6.json#7");
        assertThat(SafeName.spellings("a\\u202eb")).contains("a\\u202eb", "a\u202eb");
        assertThat(SafeName.spellings("ext-1")).containsExactly("ext-1");
        assertThat(SafeName.spellings("\u00fc".repeat(250) + "#1")).contains("\u00fc".repeat(200) + "#1");
    }
}
