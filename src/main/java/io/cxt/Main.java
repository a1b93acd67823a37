package io.cxt;

import io.cxt.cli.Cxt;

/** The command {@code cxt}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Cxt.execute(arguments));
    }
}
