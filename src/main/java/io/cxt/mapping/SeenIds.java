package io.cxt.mapping;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * Which chats have been met, as 64 bits of each id: 16 to 32 bytes a chat, 64 MiB at the most. It never forgets one;
 * that it takes a new one for known is possible, once in billions of files, and for the caller to look into.
 */
final class SeenIds {

    private final ToLongFunction<String> hash;
    private long[] slots = new long[1024]; // 0 is free; a power of two, at most half full
    private int count;

    SeenIds() {
        this(SeenIds::digest);
    }

    /** With another hash; for tests. */
    SeenIds(ToLongFunction<String> hash) {
        this.hash = hash;
    }

    /** Adds an id. False when it, or another with the same hash, was there. */
    boolean add(String id) {
        if (count * 2 >= slots.length) {
            long[] old = slots;
            slots = new long[old.length * 2];
            Arrays.stream(old).filter(bits -> bits != 0).forEach(this::put);
        }
        long bits = hash.applyAsLong(id);
        boolean added = put(bits == 0 ? 1 : bits);
        count += added ? 1 : 0;
        return added;
    }

    int count() {
        return count;
    }

    /** Bytes of memory held. */
    long held() {
        return slots.length * (long) Long.BYTES;
    }

    private boolean put(long bits) {
        int slot = (int) (bits ^ bits >>> 32) & slots.length - 1;
        while (slots[slot] != 0) {
            if (slots[slot] == bits) {
                return false;
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = bits;
        return true;
    }

    /** A digest, so that nobody can make ids up that share their bits. */
    private static long digest(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            long bits = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                bits = bits << 8 | digest[i] & 0xFF;
            }
            return bits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
