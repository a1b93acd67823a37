package io.cxt.ledger;

import java.util.Locale;

/** What can be said of a delivery. The words are in the ledger: never rename one that has shipped. */
public enum DeliveryState {
    /** Claimed; a call may be on its way. */
    SENDING,
    /** CXone said yes. */
    SENT,
    /** Rejected for good, by our rules or by CXone: a person must correct the transcript. */
    REJECTED,
    /** Attempts used up; nothing is wrong with the transcript. */
    FAILED,
    /** The same interaction with other content, after one was sent: a person decides. */
    CONFLICT,
    /** A call may have arrived whose answer never came. */
    IN_DOUBT,
    /** Kept out by a site's own step, on purpose: no failure, and nobody has to act. */
    EXCLUDED;

    /** As a folder's name and in reports: {@code in-doubt}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
