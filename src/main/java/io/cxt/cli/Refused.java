package io.cxt.cli;

/** Why a command does nothing: in words with what to do, and its exit code. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    Refused(int exit, String words) {
        super(words);
        this.exit = exit;
    }

    int exit() {
        return exit;
    }
}
