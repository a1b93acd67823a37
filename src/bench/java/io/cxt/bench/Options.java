package io.cxt.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What to measure.
 *
 * @param count how many chats of 12 messages and of one; 0 for the usual count. Of large ones a two-hundredth is sent
 */
record Options(
        List<ChatKind> chats,
        List<Integer> latenciesMs,
        int count,
        int runs,
        int inFlight,
        List<Contender> contenders) {
    private static final String USAGE =
            "src/bench/run [--chats 12,1,900k] [--latency 0,20] [--count N] [--runs N] [--in-flight N] [--only cxt,by-hand,plain]";

    static Options parse(String... arguments) {
        List<ChatKind> chats = List.of(ChatKind.values());
        List<Integer> latencies = List.of(0, 20);
        int count = 0;
        int runs = 3;
        int inFlight = 64;
        List<Contender> contenders = List.of(Contender.values());
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(USAGE);
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--chats" -> chats = words(value).map(ChatKind::named).toList();
                case "--latency" ->
                    latencies = words(value).map(Integer::valueOf).toList();
                case "--count" -> count = Integer.parseInt(value);
                case "--runs" -> runs = Integer.parseInt(value);
                case "--in-flight" -> inFlight = Integer.parseInt(value);
                case "--only" -> contenders = words(value).map(Contender::named).toList();
                default -> throw new IllegalArgumentException(arguments[i] + " is no option. " + USAGE);
            }
        }
        return new Options(chats, latencies, count, runs, inFlight, contenders);
    }

    private static java.util.stream.Stream<String> words(String list) {
        return Arrays.stream(list.split(","));
    }

    int countOf(ChatKind kind) {
        if (count == 0) {
            return kind.usualCount;
        }
        return kind == ChatKind.LARGE ? Math.max(50, count / 200) : count;
    }
}
