package io.cxt.cli;

import io.cxt.transcript.Rules;
import java.util.List;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * Loads in the background what a verb needs later: the certificates that Java trusts, the list of public suffixes, the rules.
 * Nothing waits for it or uses its result; it only fills caches of the JVM.
 */
final class WarmUp {
    private WarmUp() {}

    /** Starts loading what the verb will need; returns at once. */
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
            // The verb meets the same fault and reports it.
        }
    }
}
