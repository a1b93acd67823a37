package io.cxt.cxone;

import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A contract with CXone: what is sent where, and what the answer looks like. Chosen by {@code cxone.target}. */
public interface CxoneTarget {

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
    default Prepared prepare(Entry entry, Origin origin, Limits limits) {
        return prepare(entry, origin, limits, List.of());
    }

    /**
     * The same for a transcript of which CXone has, or may have, some parts that were cut by other limits.
     *
     * @param begun those parts, from the first on; they are cut as they were, and the rest by the limits
     */
    Prepared prepare(Entry entry, Origin origin, Limits limits, List<Part.Begun> begun);

    /**
     * The conversation id in the body of a yes, or null when there is none that can be kept, or when the rest of the body
     * speaks against it. Never throws.
     *
     * @param body cut at {@link CallLimits#MAX_ANSWER}; one that is as long counts by what is in it
     */
    @Nullable
    String conversationId(byte[] body);
}
