package io.cxt.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cxt.fixture.Transcripts;
import io.cxt.json.TranscriptText;
import io.cxt.json.TranscriptWriter;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Finding;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import io.cxt.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final String VISA = "4111111111111111";
    private static final Redaction CARDS = PolicyTexts.shipped("cards");
    private static final Redaction PERSONAL = PolicyTexts.shipped("personal");

    @TempDir
    Path folder;

    private static String left(Redaction redaction, String text) {
        String left = chat(redaction, text).get(0);
        assertThat(chat(redaction, left)).as("once more").containsExactly(left);
        return left;
    }

    /** What is left of messages of which customer and agent write every other one; with a +, the customer writes all. */
    private static List<String> chat(Redaction redaction, String... texts) {
        boolean one = texts[0].startsWith("+");
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            boolean customer = one || i % 2 == 0;
            messages.add(new ChatMessage(
                    "m" + i,
                    customer ? Transcripts.CUSTOMER : Transcripts.AGENT,
                    customer ? Transcripts.AGENT : Transcripts.CUSTOMER,
                    i == 0 && one ? texts[i].substring(1) : texts[i],
                    MessageTime.of("2024-06-15T09:00:00Z"),
                    null,
                    null));
        }
        return left(redaction, new Transcript("i-1", "a-1", "c-1", messages)).transcript().messages().stream()
                .map(ChatMessage::text)
                .toList();
    }

    private static Entry left(Redaction redaction, Transcript transcript) {
        return redaction.left(new Entry(1, 1, new byte[0], transcript, List.of(), List.of("sorted"), 0), transcript);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4111111111111111",
                "4111 1111 1111 1111",
                "4111-1111-1111-1111",
                "4111\u00a01111\u00a01111\u00a01111",
                "4111 - 1111 - 1111 - 1111",
                "4111.1111.1111.1111",
                "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                "4111\u20131111\u20131111\u20131111",
                "\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11",
                "\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
                "41\u200b11 1111 1111 1111",
                "378282246310005",
                "3782 822463 10005",
                "5555555555554444",
                "2223003122003222",
                "6011111111111117",
                "30569309025904",
                "3530111333300000",
                "6200000000000005",
                "6759649826438453",
                "4222222222222"
            })
    void a_card_number_is_masked_however_it_is_written(String number) {
        assertThat(left(CARDS, number)).isEqualTo("[card]");
        assertThat(left(CARDS, "my card (" + number + "), thanks")).isEqualTo("my card ([card]), thanks");
        assertThat(left(CARDS, "Visa:" + number + " 12/27")).isEqualTo("Visa:[card] 12/27");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4111111111111112",
                "order 1234567890123456",
                "94111111111111111111",
                "2024-01-15 10:30, 2024-01-16 11:45",
                "0000000000000000",
                "1Z999AA10123456784",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "ab4111111111111111cdef0123",
                "conversation 550e8400-e29b-41d4-a716-446655440000",
                "call me 12 34"
            })
    void what_only_looks_like_a_card_number_stays(String text) {
        assertThat(left(CARDS, text)).isEqualTo(text);
    }

    @Test
    void a_card_number_goes_on_in_the_next_message_of_its_party() {
        assertThat(chat(CARDS, "+it is 4111 1111", "1111 1111 ok?")).containsExactly("it is [card]", "[card] ok?");
        assertThat(chat(CARDS, "4111", "yes?", "1111", "go on", "1111", "and?", "1111"))
                .containsExactly("[card]", "yes?", "[card]", "go on", "[card]", "and?", "[card]");
        assertThat(chat(CARDS, "4111 1111", "1111 1111")).containsExactly("4111 1111", "1111 1111"); // two parties
        assertThat(chat(CARDS, "+4111 1111", "sorry, no", "1111 1111"))
                .containsExactly("4111 1111", "sorry, no", "1111 1111");
    }

    @ParameterizedTest
    @CsvSource({
        "cvv 123, cvv [cvv]",
        "CVV: 1234., CVV: [cvv].",
        "cvv123, cvv[cvv]",
        "my security code is 123, my security code is [cvv]",
        "the cvc2 on it: 1 2 3 ok, the cvc2 on it: [cvv] ok",
        "123 is my cvv, [cvv] is my cvv",
        "cvv for the card ending in 4242 is 987, cvv for the card ending in 4242 is [cvv]",
        "exp 12/27 cvv 123 for order 4567, exp 12/27 cvv [cvv] for order 4567",
        "Die Prüfziffer ist 321, Die Prüfziffer ist [cvv]",
        "das ist der Sicherheitscode 4321, das ist der Sicherheitscode [cvv]",
        "cvv 12345, cvv 12345",
        "room 123, room 123",
        "we have 250 seats, we have 250 seats"
    })
    void the_digits_on_a_card_are_known_by_the_words_near_them(String text, String left) {
        assertThat(left(CARDS, text)).isEqualTo(left);
    }

    @Test
    void the_digits_that_one_message_asks_for_are_the_answer_in_the_next() {
        assertThat(chat(CARDS, "hi", "And the CVV please?", "it's 123", "thanks"))
                .containsExactly("hi", "And the CVV please?", "it's [cvv]", "thanks");
        assertThat(chat(CARDS, "hi", "And the room?", "123")).containsExactly("hi", "And the room?", "123");
    }

    @ParameterizedTest
    @CsvSource({
        "IBAN DE89 3704 0044 0532 0130 00 bitte, IBAN [iban] bitte",
        "gb82west12345698765432, [iban]",
        "GB82-WEST-1234-5698-7654-32., [iban].",
        "NO93 8601 1117 947, [iban]",
        "MT84MALT011000012345MTLCAST001S, [iban]",
        "DE88 3704 0044 0532 0130 00, DE88 3704 0044 0532 0130 00",
        "mail jane.doe+x@example.co.uk!, mail [email]!",
        "an <jörg@müller.example>, an <[email]>",
        "at noon @home, at noon @home",
        "a@b, a@b",
        "call +49 30 901820 today, call [phone] today",
        "call (212) 155-0123 or 112.555.0199, call (212) 155-0123 or 112.555.0199",
        "call (650) 253-0000 or 650.253.0001, call [phone] or [phone]",
        "tel +442079460018 x12., tel [phone]."
    })
    void personal_data_is_found_by_its_rules(String text, String left) {
        assertThat(left(PERSONAL, text)).isEqualTo(left);
    }

    @Test
    void each_action_leaves_what_it_says() {
        Redaction redaction = PolicyTexts.of(
                folder,
                "version = 7",
                "card.action = keep-last-4",
                "iban.action = hash",
                "email.action = remove",
                "own.member.pattern = MEM-[0-9]{6}",
                "own.member.action = hash");

        assertThat(left(redaction, "card 4111 1111 1111 1111.")).isEqualTo("card [card:****1111].");
        assertThat(left(redaction, "to a@example.com: hi")).isEqualTo("to : hi");
        String one = left(redaction, "DE89 3704 0044 0532 0130 00");
        assertThat(one).matches("\\[iban:[a-p]{16}\\]").isEqualTo(left(redaction, "de89370400440532013000"));
        assertThat(left(redaction, "MEM-123456"))
                .matches("\\[member:[a-p]{16}\\]")
                .isNotEqualTo(left(redaction, "MEM-123457"));
        assertThat(redaction.label()).matches("test/7/[0-9a-f]{12}");
    }

    @Test
    void what_is_removed_brings_nothing_together() {
        Redaction redaction = PolicyTexts.of(folder, "version=1", "card.action=remove");

        String left = left(redaction, "4111 1111 " + VISA + " 1111 1111");

        assertThat(CARDS.found(left)).isEmpty();
    }

    @Test
    void what_is_allowed_stays() {
        Redaction redaction = PolicyTexts.of(
                folder,
                "version=1",
                "card.action=mask",
                "card.allow=4111111111111111, 5555555555554444",
                "email.action=mask",
                "email.allow-pattern=.*@example\\\\.com");

        assertThat(left(redaction, "4111-1111-1111-1111 378282246310005 a@example.com b@example.org"))
                .isEqualTo("4111-1111-1111-1111 [card] a@example.com [email]");
    }

    @Test
    void ids_stay_unless_a_rule_hashes_them() {
        Transcript transcript = new Transcript(
                "i-" + VISA,
                "agent " + VISA,
                "jane@example.com",
                List.of(new ChatMessage(
                        "m-" + VISA,
                        new Party("jane@example.com", "customer " + VISA),
                        new Party("a-1", "agent"),
                        "hi",
                        MessageTime.of("2024-06-15T09:00:00Z"),
                        "text " + VISA,
                        "plain")));
        Redaction hashing = PolicyTexts.of(folder, "version=1", "card.action=hash", "card.ids=true");

        Transcript kept = left(PERSONAL, transcript).transcript();
        Transcript hashed = left(hashing, transcript).transcript();

        assertThat(kept.interactionId()).isEqualTo("i-" + VISA);
        assertThat(kept.customerId()).isEqualTo("jane@example.com");
        assertThat(kept.messages().get(0).from()).isEqualTo(new Party("jane@example.com", "customer [card]"));
        assertThat(kept.messages().get(0).type()).isEqualTo("text [card]");
        assertThat(hashed.interactionId()).matches("i-\\[card:[a-p]{16}\\]");
        assertThat(hashing.withIdLeft(new Entry(1, 1, null, transcript, List.of(), List.of(), 0))
                        .transcript()
                        .interactionId())
                .isEqualTo(hashed.interactionId());
        assertThat(hashed.agentId()).isEqualTo("agent " + hashed.interactionId().substring(2));
        assertThat(hashed.messages().get(0).id()).doesNotContain(VISA);
    }

    @Test
    void the_bytes_are_the_transcript_that_is_left_and_the_counts_are_noted() {
        Transcript received = Transcripts.with(Transcripts.message(5), Transcripts.message(1));
        Entry entry = new Entry(
                        3, 9, "with more fields".getBytes(StandardCharsets.UTF_8), received, List.of(), List.of(), 0)
                .prefixed("AB-");

        Entry left = CARDS.left(entry, entry.transcript());

        Transcript again =
                new TranscriptText(ReadingOptions.DEFAULT).read(new String(left.raw(), StandardCharsets.UTF_8), 1);
        assertThat(again).isEqualTo(received); // without the prefix, which it gets again
        assertThat(left.transcript()).isEqualTo(entry.transcript());
        assertThat(left.notes()).containsExactly("id-prefix=AB-", "redaction=" + CARDS.label());
        assertThat(left(CARDS, cards(VISA + " cvv 123 " + VISA)).notes())
                .containsExactly("sorted", "redaction=" + CARDS.label(), "redacted-card:2", "redacted-cvv:1");
    }

    private static Transcript cards(String text) {
        return Transcripts.with(new ChatMessage(
                null,
                Transcripts.CUSTOMER,
                Transcripts.AGENT,
                text,
                MessageTime.of("2024-06-15T09:00:00Z"),
                null,
                null));
    }

    @Test
    void a_chat_with_missing_pieces_stays_as_bad_as_it_is() throws IOException {
        List<ChatMessage> messages =
                new ArrayList<>(Arrays.asList(null, new ChatMessage(null, null, null, null, null, null, null)));
        Transcript bad = new Transcript(null, null, null, messages);

        assertThat(left(CARDS, bad).transcript()).isEqualTo(bad);
        assertThat(TranscriptWriter.text(left(CARDS, cards("x")).transcript())).doesNotContain("null");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"text\":\"4111 1111 1111 1111', '{\"text\":\"[card]'",
        "'{\"text\":\"\\u0034111\\u00a01111\\n1111 1111\"', '{\"text\":\"[card]\"'",
        "'{\"cvv\":\"123\",', '{\"cvv\":\"[cvv]\",'",
        "'{\"a\":4111111111111111}', '{\"a\":[card]}'"
    })
    void what_could_not_be_read_is_gone_through_as_text(String text, String left) {
        Entry entry = new Entry(
                1,
                1,
                text.getBytes(StandardCharsets.UTF_8),
                null,
                List.of(new Finding(Reason.JSON_SYNTAX, 1, "", "is " + VISA)),
                List.of(),
                0);

        Entry done = CARDS.left(entry, null);

        assertThat(new String(done.raw(), StandardCharsets.UTF_8)).isEqualTo(left);
        assertThat(done.findings().get(0).message()).isEqualTo("is [card]");
        assertThat(CARDS.left(done, null).raw()).isSameAs(done.raw());
    }

    @Test
    void bytes_that_are_not_utf_8_stay_as_they_are_around_what_is_masked() {
        byte[] bytes = ("\u00e9\u00ff " + VISA + " \u0080").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(new String(CARDS.left(bytes), StandardCharsets.ISO_8859_1)).isEqualTo("\u00e9\u00ff [card] \u0080");
        byte[] wide = ("\ufeff\u00ff" + "4111 1111 1111 1111!").getBytes(StandardCharsets.UTF_16LE);
        assertThat(new String(CARDS.left(wide), StandardCharsets.ISO_8859_1)).endsWith("[card]\0!\0");
    }

    @Test
    void a_stream_is_gone_through_line_by_line_and_a_line_without_an_end_in_pieces() throws IOException {
        ByteArrayOutputStream into = new ByteArrayOutputStream();
        String element = "{\"text\":\"" + VISA + "\"},";
        String text = "a " + VISA + "\nb\n" + element.repeat(60_000) + VISA;
        try (OutputStream stream = CARDS.through(into)) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        }

        assertThat(into.toString(StandardCharsets.UTF_8)).isEqualTo(text.replace(VISA, "[card]"));
        assertThat(Redaction.OFF.through(into)).isSameAs(into);
    }

    @Test
    void time_grows_with_the_text_and_no_faster() {
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        for (String piece :
                List.of("1 ", "41", "4111 ", "a@", "@a.", "cvv ", "DE89", "+1 ", "(", "[card", "123 is my ")) {
            String text = piece.repeat(100_000 / piece.length());
            long begin = cpu.getCurrentThreadCpuTime(); // a machine that stands still uses none
            PERSONAL.found(text);
            assertThat(cpu.getCurrentThreadCpuTime() - begin).as(piece).isLessThan(20_000_000_000L);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "card.action=hide | card.action is hide; allowed: mask, remove, hash, keep-last-4",
                "card.acton=mask | Did you mean card.action?",
                "cards.action=mask | cards.action is mask; allowed: rules are iban, card, cvv, email, phone and own.NAME",
                "own.x.action=mask | own.x.pattern is not set; allowed: a pattern of RE2",
                "own.x.pattern=( | own.x.pattern is (; allowed: a pattern of RE2",
                "own.x.pattern=a* | does not match the empty text",
                "own.card.pattern=a | another name",
                "cvv.action=keep-last-4 | a code has no more than four digits",
                "card.ids=true | two ids could become one",
                "phone.allow=1 | phone.action is not set; allowed: mask"
            })
    void a_policy_that_cannot_be_used_says_where_and_what_to_write(String line, String problem) {
        String action = line.startsWith("own.x.pattern") ? "own.x.action=mask" : "iban.action=mask";
        String card = line.startsWith("card.ids") ? "card.action=mask" : action;

        assertThatThrownBy(() -> PolicyTexts.of(folder, "version=1", line, card))
                .hasMessageContaining(folder.resolve("test.properties").toString())
                .hasMessageContaining(problem);
    }

    @Test
    void settings_that_cannot_be_used_are_named() {
        assertThatThrownBy(() ->
                        PolicyTexts.read(Map.of("redaction.policy", "card", "redaction.folder", "config/redaction")))
                .hasMessageContaining("redaction.policy is card")
                .hasMessageContaining("cards, personal");
        assertThatThrownBy(() -> PolicyTexts.of(folder, "card.action=mask"))
                .hasMessageContaining("version is not set;");
        assertThatThrownBy(() -> PolicyTexts.of(folder, "version=1")).hasMessageContaining("at least one rule");
        assertThatThrownBy(() -> PolicyTexts.read(Map.of("redaction.phone.region", "usa")))
                .hasMessageContaining("redaction.phone.region is usa");
        assertThat(PolicyTexts.read(Map.of()).on()).isFalse();
        assertThat(PolicyTexts.read(Map.of("redaction.policy", "cards")).label())
                .startsWith("cards/1/");
    }

    @Test
    void the_hash_of_a_policy_is_of_what_it_does() {
        String one = PolicyTexts.of(folder, "version=1", "card.action=mask").label();

        assertThat(PolicyTexts.of(folder, "# other words", "version=1", "card.action = mask")
                        .label())
                .isEqualTo(one);
        assertThat(PolicyTexts.of(folder, "version=1", "card.action=remove").label())
                .isNotEqualTo(one);
    }
}
