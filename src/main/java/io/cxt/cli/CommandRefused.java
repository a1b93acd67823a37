package io.cxt.cli;

/** Why a command does nothing: in words with what to do, and its exit code. */
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
