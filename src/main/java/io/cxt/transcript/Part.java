package io.cxt.transcript;

import io.cxt.settings.Fingerprint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unit that is posted and kept on record: a whole transcript, or one part of a large one.
 *
 * @param target the contract it is written for, for example {@code conversations}
 * @param part which part, from 1
 * @param parts how many parts the transcript was cut into; 1 for a whole one
 * @param messages how many messages it holds
 * @param payload the request body, exactly as sent; not to be changed
 * @param hash SHA-256 of the payload, in lower-case hex
 * @param transcriptHash the hash that the whole transcript has as one request, however it is cut; null when not known
 * @param notes what was changed or is odd, in fixed words for the audit
 * @param call what it is sent with; null for the one that the target makes of every part
 */
public record Part(
        String target,
        String interactionId,
        int part,
        int parts,
        int messages,
        byte[] payload,
        @Nullable String hash,
        @Nullable String transcriptHash,
        List<String> notes,
        Origin origin,
        @Nullable Call call) {

    /**
     * A call of its own for a part.
     *
     * @param path behind the base URL; {@link #CONVERSATION} in it stands for the conversation of the parts before
     */
    public record Call(String method, String path) {
        public static final String CONVERSATION = "{conversation}";

        /** The path for a conversation, whose id may be any text. */
        public String path(String conversationId) {
            return path.replace(
                    CONVERSATION,
                    URLEncoder.encode(conversationId, StandardCharsets.UTF_8).replace("+", "%20"));
        }
    }

    /**
     * A part that CXone has or may have, from an earlier time.
     *
     * @param messages how many it holds
     * @param parts how many parts it says there are
     */
    public record Begun(int messages, int parts) {}

    /** A part with the hash of its payload, which for a whole transcript is that of the transcript too. */
    public static Part of(
            String target,
            String interactionId,
            int part,
            int parts,
            int messages,
            byte[] payload,
            List<String> notes,
            Origin origin) {
        String hash = hashOf(payload);
        String transcriptHash = parts == 1 ? hash : null;
        return new Part(
                target, interactionId, part, parts, messages, payload, hash, transcriptHash, notes, origin, null);
    }

    /** The same part of a transcript of which the hash is known. */
    public Part of(String wholeTranscript) {
        return new Part(
                target, interactionId, part, parts, messages, payload, hash, wholeTranscript, notes, origin, call);
    }

    /** The same part with a call of its own. */
    public Part by(Call own) {
        return new Part(
                target, interactionId, part, parts, messages, payload, hash, transcriptHash, notes, origin, own);
    }

    /** True for the last part of its transcript. */
    public boolean last() {
        return part == parts;
    }

    /** SHA-256 of some bytes that come one behind the other, in lower-case hex. */
    public static String hashOf(byte[]... pieces) {
        MessageDigest digest = Fingerprint.sha256();
        for (byte[] piece : pieces) {
            digest.update(piece);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The same for every attempt at this content, and different for any other: 32 hex digits. */
    public String idempotencyKey() {
        MessageDigest digest = Fingerprint.sha256();
        for (String field : List.of(target, interactionId, Integer.toString(part), hash)) {
            digest.update(field.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    /** Leaves the payload out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "Part[%s of %s, %s bytes]".formatted(part, parts, payload.length);
    }
}
