package io.cxt.intake;

import static io.cxt.fixture.Chats.chat;
import static io.cxt.fixture.Chats.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.settings.InvalidSettingsException;
import io.cxt.settings.Settings;
import io.cxt.transcript.Entry;
import io.cxt.transcript.ReadingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which chats of a source are brought in. The first message of each chat here is of 2024-06-15T00:00:00Z. */
class SelectionTest {

    @ParameterizedTest
    @CsvSource({
        "2024-06-15T00:00:00Z, '', true",
        "2024-06-15T00:00:01Z, '', false",
        "'', 2024-06-15T00:00:00Z, false",
        "'', 2024-06-15T00:00:01Z, true",
        "2024-06-15, 2024-06-16, true",
        "2024-06-15T02:00:00+02:00, 2024-06-15T02:00:01+02:00, true",
    })
    void a_range_has_its_beginning_and_not_its_end(String since, String until, boolean taken) {
        Selection selection = selection("since", since, "until", until);

        assertThat(selection.takes(Reading.lines(chat("x")).get(0))).isEqualTo(taken);
    }

    @Test
    void the_time_of_a_chat_is_that_of_its_earliest_message_wherever_it_stands() {
        String turned = chat("x").replace("T00:00:00Z", "T01:00:00Z");
        Selection selection = selection("since", "2024-06-15T00:00:02Z");

        assertThat(turned).contains("T00:00:01Z");
        assertThat(selection.takes(Reading.lines(turned).get(0))).isFalse();
    }

    @Test
    void a_sample_is_the_same_each_time_and_a_larger_one_has_all_of_it() {
        List<Entry> all = Reading.lines(lines("chat", 2_000));

        List<String> small = ids(all, selection("sample", "10%"));
        List<String> large = ids(all, selection("sample", "20%"));

        assertThat(small).hasSizeBetween(140, 260).isEqualTo(ids(all, selection("sample", "10%")));
        assertThat(large).containsAll(small).hasSizeBetween(330, 470);
        assertThat(ids(all, selection("sample", "100%"))).hasSize(2_000);
    }

    @Test
    void what_cannot_be_judged_is_taken_so_that_the_rules_say_what_is_wrong_with_it() {
        Selection selection = selection("since", "2030", "sample", "0.000001%");

        assertThat(Reading.lines("{oops\n{\"interactionId\":null,\"messages\":[{\"timestamp\":\"x\"}, null]}"))
                .hasSize(2)
                .allMatch(selection::takes);
    }

    @Test
    void a_limit_counts_selected_chats_and_what_is_left_out_keeps_its_place() {
        String late = lines("late", 3).replace("2024-06-15", "2025-06-15");
        List<Long> leftOut = new ArrayList<>();
        SelectedEntries entries = new SelectedEntries(
                Reading.open(lines("early", 2) + "{oops\n" + late, Form.LINES, ReadingOptions.DEFAULT),
                selection("since", "2025", "limit", "2"),
                entry -> leftOut.add(entry.index()));

        List<Long> taken = new ArrayList<>();
        entries.forEachRemaining(entry -> taken.add(entry.index()));

        assertThat(taken).containsExactly(3L, 4L, 5L);
        assertThat(leftOut).containsExactly(1L, 2L, 6L);
    }

    @Test
    void reading_ends_when_nobody_counts_any_more() {
        SelectedEntries entries = new SelectedEntries(
                Reading.open(lines("early", 5), Form.LINES, ReadingOptions.DEFAULT),
                selection("since", "2025"),
                entry -> entry.index() < 2);

        assertThat(entries.hasNext()).isFalse();
    }

    @Test
    void it_says_in_words_what_it_selects() {
        assertThat(selection().inWords()).isNull();
        assertThat(selection().all()).isTrue();
        assertThat(selection("label", "spring export").all()).isTrue();
        assertThat(selection("since", "2024", "limit", "5", "sample", "0.5%", "label", "spring export")
                        .inWords())
                .isEqualTo("since=2024-01-01T00:00:00Z limit=5 sample=0.5% label=\"spring export\"");
    }

    @Test
    void a_job_keeps_it_in_its_words() {
        Selection all = selection(
                "since", "2024", "until", "2025-01-01T00:00:00.5Z", "limit", "7", "sample", "0.25%", "label", "a b");
        for (Selection each :
                List.of(all, selection("limit", "3"), selection("label", "x"), selection("sample", "5%"))) {
            assertThat(Selection.ofJob(each.withJob("exports/*.json"))).isEqualTo(each);
        }
        assertThat(Selection.ofJob(Selection.ALL.withJob("exports/*.json"))).isEqualTo(Selection.ALL);
        assertThat(Selection.ofJob(Selection.ALL.withJob("a select: limit=3"))).isEqualTo(Selection.ALL);
        assertThatThrownBy(() -> Selection.ofJob("x select: limit=many")).hasMessageContaining("does not say");
    }

    @ParameterizedTest
    @CsvSource({
        "since, soon, 'pickup.file.select-since is soon; allowed: 2026-11-22'",
        "limit, -1, 'pickup.file.select-limit is -1; allowed: whole numbers from 0'",
        "sample, 0%, 'pickup.file.select-sample is 0%; allowed: above 0 and up to 100, such as 1%'",
        "sample, 101%, 'allowed: above 0 and up to 100, such as 1%'",
        "sample, 1, 'allowed: above 0 and up to 100, such as 1%'",
        "label, 'a\"b', 'allowed: up to 64 of'",
    })
    void what_is_not_allowed_is_named(String name, String value, String words) {
        assertThatThrownBy(() -> selection(name, value))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(words);
        assertThatThrownBy(() -> selection("since", "2025", "until", "2024"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("is not before pickup.file.select-until");
    }

    private static List<String> ids(List<Entry> entries, Selection selection) {
        return entries.stream()
                .filter(selection::takes)
                .map(entry -> entry.transcript().interactionId())
                .toList();
    }

    private static Selection selection(String... values) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < values.length; i += 2) {
            properties.put("pickup.file.select-" + values[i], values[i + 1]);
        }
        Settings settings = new Settings(properties::get);
        Selection selection = Selection.of("file", settings);
        settings.check();
        return selection;
    }
}
