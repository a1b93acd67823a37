package io.cxt.simulator;

/**
 * What the stand-in needs to know of a chat.
 *
 * @param part from 1; 1 too when the body names none
 */
record Chat(String interactionId, int part) {}
