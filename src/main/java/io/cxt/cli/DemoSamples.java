package io.cxt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The chats that the demo sends. */
final class DemoSamples {
    private static final List<String> SAMPLES = List.of("good.json", "mixed.ndjson", "out-of-order.json");

    private DemoSamples() {}

    /** Writes each of them as a file into the folder. */
    static void drop(Path inbox, boolean digital) throws IOException {
        for (Map.Entry<String, String> sample : byName(digital).entrySet()) {
            Files.writeString(inbox.resolve(sample.getKey()), sample.getValue());
        }
    }

    /**
     * The samples by their file names.
     *
     * @param digital true where each message is a call, and a contact takes few of them
     */
    static Map<String, String> byName(boolean digital) throws IOException {
        Map<String, String> samples = new LinkedHashMap<>();
        for (String name : SAMPLES) {
            try (InputStream sample = DemoSamples.class.getResourceAsStream("/demo/" + name)) {
                samples.put(name, new String(sample.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        samples.put("too-long.json", tooLong(digital ? 40 : 1_200));
        return samples;
    }

    /** One chat with more messages than a request may hold, or a contact takes at once. */
    private static String tooLong(int messages) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            boolean customer = i % 2 == 0;
            lines.add("""
                    {"from":{"id":"%s","type":"%s"},"to":{"id":"%s","type":"%s"},"text":"Line %s","timestamp":"%s"}""".formatted(
                            customer ? "cust_9" : "agt_2",
                            customer ? "customer" : "agent",
                            customer ? "agt_2" : "cust_9",
                            customer ? "agent" : "customer",
                            i,
                            Instant.parse("2024-06-15T09:00:00Z").plusSeconds(i)));
        }
        return "{\"interactionId\":\"demo-too-long\",\"agentId\":\"agt_2\",\"customerId\":\"cust_9\",\"messages\":["
                + lines.stream().collect(Collectors.joining(",\n")) + "]}\n";
    }
}
