package io.cxt.transcript;

/**
 * What one request may hold.
 *
 * @param maxMessages most messages in one request
 * @param maxBytes most bytes of one request's body, as sent
 * @param split true to cut what is larger at message borders, false to refuse it
 */
public record Limits(int maxMessages, int maxBytes, boolean split) {}
