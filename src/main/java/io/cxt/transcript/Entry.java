package io.cxt.transcript;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One element of a source: a transcript that could be read, or the reason why not.
 *
 * @param index its place in the source, from 1; findings count too
 * @param line the line it begins on, from 1
 * @param raw its bytes as received, or null when they are too many to hold, or are the unread rest of a source
 * @param transcript what was read; null when it could not be
 * @param findings why it could not be read; empty exactly when there is a transcript
 * @param notes what was changed or is odd, in fixed words for the audit, for example {@code leap-second}
 * @param offset bytes of the (unpacked) source consumed up to the end of this element
 * @param hint whose it may be, where it could not be read and is kept by itself
 * @param places where the pieces of the transcript stand in a source of another form, or null when the source has ours
 */
public record Entry(
        long index,
        long line,
        byte @Nullable [] raw,
        @Nullable Transcript transcript,
        List<Finding> findings,
        List<String> notes,
        long offset,
        @Nullable Places places,
        Hint hint) {
    /** How a note begins that says what was put before the interaction id. */
    public static final String ID_PREFIX = "id-prefix=";

    /**
     * Whose a transcript may be that is refused as it is read. It is found and erased by that, and nothing more: nothing is
     * sent or passed over because of it.
     */
    public record Hint(
            @Nullable String interactionId, @Nullable String customerId) {
        public static final Hint NONE = new Hint(null, null);

        /** Leaves the ids out. */
        @Override
        public String toString() {
            return "Hint";
        }
    }

    /** An entry without a hint. */
    public Entry(
            long index,
            long line,
            byte @Nullable [] raw,
            @Nullable Transcript transcript,
            List<Finding> findings,
            List<String> notes,
            long offset,
            @Nullable Places places) {
        this(index, line, raw, transcript, findings, notes, offset, places, Hint.NONE);
    }

    /** The same entry with whose it may be; of what is readable, or not kept by itself, it says nothing. */
    public Entry hinting(Hint whose) {
        return raw == null || transcript != null
                ? this
                : new Entry(index, line, raw, null, findings, notes, offset, places, whose);
    }

    /** An entry of a source in our own form. */
    public Entry(
            long index,
            long line,
            byte @Nullable [] raw,
            @Nullable Transcript transcript,
            List<Finding> findings,
            List<String> notes,
            long offset) {
        this(index, line, raw, transcript, findings, notes, offset, null);
    }

    /** @throws IllegalStateException when it is not {@link #readable} */
    @Override
    public Transcript transcript() {
        if (transcript == null) {
            throw new IllegalStateException("nothing could be read at " + index);
        }
        return transcript;
    }

    /** Whose chat it is, or may be; null when that is not known. */
    public @Nullable String customerId() {
        return transcript == null ? hint.customerId() : transcript.customerId();
    }

    /** The finding as a person finds it in the source; unchanged when the source has our own form. */
    public Finding locate(Finding finding) {
        return places == null ? finding : places.locate(finding);
    }

    /**
     * The same entry with its messages in another order, which is noted. It takes findings about that order, and
     * locates them where the message was received.
     *
     * @param sorted the same messages, not copies of them; or this entry's own transcript, which changes nothing
     */
    public Entry arranged(@Nullable Transcript sorted) {
        if (sorted == null || sorted == transcript) {
            return this;
        }
        List<String> noted = new ArrayList<>(notes);
        noted.add("sorted");
        Transcript received = transcript();
        Places asReceived = finding -> locate(Arrangement.asReceived(finding, sorted, received));
        return new Entry(index, line, raw, sorted, findings, noted, offset, asReceived);
    }

    /**
     * The same entry with the transcript that a mapping made of it, which is noted. Where its messages stood in the
     * source can no longer be told.
     */
    public Entry mapped(Transcript other) {
        List<String> noted = new ArrayList<>(notes);
        noted.add("mapped");
        return new Entry(index, line, raw, other, findings, noted, offset, null);
    }

    /**
     * The same entry with something put before its interaction id, which is noted. An id that is missing or has blanks
     * around it stays as it is, for the rules to refuse.
     */
    public Entry prefixed(String prefix) {
        if (transcript == null && hint.interactionId() != null && !prefix.isEmpty()) {
            return hinting(new Hint(prefix + hint.interactionId(), hint.customerId()));
        }
        String id = transcript == null ? null : transcript.interactionId();
        if (transcript == null
                || prefix.isEmpty()
                || id == null
                || id.isBlank()
                || Blanks.strip(id).length() != id.length()) {
            return this;
        }
        List<String> noted = new ArrayList<>(notes);
        noted.add(ID_PREFIX + prefix);
        Transcript named =
                new Transcript(prefix + id, transcript.agentId(), transcript.customerId(), transcript.messages());
        return new Entry(index, line, raw, named, findings, noted, offset, places);
    }

    /** What was put before its interaction id; empty for nothing. */
    public String idPrefix() {
        return notes.stream()
                .filter(note -> note.startsWith(ID_PREFIX))
                .map(note -> note.substring(ID_PREFIX.length()))
                .findFirst()
                .orElse("");
    }

    /** The same entry with what is left of it. */
    public Entry redacted(
            @Nullable Transcript left, byte @Nullable [] leftRaw, List<Finding> leftFindings, List<String> noted) {
        return new Entry(index, line, leftRaw, left, leftFindings, noted, offset, places, hint);
    }

    /** The same entry with these notes. */
    public Entry noted(List<String> others) {
        return new Entry(index, line, raw, transcript, findings, others, offset, places, hint);
    }

    /** True when there is a transcript. */
    public boolean readable() {
        return transcript != null;
    }

    /** Leaves the bytes out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Entry[index=%s, line=%s, readable=%s]".formatted(index, line, readable());
    }
}
