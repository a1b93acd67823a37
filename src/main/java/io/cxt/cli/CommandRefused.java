package io.cxt.cli;

/** A command that cannot be carried out: the message says what to do. */
final class CommandRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    CommandRefused(int exit, String words) {
        super(words);
        this.exit = exit;
    }

    int exit() {
        return exit;
    }
}
