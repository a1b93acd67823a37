package io.cxt.console;

import io.cxt.db.LedgerException;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerAudit.Verification;
import io.cxt.ledger.LedgerView;
import java.time.Clock;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Computes the whole audit again when somebody asks, once at a time, on a connection of its own. Safe for several threads. */
public final class AuditVerifier {
    private final LedgerSettings ledger;
    private final Set<String> knownChains;
    private final Clock clock;
    private State state = new State(null, null, null, null);

    /** @param knownChains of other instances, as {@code audit.known-chains} has them */
    AuditVerifier(LedgerSettings ledger, Set<String> knownChains, Clock clock) {
        this.ledger = ledger;
        this.knownChains = knownChains;
        this.clock = clock;
    }

    /**
     * How it stands.
     *
     * @param since when the one began that runs now; null when none does
     * @param at when the last one ended; null when there was none
     * @param found what it found; null when it could not be done
     * @param fault why it could not
     */
    public record State(
            @Nullable String since,
            @Nullable String at,
            @Nullable Verification found,
            @Nullable String fault) {}

    synchronized State state() {
        return state;
    }

    /** Begins, unless one runs. */
    synchronized void begin() {
        if (state.since() == null) {
            state = new State(clock.instant().toString(), state.at(), state.found(), state.fault());
            Thread thread = new Thread(this::verify, "cxt-console-verify");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void verify() {
        Verification found = null;
        String fault = null;
        try (LedgerView view = LedgerView.of(ledger)) {
            found = view.audit().verify(knownChains);
        } catch (LedgerException e) {
            fault = e.getMessage();
        } finally {
            end(found, found == null && fault == null ? "it broke off; look at the log" : fault);
        }
    }

    private synchronized void end(@Nullable Verification found, @Nullable String fault) {
        state = new State(null, clock.instant().toString(), found, fault);
    }
}
