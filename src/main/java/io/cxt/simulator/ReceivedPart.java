package io.cxt.simulator;

/**
 * One transcript, or one part of it, that was accepted at least once.
 *
 * @param part from 1; also 1 for a transcript that was not split
 * @param count how often it was accepted
 * @param sha256 of the first body, in lower-case hex
 * @param conversationId the id in every answer
 */
public record ReceivedPart(String interactionId, int part, int count, String sha256, String conversationId) {}
