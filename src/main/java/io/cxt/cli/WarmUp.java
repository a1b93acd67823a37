package io.cxt.cli;

import io.cxt.transcript.Rules;
import java.util.List;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * Does beforehand, on a second processor, what a verb comes to anyway: the certificates that Java trusts, the list of
 * public suffixes, the rules. Nothing waits for it and nothing is taken from it but what Java keeps for all.
 */
final class WarmUp {
    private WarmUp() {}

    /** Begins what the verb will need, and returns at once. */
    static void begin(String... arguments) {
        String verb = arguments.length == 0 ? "" : arguments[0];
        boolean sends = verb.equals("run") || verb.equals("demo");
        if (sends || verb.equals("validate")) {
            Thread thread = new Thread(() -> all(sends), "cxt-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void all(boolean sends) {
        try {
            if (sends) {
                DefaultClientTlsStrategy.createDefault();
            }
            Rules.findings(List.of(), 1);
        } catch (RuntimeException | LinkageError e) {
            // The verb comes to the same fault, and says so.
        }
    }
}
