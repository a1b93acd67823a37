package io.cxt.runtime;

import io.cxt.cxone.CxoneSettings;
import io.cxt.cxone.ForwardProxy;
import io.cxt.ledger.LedgerView;
import io.cxt.redaction.Redaction;
import io.cxt.text.SafeName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start logs of settings that are allowed and perhaps not meant. */
final class StartWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(StartWarnings.class);

    private StartWarnings() {}

    /** Where {@code cxone.proxy} is not set: which other proxy settings this process has. */
    static void proxyOfOthers(CxoneSettings settings) {
        if (settings.proxy() == null) {
            ForwardProxy.ofOthers().ifPresent(words -> LOG.warn("proxy settings reason=\"{}\"", words));
        }
    }

    static void otherTargets(LedgerView ledger, String target) {
        for (String other : ledger.othersSentTo(target)) {
            LOG.warn(
                    "other target target={} before={} next=\"a chat that was sent to the one before and is dropped again is sent"
                            + " again; if that is not meant, stop cxt and set cxone.target back\"",
                    target,
                    SafeName.value(other));
        }
    }

    static void originals(Redaction redaction) {
        if (redaction.on() && redaction.originals() == Redaction.Originals.KEEP) {
            LOG.warn(
                    "originals kept unredacted redaction={} next=\"set redaction.originals to replace or delete, or delete what is in .done"
                            + " yourself; cxt scan finds what is left\"",
                    redaction.label());
        }
    }
}
