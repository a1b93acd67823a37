package io.cxt.redaction;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is found, and what stands in its place afterwards. No digit and no @ is in that place but the four that are kept on
 * purpose, so that nothing is found there again.
 *
 * @param name lower-case letters and dashes; it is in the place of what was found
 * @param ids true when ids are looked through, too
 * @param allowed values, as {@link Finder#plain} has them, that stay
 * @param allowedPattern matches the whole of values that stay; null for none
 * @param key of the hash; null where nothing is hashed
 */
record Rule(
        String name,
        Finder finder,
        Action action,
        boolean ids,
        Set<String> allowed,
        @Nullable Pattern allowedPattern,
        byte @Nullable [] key) {

    /** What becomes of a value. */
    enum Action {
        MASK("mask"),
        REMOVE("remove"),
        HASH("hash"),
        KEEP_LAST_4("keep-last-4");

        final String word;

        Action(String word) {
            this.word = word;
        }
    }

    private static final int HASH_BYTES = 8;

    boolean allows(String value) {
        return !allowed.isEmpty() && allowed.contains(finder.plain(value))
                || allowedPattern != null && allowedPattern.matches(value);
    }

    /**
     * What stands in the place of a value.
     *
     * @param whole false for one that was found together with others, or in pieces: only a mask is safe there
     */
    String replacement(String value, boolean whole) {
        String plain = finder.plain(value);
        return switch (action) {
            case REMOVE -> "";
            case HASH -> whole ? "[" + name + ":" + hash(plain) + "]" : mask();
            case KEEP_LAST_4 ->
                whole && plain.length() > 8
                        ? "[" + name + ":****"
                                + plain.substring(plain.length() - 4).replaceAll("[^A-Za-z0-9]", "*") + "]"
                        : mask();
            case MASK -> mask();
        };
    }

    String mask() {
        return "[" + name + "]";
    }

    /** The first 64 bits of HMAC-SHA-256, each four bits a letter from a to p. */
    private String hash(String plain) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key == null ? new byte[1] : key, "HmacSHA256"));
            byte[] code = mac.doFinal((name + "\0" + plain).getBytes(StandardCharsets.UTF_8));
            StringBuilder letters = new StringBuilder();
            for (int i = 0; i < HASH_BYTES; i++) {
                letters.append((char) ('a' + (code[i] >> 4 & 0xF))).append((char) ('a' + (code[i] & 0xF)));
            }
            return letters.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "Rule[" + name + " " + action.word + "]";
    }
}
