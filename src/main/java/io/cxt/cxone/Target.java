package io.cxt.cxone;

import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;

/** A contract with CXone: what is sent where, and what the answer looks like. Chosen by {@code cxone.target}. */
public interface Target {

    /** The word in {@code cxone.target}, in the ledger and in the audit. Never rename one that has shipped. */
    String name();

    /** The path of the call that takes a part, behind {@code cxone.base-url}. */
    String callPath();

    /** The path of the sign-in, behind {@code cxone.base-url}. */
    String signInPath();

    /** What one request may hold when the configuration says nothing else. */
    Limits limits();

    /**
     * Writes a valid transcript the way the target wants it, cut into as many parts as the limits ask for.
     *
     * @param entry a readable entry whose transcript broke no rule
     */
    Prepared prepare(Entry entry, Origin origin, Limits limits);

    /** The conversation id in the body of a yes, or null when there is none that can be kept. Never throws. */
    String conversationId(byte[] body);
}
