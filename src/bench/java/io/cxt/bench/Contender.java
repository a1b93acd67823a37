package io.cxt.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Who brings the chats in. Each is a process of its own, on the same settings. */
enum Contender {
    CXT("cxt", "CXT as shipped") {
        @Override
        List<String> command() {
            return List.of("target/cxt/bin/cxt", "run", "--once", "-o", "json");
        }
    },
    BY_HAND("by-hand", "by hand, no Camel") {
        @Override
        List<String> command() {
            return java(HandWritten.class);
        }
    },
    STRAIGHTFORWARD("plain", "straightforward Camel") {
        @Override
        List<String> command() {
            return java(Straightforward.class);
        }
    };

    /** As it is named in the tables. */
    final String title;

    private final String word;

    Contender(String word, String title) {
        this.word = word;
        this.title = title;
    }

    /** By the word of the command line. */
    static Contender named(String word) {
        return Arrays.stream(values())
                .filter(contender -> contender.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--only " + word + "; allowed: cxt, by-hand, plain"));
    }

    abstract List<String> command();

    /** Java as {@code bin/cxt} calls it. */
    private static List<String> java(Class<?> main) {
        return List.of(
                "java",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=src/bench/logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    /** Starts it on the chats in {@code data/inbox}. What it says goes to files in {@code data}. */
    Process start(Path data, String cxone, int inFlight) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment()
                .putAll(Map.of(
                        "DATA_DIR", data.toString(),
                        "CXONE_BASE_URL", cxone,
                        "CXONE_CLIENT_ID", "a",
                        "CXONE_CLIENT_SECRET", "b",
                        "CXONE_REQUESTS_PER_SECOND", "0",
                        "CXONE_MAX_IN_FLIGHT", Integer.toString(inFlight),
                        "PICKUP_FILE_SETTLE_MS", "0"));
        File out = data.resolve("out").toFile();
        return builder.redirectOutput(out)
                .redirectError(data.resolve("log").toFile())
                .start();
    }
}
