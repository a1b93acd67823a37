package io.cxt.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Chats of one size. Every field that CXone wants is there, so that no contender has to make one up. */
enum ChatKind {
    /** What most chats are like: 2.5 KB. */
    TWELVE("12", 12, 36, 100_000),
    /** The smallest there is: 0.3 KB. */
    ONE("1", 1, 36, 100_000),
    /** Near the limit of one request. */
    LARGE("900k", 450, 1_830, 500);

    /** As it is named on the command line and in the tables. */
    final String word;

    /** How many are sent when nothing else was asked for. */
    final int usualCount;

    private final String messages;

    ChatKind(String word, int messages, int textLength, int usualCount) {
        this.word = word;
        this.usualCount = usualCount;
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < messages; i++) {
            json.append(i == 0 ? "" : ",").append(message(i, textLength));
        }
        this.messages = json.toString();
    }

    static ChatKind named(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--chats " + word + "; allowed: 12, 1, 900k"));
    }

    private static String message(int index, int textLength) {
        String customer = "{\"id\":\"cust_7\",\"type\":\"customer\"}";
        String agent = "{\"id\":\"agt_2\",\"type\":\"agent\"}";
        boolean asked = index % 2 == 0;
        String text = "Message %d asks about an order. ".formatted(index);
        text = text.repeat(textLength / text.length() + 1).substring(0, textLength);
        return ("{\"id\":\"msg_%d\",\"from\":%s,\"to\":%s,\"text\":\"%s\","
                        + "\"timestamp\":\"2024-06-15T09:%02d:%02dZ\",\"type\":\"text\",\"format\":\"plain\"}")
                .formatted(index, asked ? customer : agent, asked ? agent : customer, text, index / 60, index % 60);
    }

    /**
     * Writes chats, one a line.
     *
     * @param run goes into each id, so that no run meets the ids of another
     */
    void write(Path file, String run, int count) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (int i = 0; i < count; i++) {
                out.write(
                        "{\"interactionId\":\"bench-%s-%d\",\"agentId\":\"agt_2\",\"customerId\":\"cust_7\",\"messages\":["
                                .formatted(run, i));
                out.write(messages);
                out.write("]}\n");
            }
        }
    }
}
