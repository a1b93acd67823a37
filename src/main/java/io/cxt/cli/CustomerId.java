package io.cxt.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A customer id that a person gives. It stands in no log, and with {@code -} in no history of a shell either. */
final class CustomerId {
    private CustomerId() {}

    /**
     * The id, or the first line of standard input for {@code -}; blanks stay.
     *
     * @throws CommandRefused when there is none
     */
    static String given(String option) throws IOException {
        String id = option.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine()
                : option;
        if (id == null || id.isBlank()) {
            throw new CommandRefused(
                    Exit.USAGE, "Say which: --customer ID, or --customer - with the id in standard input");
        }
        return id;
    }
}
