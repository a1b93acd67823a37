package io.cxt.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cxt.fixture.Chats;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** So many chats with ids of their own, in files of 500: real ones over and over where there are some, else made up. */
final class ManyChats {
    private static final int IN_A_FILE = 500;
    private static final int MESSAGES = 12;
    private static final String TEXT = "The parcel that I ordered last week has not come yet, what can be done?";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ManyChats() {}

    /**
     * What was dropped.
     *
     * @param messages of all chats
     */
    record Dropped(String what, long messages) {}

    static Dropped drop(int count, Path source, Path inbox) throws IOException {
        List<ObjectNode> real = real(source);
        long messages = 0;
        for (int first = 0; first < count; first += IN_A_FILE) {
            try (BufferedWriter file = Files.newBufferedWriter(inbox.resolve("chats-%06d.ndjson".formatted(first)))) {
                for (int i = first; i < Math.min(count, first + IN_A_FILE); i++) {
                    file.write(chat(real, i));
                    file.write('\n');
                    messages += real.isEmpty()
                            ? MESSAGES
                            : real.get(i % real.size()).path("messages").size();
                }
            }
        }
        return new Dropped(real.isEmpty() ? "made up" : "%d real ones under new ids".formatted(real.size()), messages);
    }

    private static String chat(List<ObjectNode> real, int number) throws IOException {
        String id = "soak-" + number;
        if (real.isEmpty()) {
            return Chats.chat(id, MESSAGES, TEXT);
        }
        ObjectNode chat = real.get(number % real.size());
        return JSON.writeValueAsString(chat.put(chat.has("interaction_id") ? "interaction_id" : "interactionId", id));
    }

    private static List<ObjectNode> real(Path folder) throws IOException {
        List<ObjectNode> chats = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return chats;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.ndjson.gz")) {
            for (Path file : files) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        chats.add((ObjectNode) JSON.readTree(line));
                    }
                }
            }
        }
        return chats;
    }
}
