package io.cxt.console;

import org.jspecify.annotations.Nullable;

/**
 * The CXT that serves the console.
 *
 * @param callsPerSecond that all instances together may make now; null until that is found out
 * @param pausedSeconds 0 while calls are made
 * @param held by a person, or by {@code cxone.window}, in words; null when it is not
 * @param stopped why a person must act before calls go on; null when nobody has to
 * @param waitingSources files and messages that wait, those that are read included
 * @param waitingBytes of them, not read yet
 * @param inFlight in words
 */
public record Running(
        @Nullable Double callsPerSecond,
        double pausedSeconds,
        @Nullable String held,
        @Nullable String stopped,
        long waitingSources,
        long waitingBytes,
        String inFlight) {}
