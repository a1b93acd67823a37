package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import io.cxt.text.SafeName;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chats whose rows do not stand together refuse the file, and no other file is refused for it. */
class GroupingTest {

    private static final String HEADER = "conversation_id,agent_id,customer_id,message_id,sender,text,sent_at\n";
    private static final Table TABLE = Table.read(MappingFile.read("rows.properties", new MappingFolder(null)));

    @Test
    void a_chat_that_goes_on_after_another_refuses_the_whole_file() throws IOException {
        List<Entry> entries = Mapped.read(Mapped.rows(), table(List.of("a", "b", "b", "c", "b", "d", "a")));

        assertThat(entries).hasSize(1);
        assertThat(Mapped.findings(entries.get(0)))
                .containsExactly(
                        "CSV-NOT-GROUPED line 6: column conversation_id: the rows of chat b do not stand together:"
                                + " rows 3 to 4, and again row 6");
        assertThat(entries.get(0).findings().get(0).hint()).startsWith("Sort the file by that column");
    }

    @ParameterizedTest
    @CsvSource({
        "chat-1, Chat-1, 3",
        "a b, 'a  b', 3",
        "a b, a\u00A0b, 3",
        "STRASSE, stra\u00DFe, 4",
        "\u00E9-1, e\u0301-1, 3",
        "\u00E9-1, E\u200D\u0301-1, 4",
        "Ab1, \uFF21b1, 3",
        "ab-10, \uFF41\uFF42\uFF0D\uFF11\uFF10, 4"
    })
    @Tag("fault-81")
    void two_ids_that_look_the_same_refuse_the_file_whether_they_stand_together_or_not(
            String one, String other, int line) throws IOException {
        List<String> apart = line == 3 ? List.of(one, other) : List.of(one, "x", other);

        assertThat(Mapped.findings(Mapped.read(Mapped.rows(), table(apart)).get(0)))
                .containsExactly(
                        "CSV-ID-ALIKE line %d: row %d, column conversation_id: chat %s differs from chat %s in row 2 by case, blanks or form of characters alone"
                                .formatted(line, line, SafeName.log(other), SafeName.log(one)));
    }

    @Test
    void an_id_cannot_forge_a_line_of_a_log() throws IOException {
        Entry refused = Mapped.read(Mapped.rows(), table(List.of("\"x\ny\"", "b", "\"x\ny\"")))
                .get(0);

        assertThat(Mapped.findings(refused)).singleElement().asString().contains("chat x\\u000ay do not");
    }

    @RepeatedTest(300)
    void the_check_says_what_a_full_comparison_says_even_when_ids_share_their_bits(RepetitionInfo repetition)
            throws IOException {
        List<String> ids = ids(new Random(repetition.getCurrentRepetition()));
        SeenIds colliding = new SeenIds(id -> id.hashCode() & 3);

        List<Finding> findings = check(table(ids), colliding);

        assertThat(findings.isEmpty()).isEqualTo(standTogether(ids));
        assertThat(findings).allMatch(finding -> finding.rule() == Reason.CSV_NOT_GROUPED);
    }

    @Test
    void a_million_ids_give_no_alarm_and_each_is_known_again() throws IOException {
        try (SeenIds seen = new SeenIds()) {
            for (int i = 0; i < 1_000_000; i++) {
                assertThat(seen.add("chat-" + i)).isTrue();
            }

            assertThat(seen.held()).isEqualTo(16 * 1024 * 1024);
            for (int i = 0; i < 1_000_000; i += 997) {
                assertThat(seen.add("chat-" + i)).isFalse();
            }
        }
    }

    @Test
    @Tag("fault-107")
    void of_files_with_very_many_chats_one_at_a_time_fills_the_memory() throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(12);
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try {
            List<Callable<Void>> files = Collections.nCopies(12, () -> {
                try (SeenIds seen = new SeenIds()) {
                    long before = 0;
                    for (int i = 0; i < 200_000; i++) {
                        seen.add("chat-" + i);
                        long now = seen.held();
                        if (now != before) {
                            most.accumulateAndGet(held.addAndGet(now - before), Math::max);
                            before = now;
                        }
                    }
                    held.addAndGet(-before);
                }
                return null;
            });

            for (Future<Void> file : readers.invokeAll(files)) {
                file.get();
            }
        } finally {
            readers.shutdownNow();
        }
        assertThat(most.get()).isLessThanOrEqualTo((4 + 12) * 1024 * 1024L);
    }

    /** Some chats of some rows; now and then one of them goes on later. */
    private static List<String> ids(Random random) {
        List<String> ids = new ArrayList<>();
        int chats = 1 + random.nextInt(12);
        for (int chat = 0; chat < chats; chat++) {
            String id = "c" + (random.nextInt(20) == 0 ? random.nextInt(chat + 1) : chat);
            for (int row = random.nextInt(3); row >= 0; row--) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static boolean standTogether(List<String> ids) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            boolean begins = i == 0 || !ids.get(i).equals(ids.get(i - 1));
            if (begins && !seen.add(ids.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<Finding> check(String table, SeenIds seen) throws IOException {
        byte[] bytes = table.getBytes(StandardCharsets.UTF_8);
        return new TableCheck(() -> new ByteArrayInputStream(bytes), TABLE, 10_000, seen).findings();
    }

    private static String table(List<String> ids) {
        StringBuilder table = new StringBuilder(HEADER);
        ids.forEach(id -> table.append(id).append(",agt,cust,m,agent,Hello,2024-06-15T09:00:00Z\n"));
        return table.toString();
    }
}
