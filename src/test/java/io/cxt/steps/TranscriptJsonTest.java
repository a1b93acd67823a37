package io.cxt.steps;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.transcript.Transcript;
import io.cxt.transcript.TranscriptReader.Options;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptJsonTest {
    private final TranscriptJson json = new TranscriptJson(Options.DEFAULT);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"interactionId\":\"one\",\"messages\":[]}",
                "{\"interactionId\":\"one\",\"agentId\":\"a\",\"customerId\":\"c\",\"messages\":[{\"id\":\"1\",\"text\":\"\\u0000é\\uD83D\\uDE00 \\\"\\\\\",\"timestamp\":\"no time\",\"type\":\"text\",\"format\":\"plain\"}]}"
            })
    void what_was_left_out_stays_out_and_all_else_comes_back(String text) throws Exception {
        String escaped = text.replace("\\u0000", " ");
        Transcript transcript = json.fromJson(escaped);

        assertThat(json.fromJson(json.toJson(transcript))).isEqualTo(transcript);
        assertThat(new ObjectMapper().readTree(json.toJson(transcript)))
                .isEqualTo(new ObjectMapper().readTree(escaped));
    }

    @Test
    void takes_text_bytes_and_a_tree() throws Exception {
        Transcript transcript = json.fromJson(chat("one"));

        assertThat(json.fromJson(chat("one").getBytes(StandardCharsets.UTF_8))).isEqualTo(transcript);
        assertThat(json.fromJson(new ObjectMapper().readTree(chat("one")))).isEqualTo(transcript);
    }

    @Test
    void what_is_no_transcript_is_named_without_a_word_of_it() {
        assertThatThrownBy(() -> json.fromJson("{\"secret\":\"4111\"}"))
                .isInstanceOf(SiteStepException.class)
                .hasMessageContaining("JSON-UNKNOWN-FIELD")
                .message()
                .doesNotContain("4111");
        assertThatThrownBy(() -> json.fromJson(Map.of("a", "4111")))
                .hasMessageContaining("Map")
                .message()
                .doesNotContain("4111");
        assertThatThrownBy(() -> json.fromJson(null)).hasMessageContaining("nothing");
    }

    @Test
    void a_template_maps_and_what_is_wrong_with_it_is_named_without_a_word_of_the_chat(@TempDir Path folder)
            throws Exception {
        Transcript one = json.fromJson(chat("one"));
        String good = Files.writeString(folder.resolve("a"), "{\"agentId\": \"team-\" + .agentId, *: .}")
                .toString();
        String cut = Files.writeString(folder.resolve("b"), "{\n \"agentId\": ").toString();
        String wrong = Files.writeString(folder.resolve("c"), "{\n \"agentId\": .agentId / 2, *: .}")
                .toString();

        assertThat(json.jslt(one, good).agentId()).isEqualTo("team-" + one.agentId());
        assertThatThrownBy(() -> json.jslt(one, cut))
                .isInstanceOf(SiteStepException.class)
                .hasMessageContaining(cut + " does not compile");
        assertThatThrownBy(() -> json.jslt(one, wrong))
                .isInstanceOf(SiteStepException.class)
                .hasMessageContaining("at line 2, column ")
                .message()
                .doesNotContain(one.agentId());
        assertThatThrownBy(() -> json.jslt(one, folder.resolve("none").toString()))
                .isInstanceOf(SiteStepException.class)
                .hasMessageContaining("none cannot be read (NoSuchFileException)");
    }
}
