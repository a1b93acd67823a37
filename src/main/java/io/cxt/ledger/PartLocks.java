package io.cxt.ledger;

import io.cxt.transcript.Part;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Which parts are in flight in this process, so that two threads never decide the same one. */
final class PartLocks {
    private final ConcurrentMap<String, Lock> locks = new ConcurrentHashMap<>();

    /** @param part the very object: the same part may come from another source too */
    private record Lock(Part part, CompletableFuture<Void> released) {}

    /** Waits while another thread has the part locked, so a thread must not lock the same part twice. */
    void lock(Part part) {
        Lock mine = new Lock(part, new CompletableFuture<>());
        Lock other = locks.putIfAbsent(key(part), mine);
        while (other != null) {
            other.released.join();
            other = locks.putIfAbsent(key(part), mine);
        }
    }

    /** Does nothing when it is not this very object that is locked. */
    void unlock(Part part) {
        Lock lock = locks.get(key(part));
        if (lock != null && lock.part == part && locks.remove(key(part), lock)) {
            lock.released.complete(null);
        }
    }

    private static String key(Part part) {
        return part.part() + "/" + part.interactionId();
    }
}
