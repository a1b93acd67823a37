package io.cxt.mapping;

import io.cxt.settings.Fingerprint;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.ToLongFunction;

/**
 * Which chats have been met, as 64 bits of each id: 16 to 32 bytes a chat, 64 MiB at the most; more than 1 MiB for one
 * file at a time. It never forgets one;
 * that it takes a new one for known is possible, once in billions of files, and for the caller to look into.
 */
final class SeenIds implements AutoCloseable {

    /** So many chats of each file are no matter; beyond, one file at a time: several large ones would fill the memory. */
    private static final int FREE_SLOTS = 128 * 1024;

    private static final Semaphore LARGE = new Semaphore(1);

    private final ToLongFunction<String> hash;
    private long[] slots = new long[1024]; // 0 is free; a power of two, at most half full
    private int count;
    private boolean large;

    SeenIds() {
        this(SeenIds::digest);
    }

    /** With another hash; for tests. */
    SeenIds(ToLongFunction<String> hash) {
        this.hash = hash;
    }

    /** Adds an id. False when it, or another with the same hash, was there. */
    boolean add(String id) throws InterruptedIOException {
        if (count * 2 >= slots.length) {
            if (slots.length == FREE_SLOTS) {
                awaitTurn();
            }
            long[] old = slots;
            slots = new long[old.length * 2];
            Arrays.stream(old).filter(bits -> bits != 0).forEach(this::put);
        }
        long bits = hash.applyAsLong(id);
        boolean added = put(bits == 0 ? 1 : bits);
        count += added ? 1 : 0;
        return added;
    }

    private void awaitTurn() throws InterruptedIOException {
        try {
            LARGE.acquire();
            large = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while other files with many chats were read");
        }
    }

    /** Forgets them all; another file with many chats may have its turn. */
    @Override
    public void close() {
        slots = new long[0];
        if (large) {
            large = false;
            LARGE.release();
        }
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
        return ByteBuffer.wrap(Fingerprint.sha256().digest(id.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
