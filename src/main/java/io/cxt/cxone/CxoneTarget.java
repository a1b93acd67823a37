package io.cxt.cxone;

import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A contract with CXone: where one signs in, what is sent where, and what the answer looks like. Chosen by
 * {@code cxone.target}; each has a package of its own, with a {@link TargetFactory}.
 */
public interface CxoneTarget {
    /** Gets a public document of CXone. */
    interface Documents {
        /** @throws IOException when there is no answer, or not 200 */
        byte[] get(String url) throws IOException;
    }

    /** The word in {@code cxone.target}, in the ledger and in the audit. Never rename one that has shipped. */
    String name();

    /** What to check when CXone says that CXT may not do this, as a sentence. */
    default String rights() {
        return "Check that the client has the scopes in cxone.scope and may create chats.";
    }

    /** The same when CXone says it to the question whether it has a part. */
    default String lookUpRights() {
        return rights();
    }

    /** What stands before the path of a call, without a slash at the end; empty while it is not known. */
    String baseUrl();

    /** The path of the call that takes a part, behind {@link #baseUrl}. */
    String callPath();

    /** Finds out what the configuration leaves open, such as the base URL; does nothing once that is known. */
    default void discover(Documents documents) throws IOException {}

    /** The ways to sign in that it allows; the first is the default. */
    List<SignInForm> signInForms();

    /**
     * Where one signs in when {@code cxone.sign-in-url} does not say it.
     *
     * @param documents for a target that has to ask CXone; asked once
     */
    String signInUrl(SignInForm form, Documents documents) throws IOException;

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
     * How many calls about one contact are allowed, beside the limit for all.
     *
     * @param burst at once
     * @param perMinute after that
     */
    record ContactLimit(int burst, int perMinute) {}

    /** The limit of each contact; null for none. */
    default @Nullable ContactLimit contactLimit() {
        return null;
    }

    /** What is set and has no effect, each in words with what to do. */
    default List<String> idleSettings() {
        return List.of();
    }

    /** Looks at what {@code cxt check --connect} can find out in CXone before the first transcript. */
    default List<Remark> check(CxoneCaller caller) throws SignInException, IOException {
        return List.of();
    }

    /**
     * A part as it was sent.
     *
     * @param messages how many it holds; 0 for one that only changes what is there
     */
    record Sent(int messages, byte[] payload) {}

    /** Most bytes of an answer that are looked at. */
    default int longestAnswer() {
        return CallLimits.MAX_ANSWER;
    }

    /** How many times the memory a transcript takes that it takes as one request. */
    default int memoryWeight() {
        return 1;
    }

    /** True when what CXone has can be read back. */
    default boolean readsBack() {
        return false;
    }

    /**
     * Compares what CXone has of a transcript with what was sent.
     *
     * @param parts all of them, in order
     * @return the differences, in fixed words and without a text; empty for none
     */
    default List<String> readBack(List<Sent> parts, CxoneCaller caller) throws SignInException, IOException {
        throw new UnsupportedOperationException(name() + " cannot be read back");
    }

    /**
     * Has CXone remove the content of what was sent.
     *
     * @param parts all of them, in order
     * @param removed runs for each message that has no content any more
     * @throws IOException when CXone does not do it, or not for all; what was removed stays removed
     */
    default void withdraw(List<Sent> parts, CxoneCaller caller, Runnable removed) throws SignInException, IOException {
        throw new UnsupportedOperationException(name() + " cannot withdraw");
    }

    /**
     * What a trial with the tenant found out.
     *
     * @param property what to set, for example {@code cxone.digital.search-lag-ms = 2000}; empty where the default is right
     * @param settled false when CXone did not answer the question
     */
    record Probed(String question, String answer, String property, boolean settled) {}

    /**
     * Tries with a few calls what is not published. Leaves a conversation behind that says what it is.
     *
     * @param name of what it leaves behind
     */
    default List<Probed> probe(String name, CxoneCaller caller) throws SignInException, IOException {
        throw new UnsupportedOperationException(name() + " has nothing to find out");
    }

    /**
     * Whether a rejection of a part takes nothing from what CXone has of the transcript, so that it is sent all the same.
     *
     * @param httpStatus from 400 on
     */
    default boolean isHarmless(Part part, int httpStatus) {
        return false;
    }

    /** What a rejection means that a repeat gets: 409, or 400 or 422 after a call that may have arrived. */
    default Duplicates duplicates() {
        return Duplicates.REFUSE;
    }

    /** True when some calls have a method and an address of their own, and not those of {@link #callPath}. */
    default boolean hasOtherCalls() {
        return false;
    }

    /** True when CXone can be asked whether it has a part. */
    default boolean looksUp() {
        return false;
    }

    /** The call that asks whether CXone has a part, without a body; null where a part may be sent again without asking. */
    default Part.@Nullable Call lookUp(Part part) {
        return null;
    }

    /**
     * What the answer to {@link #lookUp} says, with a status from 200 to 299. Never throws.
     *
     * @return null when it is no answer to the question
     */
    default @Nullable LookedUp lookedUp(Part part, byte[] body) {
        return null;
    }

    /**
     * What CXone has of a part.
     *
     * @param times how often CXone has it; 0 when it does not, or not yet
     * @param conversationId null when it has none
     * @param elsewhere what it shows in place of it; null for nothing
     */
    record LookedUp(
            int times,
            @Nullable String conversationId,
            @Nullable Elsewhere elsewhere) {}

    /** How long what CXone has stored may stay invisible to a look-up. */
    default Duration searchLag() {
        return Duration.ZERO;
    }

    /**
     * CXone's own word for an answer, under which its support finds it; null for none. Never throws.
     *
     * @param headers by name
     */
    default @Nullable String trace(Function<String, @Nullable Object> headers, byte[] body) {
        return null;
    }

    /** True when all parts of a transcript belong into one conversation; that they did is checked after the last one. */
    default boolean keepsOneConversation() {
        return false;
    }

    /** True when the audit feed gets a row for each part; false for one row when the last part is sent. */
    boolean recordsEachPart();

    /**
     * What an answer with a status from 200 to 299 says of a part; null when it does not say that CXone has it. Never throws.
     *
     * @param body cut at {@link CallLimits#MAX_ANSWER}; one that is as long counts by what is in it
     */
    @Nullable
    Confirmation confirmation(Part part, int httpStatus, byte[] body);

    /**
     * CXone has a part.
     *
     * @param conversationId of any length; null when it belongs to no conversation of its own
     * @param expected false when the status is not the one that the contract gives for a yes
     */
    record Confirmation(@Nullable String conversationId, boolean expected) {}
}
