package io.cxt.console;

/**
 * What a template gets.
 *
 * @param model what the page shows; as JSON, it is the answer to programs
 */
public record View<M>(Frame frame, M model) {}
