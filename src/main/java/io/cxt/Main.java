package io.cxt;

import io.cxt.cli.Cxt;
import io.cxt.cli.Exit;
import io.cxt.cli.FileHandles;
import io.cxt.cli.LogSetup;

/** The command {@code cxt}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        if (!FileHandles.suffice() || !LogSetup.begin()) {
            System.exit(Exit.CONFIGURATION);
        }
        Thread.setDefaultUncaughtExceptionHandler(Cxt::ended);
        System.exit(Cxt.execute(arguments));
    }
}
