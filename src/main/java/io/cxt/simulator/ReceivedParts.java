package io.cxt.simulator;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** The accepted parts, by interaction and part number. Keeps about 250 bytes for each and never drops one. */
final class ReceivedParts {

    private record Key(String interactionId, int part) {}

    private static final class Entry {
        final long number;
        final byte[] sha256;
        final AtomicInteger count = new AtomicInteger();

        Entry(long number, byte[] sha256) {
            this.number = number;
            this.sha256 = sha256;
        }

        String conversationId() {
            return "conv-" + number;
        }
    }

    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder changed = new LongAdder();

    /** Accepts one and returns its conversation id. */
    String accept(ChatReader.Chat chat, byte[] sha256) {
        Entry entry = entries.computeIfAbsent(
                new Key(chat.interactionId(), chat.part()), first -> new Entry(lastNumber.incrementAndGet(), sha256));
        accepted.increment();
        if (entry.count.incrementAndGet() > 1 && !Arrays.equals(entry.sha256, sha256)) {
            changed.increment();
        }
        return entry.conversationId();
    }

    Optional<ReceivedPart> find(String interactionId, int part) {
        Key key = new Key(interactionId, part);
        return Optional.ofNullable(entries.get(key)).map(entry -> delivery(key, entry));
    }

    Stream<ReceivedPart> stream() {
        return entries.entrySet().stream().map(each -> delivery(each.getKey(), each.getValue()));
    }

    /** One line for each: interaction, part, count, hash, as {@link Reply#lines} has them. */
    void writeLines(Appendable out) throws IOException {
        for (Map.Entry<Key, Entry> each : entries.entrySet()) {
            Key key = each.getKey();
            Entry entry = each.getValue();
            out.append(Reply.column(key.interactionId())).append('\t');
            out.append(Integer.toString(key.part())).append('\t');
            out.append(Integer.toString(entry.count.get())).append('\t');
            out.append(HexFormat.of().formatHex(entry.sha256)).append('\n');
        }
    }

    long accepted() {
        return accepted.sum();
    }

    long distinct() {
        return entries.size();
    }

    long changed() {
        return changed.sum();
    }

    private static ReceivedPart delivery(Key key, Entry entry) {
        return new ReceivedPart(
                key.interactionId(),
                key.part(),
                entry.count.get(),
                HexFormat.of().formatHex(entry.sha256),
                entry.conversationId());
    }
}
