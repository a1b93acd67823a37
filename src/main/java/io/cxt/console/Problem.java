package io.cxt.console;

/** Why something cannot be shown, and what to do; as JSON, the answer to programs. */
public record Problem(int status, String title, String detail, String whatToDo) {}
