package io.cxt.runtime;

import io.cxt.ledger.ControlRow;
import io.cxt.pace.CallWindows;
import io.cxt.text.SafeName;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what persons hold or set, and when windows open and close: each change once. */
final class ControlLog {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);

    private ControlLog() {}

    static void tell(Map<String, ControlRow> before, Map<String, ControlRow> next) {
        next.forEach((what, control) -> {
            if (!control.equals(before.get(what))) {
                String until =
                        control.until() == null ? "released" : control.until().toString();
                String by = SafeName.value(control.actor());
                String why = SafeName.value(control.note());
                if (control.rate() == null) {
                    LOG.warn(
                            "held what=\"{}\" until={} by={} reason={} next=\"cxt release {} --note '…'\"",
                            what,
                            until,
                            by,
                            why,
                            what);
                } else {
                    String set = ControlRow.rate(control.rate());
                    LOG.warn("pace set calls-per-second={} until={} by={} reason={}", set, until, by, why);
                }
            }
        });
        for (String what : before.keySet()) {
            if (!next.containsKey(what)) {
                if (what.equals(ControlRow.PACE)) {
                    LOG.info("pace ended next=\"calls leave as cxone.window and cxone.requests-per-second say\"");
                } else {
                    LOG.info("hold ended what=\"{}\"", what);
                }
            }
        }
    }

    /** @param before null at the start */
    static void tell(CallWindows.@Nullable State before, CallWindows.State is) {
        boolean news = before == null ? !is.open() : before.open() != is.open();
        if (news && is.open()) {
            LOG.info("window open calls=\"{}\"", is.words());
        } else if (news) {
            LOG.info("window closed calls=\"{}\" next=\"nothing to do: calls go on by themselves then\"", is.words());
        }
    }
}
