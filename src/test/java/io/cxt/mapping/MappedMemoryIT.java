package io.cxt.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.files.RereadableSource;
import io.cxt.json.ChatPlaces;
import io.cxt.transcript.Entry;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a mapping holds does not grow with its source: shown on sources that are made while they are read. */
@Tag("slow")
@Tag("bulk")
class MappedMemoryIT {
    private static final int BLOCKS = 300;
    private static final int CHATS_OF_A_BLOCK = 100;
    private static final long MOST_GROWTH = 8L * 1024 * 1024;

    @TempDir
    Path folder;

    /** A form: settings, the template's messages, what stands around, and a chat with two places for its number. */
    private record Kind(String name, String settings, String template, String begin, String chat, String end) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> kinds() {
        String text = "x".repeat(900);
        String message = "{\"by\": \"agent\", \"who\": \"a\", \"text\": %s, \"timestamp\": \"2024-06-15T09:00:00Z\"}";
        return List.of(
                new Kind(
                        "json",
                        "format = jslt\neach = /chats",
                        "{\"interactionId\": .id, \"messages\": [" + message.formatted(".t") + "]}",
                        "{\"chats\":[{\"id\":\"first\",\"t\":\"x\"}",
                        ",{\"id\":\"%d\",\"t\":\"" + text + "\"}\n",
                        "]}"),
                new Kind(
                        "text",
                        "format = text\nbegin = chat (?<id>.*)\nline = - (?<text>.*)",
                        "{\"interactionId\": .head.id, \"messages\": [" + message.formatted(".lines[0].text") + "]}",
                        "chat first\n- x\n",
                        "chat %d\n- " + text + "\n",
                        ""),
                new Kind(
                        "xml",
                        "format = xml\neach = /chats/chat",
                        "{\"interactionId\": .\"@id\", \"messages\": [" + message.formatted(".t") + "]}",
                        "<chats><chat id=\"first\"><t>x</t></chat>",
                        "<chat id=\"%d\"><t>" + text + "</t></chat>\n",
                        "</chats>"),
                new Kind(
                        "group",
                        "format = jslt\ngroup = /id",
                        "{\"interactionId\": .key, \"messages\": [" + message.formatted(".records[0].t") + "]}",
                        "{\"id\":\"first\",\"t\":\"x\"}\n",
                        "{\"id\":\"%d\",\"t\":\"" + text + "\"}\n",
                        ""));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void thirty_megabytes_are_mapped_in_flat_memory(Kind kind) throws IOException {
        Files.writeString(folder.resolve("m.jslt"), kind.template());
        Files.writeString(
                folder.resolve("m.properties"),
                "files = *.dump\ntemplate = m.jslt\ncustomer.default = c\n" + kind.settings() + "\n");
        Mapping mapping = Mappings.load(folder).forFile("x.dump").orElseThrow();
        RereadableSource source = () -> source(kind);
        long chats = 0;
        long before = held();
        long most = 0;

        try (EntryReader reader = mapping.open(source, "x.dump", ReadingOptions.DEFAULT)) {
            while (reader.hasNext()) {
                Entry entry = reader.next();
                assertThat(entry.readable()).isTrue();
                if (++chats % 5_000 == 0) {
                    most = Math.max(most, held() - before);
                }
            }
        }

        assertThat(chats).isEqualTo(1 + BLOCKS * CHATS_OF_A_BLOCK);
        assertThat(most).isLessThan(MOST_GROWTH);
    }

    @Test
    @Tag("fault-147")
    void a_chat_of_very_many_short_records_is_refused_in_flat_memory() throws IOException {
        ReadingOptions options = ReadingOptions.DEFAULT;
        byte[] all = "{\"id\":\"1\"}\n".repeat(400_000).getBytes(StandardCharsets.UTF_8);
        long before = held();

        try (ForeignChats records =
                        new JsonChats(new ByteArrayInputStream(all), ChatPlaces.of("."), "x.ndjson", options);
                ForeignChats chats = new GroupedChats(records, List.of("/id"), options.maxRecordBytes(), folder)) {
            ForeignChat chat = chats.next();

            assertThat(held() - before).isLessThan(MOST_GROWTH);
            assertThat(chat.finding().rule()).isEqualTo(Reason.JSON_RECORD_SIZE);
            assertThat(chats.next()).isNull();
        }
    }

    private static InputStream source(Kind kind) {
        Stream<String> blocks = IntStream.range(0, BLOCKS).mapToObj(block -> IntStream.range(0, CHATS_OF_A_BLOCK)
                .mapToObj(chat -> kind.chat().formatted(block * CHATS_OF_A_BLOCK + chat))
                .collect(Collectors.joining()));
        Stream<String> all = Stream.concat(Stream.concat(Stream.of(kind.begin()), blocks), Stream.of(kind.end()));
        Iterator<String> texts = all.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return texts.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(texts.next().getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Bytes that are still reachable. */
    private static long held() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
