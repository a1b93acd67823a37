package io.cxt.simulator.digital;

import org.jspecify.annotations.Nullable;

/** A thread of a channel. Guarded by its {@link MessageStore}. */
final class StoredThread {

    final StoredChannel channel;
    final String externalId;
    boolean locked;

    /** The latest; null only until the first message is stored. */
    @Nullable
    StoredContact contact;

    /** What the last message had beside its text, to share it with the next one. */
    byte @Nullable [] extras;

    StoredThread(StoredChannel channel, String externalId) {
        this.channel = channel;
        this.externalId = externalId;
    }

    String id() {
        return channel.id() + "_" + externalId;
    }
}
