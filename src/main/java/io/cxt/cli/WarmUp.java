package io.cxt.cli;

import io.cxt.transcript.Rules;
import java.util.List;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

/**
 * Does beforehand, on a second processor, what a start comes to anyway: the certificates that Java trusts, the list of
 * public suffixes, the rules. Nothing waits for it and nothing is taken from it but what Java keeps for all.
 */
final class WarmUp {
    private WarmUp() {}

    /** Begins and returns at once. */
    static void begin() {
        Thread thread = new Thread(WarmUp::all, "cxt-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void all() {
        try {
            DefaultClientTlsStrategy.createDefault();
            Rules.findings(List.of(), 1);
        } catch (RuntimeException | LinkageError e) {
            // The start comes to the same fault, and says so.
        }
    }
}
