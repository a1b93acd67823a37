package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Mapped;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of what a template leaves out, and of what stands beside a text. */
class SpokenChatTest {
    private static final String TEMPLATE = """
            {"interactionId": "c-1", "customerId": "c", "messages": .m}
            """;

    @TempDir
    Path folder;

    private Entry read(String settings, String... messages) throws IOException {
        Files.writeString(folder.resolve("m.jslt"), TEMPLATE);
        Files.writeString(
                folder.resolve("m.properties"), "format = jslt\nfiles = chats.json\ntemplate = m.jslt\n" + settings);
        String chat = "{\"m\": [" + String.join(",", messages).replace('\'', '"') + "]}";
        return Mapped.read(Mappings.load(folder).forFile("chats.json").orElseThrow(), chat)
                .get(0);
    }

    private static List<String> texts(Entry entry) {
        return entry.transcript().messages().stream().map(ChatMessage::text).toList();
    }

    private static String message(String fields) {
        return "{'by':'agent','who':'a','timestamp':'2024-06-15T09:00:00Z',%s}".formatted(fields);
    }

    @Test
    void a_text_stays_when_the_attachment_beside_it_is_left_out() throws IOException {
        Entry entry = read(
                "",
                message("'text':'see','attachment':'a.png'"),
                message("'html':'<p>and</p>','attachment':'b.png'"),
                message("'html':'<p> </p>','attachment':'c.png'"),
                message("'markdown':'this','attachment':''"),
                message("'attachment':'d.png'"));

        assertThat(texts(entry)).containsExactly("see", "and", "this");
        assertThat(entry.notes()).containsExactly("attachments-dropped:5");
    }

    @Test
    void an_attachment_becomes_a_line_of_its_own_when_the_mapping_says_so() throws IOException {
        Entry entry = read(
                "attachments = text\n",
                message("'text':'see','attachment':'a.png'"),
                message("'html':'<p></p>','attachment':''"));

        assertThat(texts(entry)).containsExactly("see\n[attachment: a.png]", "[attachment]");
        assertThat(entry.notes()).isEmpty();
    }

    @Test
    void a_note_brings_nobody_into_the_chat_and_an_event_does() throws IOException {
        String customer = "{'by':'customer','timestamp':'2024-06-15T09:00:00Z','text':'x'}";

        Entry entry = read(
                "",
                message("'text':'hello'"),
                "{'by':'agent','who':'b','drop':'note','text':'between us'}",
                customer,
                "{'by':'agent','who':'c','drop':'event'}",
                customer);
        Entry alone = read("", customer, "{'by':'agent','who':'b','drop':'note','text':'between us'}");

        assertThat(entry.transcript().messages())
                .extracting(message -> message.to().id())
                .containsExactly("c", "a", "c");
        assertThat(Mapped.findings(alone)).singleElement().asString().contains("was answered by nobody");
    }

    @Test
    void sorted_is_said_only_of_messages_that_are_sent() throws IOException {
        String late = "{'drop':'event','timestamp':'2024-06-15T10:00:00Z'}";
        String second = "{'by':'agent','who':'a','timestamp':'2024-06-15T09:00:01Z','text':'2'}";

        Entry still = read("order = time\n", late, message("'text':'1'"), second);
        Entry moved = read("order = time\n", second, message("'text':'1'"));

        assertThat(still.notes()).containsExactly("events-dropped:1");
        assertThat(moved.notes()).containsExactly("sorted");
        assertThat(texts(moved)).containsExactly("1", "2");
    }

    @Test
    void a_chat_with_several_customers_says_so() throws IOException {
        String agent = "{'by':'agent','who':'a','timestamp':'2024-06-15T09:00:01Z','text':'2'}";
        String other = "{'by':'customer','who':'d','timestamp':'2024-06-15T09:00:02Z','text':'3'}";
        String first = "{'by':'customer','who':'c','timestamp':'2024-06-15T09:00:00Z','text':'1'}";

        assertThat(read("", first, agent, other, other).notes()).containsExactly("more-customers:1");
        assertThat(read("", first, agent, first).notes()).isEmpty();
    }

    @Test
    void a_word_in_no_role_is_said_before_that_nobody_answered() throws IOException {
        Entry entry = read("", "{'by':'stranger','timestamp':'2024-06-15T09:00:00Z','text':'x'}");

        assertThat(Mapped.findings(entry)).singleElement().asString().startsWith("MAP-ROLE");
    }
}
