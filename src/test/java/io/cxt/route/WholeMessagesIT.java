package io.cxt.route;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Packed;
import io.cxt.fixture.Queue;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Broker;
import io.cxt.simulator.BrokerSettings;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An acknowledged message is in no queue any more: each chat in it is in CXone, or in a dead letter. */
class WholeMessagesIT {
    private static final Pattern ID = Pattern.compile("\"interactionId\":\"(\\w+-\\d)\"");

    @TempDir
    Path data;

    @TempDir
    Path journal;

    private static String chats(String prefix, String between) {
        return IntStream.range(0, 6).mapToObj(i -> chat(prefix + "-" + i)).collect(Collectors.joining(between));
    }

    /** Without the colon behind the third chat's id. */
    private static String broken(String prefix, String between) {
        return chats(prefix, between)
                .replace("\"interactionId\":\"" + prefix + "-3\"", "\"interactionId\":\"" + prefix + "-3\" 7");
    }

    private static byte[] cut(byte[] content, int left) {
        return Arrays.copyOf(content, left);
    }

    private static Map<String, byte[]> messages() throws IOException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("array", ("[" + broken("array", ",") + "]").getBytes(UTF_8));
        messages.put("wrapped", ("{\"transcripts\":[" + broken("wrapped", ",") + "]}").getBytes(UTF_8));
        messages.put("concatenated", broken("concatenated", "").getBytes(UTF_8));
        messages.put("lines", broken("lines", "\n").getBytes(UTF_8));
        messages.put("commas", ("[" + chats("commas", ",,") + "]").getBytes(UTF_8));
        messages.put("behind", ("[" + chats("behind", ",") + "] and more " + chat("behind-7")).getBytes(UTF_8));
        byte[] whole = ("[" + chats("ended", ",") + "]").getBytes(UTF_8);
        messages.put("ended", cut(whole, whole.length * 2 / 3));
        messages.put("utf8", ("[" + chats("utf8", ",").replaceFirst("Hello", "H\u00e9llo") + "]").getBytes(ISO_8859_1));
        messages.put(
                "utf8lines",
                chats("utf8lines", "\n").replaceFirst("Hello", "H\u00e9llo").getBytes(ISO_8859_1));
        messages.put("utf16", cut(("\ufeff[" + chats("utf16", ",") + "]").getBytes(UTF_16LE), 2_001));
        messages.put("long", chat("long-0", 2, "x".repeat(6_000)).getBytes(UTF_8));
        messages.put(
                "longline",
                (chat("longline-0") + "\n" + chat("longline-1", 2, "x".repeat(6_000)) + "\n"
                                + chat("longline-2", 2, "y".repeat(6_000)) + "\n" + chat("longline-3") + "\n")
                        .getBytes(UTF_8));
        messages.put(
                "longelement",
                ("[" + chat("longelement-0") + "," + chat("longelement-1", 2, "x".repeat(6_000)) + ","
                                + chat("longelement-2") + "]")
                        .getBytes(UTF_8));
        messages.put(
                "deep",
                ("[" + chat("deep-0") + "," + chat("deep-1").replace("\"Hello\"", "[".repeat(2_000) + "]".repeat(2_000))
                                + "," + chat("deep-2") + "]")
                        .getBytes(UTF_8));
        messages.put("notobject", ("[" + chat("notobject-0") + ",17," + chat("notobject-1") + "]").getBytes(UTF_8));
        byte[] packed = Packed.gzip(("[" + chats("packed", ",") + "]").getBytes(UTF_8));
        messages.put("packed", cut(packed, packed.length - 20));
        messages.put("packedbroken", Packed.gzip(("[" + broken("packedbroken", ",") + "]").getBytes(UTF_8)));
        return messages;
    }

    private static byte[] unpacked(byte[] content) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
            for (int one = in.read(); one >= 0; one = in.read()) {
                all.write(one);
            }
        } catch (IOException e) {
            return all.size() == 0 ? content : all.toByteArray(); // cut off, or never packed
        }
        return all.toByteArray();
    }

    private static List<String> ids(byte[] content) {
        String text = new String(content, UTF_8).replace("\0", "");
        return ID.matcher(text).results().map(MatchResult::group).toList();
    }

    @Test
    @Tag("fault-109")
    void each_chat_of_a_message_is_in_cxone_or_in_a_letter_whatever_is_wrong_with_the_message() throws Exception {
        Map<String, byte[]> messages = messages();
        List<String> sent;
        List<byte[]> letters = new ArrayList<>();
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                Broker broker = BrokerSettings.in(journal).start();
                Queue queue = Queue.open(broker.url(), Broker.QUEUE)) {
            for (byte[] message : messages.values()) {
                queue.sendBytes(message);
            }
            try (RunningCxt cxt = RunningCxt.start(
                    data,
                    cxone,
                    "pickup.jms.enabled",
                    "true",
                    "pickup.jms.broker-url",
                    broker.url(),
                    "transcript.max-input-bytes",
                    "4096")) {
                cxt.awaits(() -> broker.messages(Broker.QUEUE) == 0
                        && cxt.engine().components().backlog().openReadings() == 0);
                for (String file : cxt.files("dead-letters")) {
                    if (!file.endsWith(".reason.json")) {
                        letters.add(
                                Files.readAllBytes(data.resolve("dead-letters").resolve(file)));
                    }
                }
            }
            sent = cxone.deliveries().stream()
                    .map(delivery -> "\"interactionId\":\"%s\"".formatted(delivery.interactionId()))
                    .toList();
        }

        List<String> kept = letters.stream()
                .flatMap(letter -> ids(unpacked(unpacked(letter))).stream())
                .toList();
        messages.forEach((name, message) -> assertThat(ids(unpacked(message)))
                .as(name)
                .isNotEmpty()
                .allMatch(id -> sent.contains(id) || kept.contains(id)));
        assertThat(letters.size()).isLessThan(2 * messages.size());
    }
}
