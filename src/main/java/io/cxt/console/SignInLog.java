package io.cxt.console;

import io.cxt.audit.AuditEvent;
import io.cxt.audit.AuditEvent.Type;
import io.cxt.audit.OperatorLog;
import io.cxt.db.LedgerSettings;
import io.cxt.text.SafeName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts on record who signed in to the console, and that somebody was refused. Safe for several threads. */
final class SignInLog {
    private static final Logger LOG = LoggerFactory.getLogger(SignInLog.class);
    /** A stranger must not fill the audit: refusals of this time are one event. */
    private static final Duration TOGETHER = Duration.ofMinutes(1);
    /** Behind a proxy nobody signs in: a person that was not seen for this time counts as one who does. */
    private static final Duration AWAY = Duration.ofMinutes(30);

    private static final int MOST_PEOPLE = 1_000;

    private final @Nullable LedgerSettings ledger;
    private final Clock clock;
    private final Map<Person, Instant> seen = new LinkedHashMap<>();
    private long refused;
    private Instant lastRefusal = Instant.EPOCH;

    /** @param ledger null where nothing may be written: then it is only in the log */
    SignInLog(@Nullable LedgerSettings ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Records a sign-in. On disk when it returns. */
    synchronized void signedIn(Person person) {
        LOG.info("console signed-in by={} role={}", SafeName.value(person.name()), person.role());
        note(Type.SIGNED_IN_CONSOLE, person.name(), "role=" + person.role());
    }

    /** Records a person whom the proxy names, unless that was done a moment ago. */
    synchronized void seen(Person person) {
        Instant now = clock.instant();
        Instant before = seen.get(person);
        if (before == null || now.isAfter(before.plus(AWAY))) {
            signedIn(person);
            if (seen.size() >= MOST_PEOPLE) {
                seen.clear();
            }
        }
        seen.put(person, now);
    }

    /** Counts a refused sign-in; the first of each minute puts those before it on record. */
    synchronized void refused(String address) {
        refused++;
        Instant now = clock.instant();
        if (now.isAfter(lastRefusal.plus(TOGETHER))) {
            lastRefusal = now;
            LOG.warn(
                    "console refused from={} count={} next=\"get a new address with cxt console url; it is good for one sign-in\"",
                    address,
                    refused);
            note(Type.SIGN_IN_REFUSED, "nobody", "count=" + refused);
            refused = 0;
        }
    }

    private void note(Type type, String who, String detail) {
        if (ledger != null) {
            try (OperatorLog log = new OperatorLog(ledger, Person.inAudit(who))) {
                log.changed(session -> AuditEvent.of(type).because(null, detail));
            }
        }
    }
}
