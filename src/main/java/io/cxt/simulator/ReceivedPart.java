package io.cxt.simulator;

/**
 * One transcript, or one part of it, that was let in at least once.
 *
 * @param part from 1; 1 too for a transcript that was not cut
 * @param count how often it was let in
 * @param sha256 of the first body, in lower-case hex
 * @param conversationId what was answered, the same each time
 */
public record ReceivedPart(String interactionId, int part, int count, String sha256, String conversationId) {}
