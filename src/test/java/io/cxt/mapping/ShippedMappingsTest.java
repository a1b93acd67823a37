package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.RereadableSource;
import io.cxt.fixture.Mapped;
import io.cxt.fixture.Reading;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Party;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the mappings that ship make of exports as they look in life. */
class ShippedMappingsTest {

    private static final Path SAMPLES = Path.of("src/test/resources/mappings");

    @Test
    void the_jar_holds_all_that_the_folder_holds() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("config/mappings"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".properties")))
                    .containsExactlyInAnyOrderElementsOf(Mappings.SHIPPED);
        }
        assertThat(Mappings.shipped().all()).hasSize(Mappings.SHIPPED.size());
    }

    @Test
    void a_table_becomes_a_transcript_for_each_chat() throws IOException {
        List<Entry> entries = sample(Mapped.rows(), "rows.csv");

        assertThat(entries).allSatisfy(ShippedMappingsTest::isAcceptable);
        assertThat(entries)
                .extracting(entry -> entry.transcript().interactionId())
                .containsExactly("c-1", "c-2");
        assertThat(entries).extracting(Entry::line).containsExactly(2L, 5L);
        assertThat(entries.get(0).transcript().messages().get(0).text())
                .isEqualTo("Hello, my parcel\ndid not \"arrive\".");
        assertThat(entries.get(1).transcript().agentId()).isEqualTo("agt-2");
        assertThat(entries.get(1).transcript().messages())
                .extracting(ChatMessage::from)
                .containsExactly(
                        new Party("bot", "bot"), new Party("cust-2", "customer"), new Party("system", "system"));
        assertThat(entries.get(1).transcript().messages())
                .extracting(ChatMessage::to)
                .containsExactly(
                        new Party("cust-2", "customer"), new Party("agt-2", "agent"), new Party("cust-2", "customer"));
    }

    @Test
    void chats_of_zendesk_become_transcripts_and_the_others_are_refused_with_the_reason() throws IOException {
        List<Entry> entries = sample(Mapped.zendesk(), "zendesk-chat.json");

        assertThat(entries).extracting(Entry::readable).containsExactly(true, true, false, false);
        assertThat(entries.subList(0, 2)).allSatisfy(ShippedMappingsTest::isAcceptable);
        Entry first = entries.get(0);
        assertThat(first.notes()).containsExactly("events-dropped:3", "attachments-dropped:1");
        assertThat(first.transcript().messages())
                .extracting(ChatMessage::from)
                .containsExactly(
                        new Party("1.visitor-1", "customer"), new Party("trigger", "bot"), new Party("71", "agent"));
        assertThat(entries.get(1).transcript().messages())
                .extracting(ChatMessage::from)
                .containsExactly(new Party("1.visitor-2", "customer"), new Party("73", "agent"));
        assertThat(Mapped.findings(entries.get(2)))
                .singleElement()
                .asString()
                .startsWith("MAP-REFUSED line 37: chat 3: is an offline message");
        assertThat(entries.get(2).raw()).asString().contains("Please call me.");
        assertThat(Mapped.findings(entries.get(3)))
                .singleElement()
                .asString()
                .contains("chat 4: was answered by nobody");
        assertThat(entries.get(3).notes()).containsExactly("export-cut:count=5,here=4");
    }

    @Test
    @Tag("fault-83")
    void a_visitor_of_zendesk_writes_to_the_agent_who_wrote_or_joined_last() throws IOException {
        String chat = zendesk(
                "[11,22,33]",
                visitor("1", "before anybody"),
                event("chat.memberjoin", "agent:trigger"),
                event("chat.memberjoin", "agent:22"),
                visitor("2", "to who joined"),
                agent("11"),
                visitor("3", "to who wrote"),
                event("chat.memberjoin", "visitor"),
                event("chat.memberjoin", "agent:33"),
                event("chat.memberleave", "agent:11"),
                visitor("4", "to who took over"),
                "{\"type\":\"chat.msg\",\"sender_type\":\"Trigger\",\"nick\":\"agent:trigger\",\"msg\":\"x\",\"timestamp\":\"2024-06-15T09:00:00Z\"}",
                "{\"type\":\"chat.msg\",\"sender_type\":\"Agent\",\"name\":\"B\",\"msg\":\"x\",\"timestamp\":\"2024-06-15T09:00:00Z\"}",
                visitor("5", "still"),
                "{\"type\":\"chat.file\",\"sender_type\":\"Agent\",\"agent_id\":44,\"timestamp\":\"2024-06-15T09:00:00Z\"}",
                visitor("6", "to who sent a file"));

        Entry entry = Mapped.read(Mapped.zendesk(), chat).get(0);

        isAcceptable(entry);
        assertThat(entry.transcript().messages())
                .filteredOn(message -> message.from().type().equals("customer"))
                .extracting(message -> message.to().id())
                .containsExactly("22", "22", "11", "33", "33", "44");
        assertThat(entry.transcript().messages())
                .filteredOn(message -> message.from().type().equals("agent"))
                .extracting(message -> message.from().id())
                .containsExactly("11", "33");
        assertThat(entry.transcript().agentId()).isEqualTo("11");
        assertThat(Mapped.read(Mapped.zendesk(), zendesk("[7]", visitor("1", "alone")))
                        .get(0)
                        .transcript()
                        .messages()
                        .get(0)
                        .to())
                .isEqualTo(new Party("7", "agent"));
    }

    /** Looked up by halves: one after the other it would take minutes. */
    @Test
    @Timeout(60)
    void a_chat_of_twenty_thousand_messages_is_mapped_in_no_time() throws IOException {
        String[] history = new String[20_000];
        for (int i = 0; i < history.length; i += 2) {
            history[i] = agent("" + i);
            history[i + 1] = visitor("v" + i, "x");
        }

        Entry entry = Mapped.read(Mapped.zendesk(), zendesk("[0]", history)).get(0);

        assertThat(entry.transcript().messages().get(19_999).to().id()).isEqualTo("19998");
    }

    private static String zendesk(String agents, String... history) {
        return "{\"id\":\"z-1\",\"type\":\"chat\",\"visitor\":{\"id\":\"v\"},\"agent_ids\":%s,\"history\":[%s]}"
                .formatted(agents, String.join(",", history));
    }

    private static String visitor(String id, String text) {
        return "{\"type\":\"chat.msg\",\"msg_id\":\"%s\",\"nick\":\"visitor\",\"msg\":\"%s\",\"timestamp\":\"2024-06-15T09:00:00Z\"}"
                .formatted(id, text);
    }

    private static String agent(String id) {
        return "{\"type\":\"chat.msg\",\"nick\":\"agent:%s\",\"msg\":\"x\",\"timestamp\":\"2024-06-15T09:00:00Z\"}"
                .formatted(id);
    }

    private static String event(String type, String nick) {
        return "{\"type\":\"%s\",\"nick\":\"%s\",\"timestamp\":\"2024-06-15T09:00:00Z\"}".formatted(type, nick);
    }

    @Test
    void what_was_mapped_can_be_dropped_again_as_it_stands_in_the_dead_letter() throws IOException {
        List<Entry> mapped = sample(Mapped.rows(), "rows.csv");
        mapped.add(sample(Mapped.zendesk(), "zendesk-chat.json").get(0));

        assertThat(mapped).allSatisfy(entry -> assertThat(Reading.of(entry.raw(), Form.DOCUMENT))
                .singleElement()
                .satisfies(again -> assertThat(again.transcript()).isEqualTo(entry.transcript())));
    }

    @Test
    void nothing_of_a_person_is_in_a_finding() throws IOException {
        String chat = "{\"id\":\"z-1\",\"type\":\"chat\",\"visitor\":{\"id\":\"v\"},\"agent_ids\":[\"7\"],\"history\":["
                + "{\"type\":\"chat.memberjoin\"},"
                + "{\"type\":\"chat.msg\",\"nick\":\"SECRET\",\"msg\":{\"SECRET\":1},\"timestamp\":\"SECRET\"}]}";

        Entry entry = Mapped.read(Mapped.zendesk(), chat).get(0);

        assertThat(Mapped.findings(entry))
                .containsExactly("JSON-TYPE line 1: chat 1, /history/1: must be a string, not an object");
        assertThat(new Rules()
                        .check(
                                sample(Mapped.zendesk(), "zendesk-chat.json")
                                        .get(0)
                                        .transcript(),
                                1))
                .isEmpty();
    }

    @Test
    void an_id_that_is_missing_is_not_the_word_null() throws IOException {
        String chat = "{\"type\":\"chat\",\"agent_ids\":[\"7\"],\"history\":["
                + "{\"type\":\"chat.msg\",\"nick\":\"visitor\",\"msg\":\"a\",\"timestamp\":\"2024-06-15T09:00:00Z\"}]}";

        Entry entry = Mapped.read(Mapped.zendesk(), chat).get(0);

        assertThat(new Rules().check(entry.transcript(), 1))
                .map(entry::locate)
                .extracting(finding -> finding.rule() + " " + finding.message())
                .containsExactly(
                        Reason.ID_CUSTOMER + " chat 1: is missing",
                        Reason.ID_INTERACTION + " chat 1: is missing",
                        Reason.MSG_PARTY + " chat 1, /history/0: needs an id");
    }

    private static void isAcceptable(Entry entry) {
        assertThat(entry.findings()).isEmpty();
        assertThat(new Rules().check(entry.transcript(), entry.line())).isEmpty();
    }

    private static List<Entry> sample(Mapping mapping, String file) throws IOException {
        return Mapped.read(mapping, RereadableSource.of(SAMPLES.resolve(file)), ReadingOptions.DEFAULT);
    }
}
