package io.cxt.cxone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.cxone.conversations.Conversations;
import io.cxt.fixture.AnyTranscript;
import io.cxt.fixture.Reading;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Rules;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** What holds for every transcript that keeps the rules, tried on thousands of odd ones. */
@Tag("slow")
@Tag("bulk")
class AnyTranscriptIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Rules RULES = new Rules();

    private final Conversations target = new Conversations("");

    @Provide
    Arbitrary<Transcript> transcripts() {
        return AnyTranscript.of(25);
    }

    @Property
    boolean is_read_as_it_was_written(
            @ForAll("transcripts") Transcript transcript, @ForAll boolean ascii, @ForAll boolean snakeCase) {
        String text = AnyTranscript.json(transcript, ascii, snakeCase);

        return transcript.equals(only(Reading.document(text)).transcript())
                && transcript.equals(only(Reading.document("[" + text + "]")).transcript())
                && transcript.equals(only(Reading.lines(text)).transcript());
    }

    @Property
    void breaks_no_rule(@ForAll("transcripts") Transcript transcript) {
        assertThat(RULES.check(transcript, 1)).isEmpty();
        assertThat(Rules.sorted(transcript)).isSameAs(transcript);
    }

    @Property
    void is_the_same_when_it_is_cut_and_joined_again(
            @ForAll("transcripts") Transcript transcript,
            @ForAll @IntRange(min = 1, max = 30) int maxMessages,
            @ForAll @IntRange(min = 300, max = 9_000) int maxBytes) {
        Entry entry = only(Reading.document(AnyTranscript.json(transcript, false, false)));
        Limits limits = new Limits(maxMessages, maxBytes, true);

        Prepared prepared = target.prepare(entry, new Origin("reading-1", "chats.json", 1, 1), limits);

        if (prepared.refused()) {
            assertThat(prepared.parts()).isEmpty();
            assertThat(prepared.findings()).extracting(Finding::rule).containsOnly(Reason.MSG_SIZE);
            return;
        }
        assertThat(messages(prepared.parts())).isEqualTo(messages(whole(entry)));
        assertThat(ids(messages(prepared.parts()))).doesNotHaveDuplicates();
        for (int i = 0; i < prepared.parts().size(); i++) {
            Part part = prepared.parts().get(i);
            JsonNode body = body(part);
            assertThat(part.payload().length).isLessThanOrEqualTo(maxBytes);
            assertThat(part.messages())
                    .isBetween(1, maxMessages)
                    .isEqualTo(body.get("messages").size());
            assertThat(part.part()).isEqualTo(i + 1);
            assertThat(body.at("/properties/interactionId").textValue()).isEqualTo(transcript.interactionId());
            assertThat(body.at("/properties/part").asInt(1)).isEqualTo(i + 1);
            assertThat(body.at("/properties/parts").asInt(1))
                    .isEqualTo(prepared.parts().size());
        }
        assertThat(new HashSet<>(
                        prepared.parts().stream().map(Part::idempotencyKey).toList()))
                .hasSameSizeAs(prepared.parts());
    }

    @Property
    void reaches_cxone_word_for_word_and_in_its_order(@ForAll("transcripts") Transcript transcript) {
        Entry entry = only(Reading.lines(AnyTranscript.json(transcript, true, false)));

        List<JsonNode> sent = messages(whole(entry));

        assertThat(sent).hasSameSizeAs(transcript.messages());
        for (int i = 0; i < sent.size(); i++) {
            ChatMessage message = transcript.messages().get(i);
            assertThat(sent.get(i).get("text").textValue()).isEqualTo(message.text());
            assertThat(sent.get(i).get("timestamp").textValue())
                    .isEqualTo(message.timestamp().text());
            assertThat(sent.get(i).at("/from/id").textValue())
                    .isEqualTo(message.from().id());
            assertThat(sent.get(i).at("/to/type").textValue())
                    .isEqualTo(message.to().type());
            assertThat(message.id() == null
                            || message.id().equals(sent.get(i).get("id").textValue()))
                    .isTrue();
        }
    }

    @Property
    void out_of_order_is_refused_or_sorted_without_loss(
            @ForAll("transcripts") Transcript transcript, @ForAll long seed) {
        List<ChatMessage> messages = new ArrayList<>(transcript.messages());
        Collections.shuffle(messages, new Random(seed));
        Transcript shuffled =
                new Transcript(transcript.interactionId(), transcript.agentId(), transcript.customerId(), messages);
        boolean inOrder = messages.stream()
                .map(m -> m.timestamp().instant())
                .toList()
                .equals(transcript.messages().stream()
                        .map(m -> m.timestamp().instant())
                        .toList());

        Set<Reason> broken = new HashSet<>(
                RULES.check(shuffled, 1).stream().map(Finding::rule).toList());
        Transcript sorted = Rules.sorted(shuffled);

        assertThat(broken).isEqualTo(inOrder ? Set.of() : Set.of(Reason.TS_ORDER));
        assertThat(sorted.messages()).containsExactlyInAnyOrderElementsOf(transcript.messages());
        assertThat(RULES.check(sorted, 1)).isEmpty();
    }

    private List<Part> whole(Entry entry) {
        Limits none = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, false);
        return target.prepare(entry, new Origin("reading-1", "chats.json", 1, 1), none)
                .parts();
    }

    private static List<JsonNode> messages(List<Part> parts) {
        List<JsonNode> messages = new ArrayList<>();
        parts.forEach(part -> body(part).get("messages").forEach(messages::add));
        return messages;
    }

    private static List<String> ids(List<JsonNode> messages) {
        return messages.stream().map(message -> message.get("id").textValue()).toList();
    }

    private static JsonNode body(Part part) {
        try {
            return JSON.readTree(part.payload());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry only(List<Entry> entries) {
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).findings()).isEmpty();
        return entries.get(0);
    }
}
