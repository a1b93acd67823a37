package io.cxt.simulator.digital;

/**
 * A message id that was accepted at least once.
 *
 * @param thread the external id of its thread
 * @param messageId its external id
 * @param count how often it was accepted
 * @param order its place in the order of acceptance, from 1
 * @param sha256 of the first body, in lower-case hex
 */
public record AcceptedMessage(String thread, String messageId, int count, int order, String sha256) {}
