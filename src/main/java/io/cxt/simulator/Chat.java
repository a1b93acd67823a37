package io.cxt.simulator;

/**
 * What the stand-in needs to know about a chat.
 *
 * @param part from 1; also 1 when the body names none
 */
record Chat(String interactionId, int part) {}
