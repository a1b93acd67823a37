package io.cxt.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signed word on how far a chain of the audit had come, kept outside the database.
 *
 * @param seq the chain's last event at that time; 0 when there was none
 * @param hash of that event
 * @param at when it was signed, as the audit writes times
 * @param key the id of the key
 * @param signature over the line up to itself
 */
record Checkpoint(String chain, long seq, String hash, String at, String key, String signature) {
    /** 64 bytes in Base64 end in one of four letters; a decoder would take any other for one of them. */
    private static final Pattern LINE = Pattern.compile(
            "cxt-checkpoint-1 ([\\w-]{1,64}) (\\d{1,18}) ([0-9a-f]{64}) ([-:.\\dTZ]{27}) ([0-9a-f]{16}) ([\\w-]{85}[AQgw])");

    static Checkpoint of(String chain, long seq, String hash, String at, SigningKey key) {
        Checkpoint unsigned = new Checkpoint(chain, seq, hash, at, key.id(), "");
        return new Checkpoint(chain, seq, hash, at, key.id(), key.sign(unsigned.signedText()));
    }

    /** As it stands in the file, without the line's end. */
    String line() {
        return signedText() + signature;
    }

    boolean signedBy(SigningKey signer) {
        return signer.signed(signedText(), signature);
    }

    private String signedText() {
        return "cxt-checkpoint-1 %s %d %s %s %s ".formatted(chain, seq, hash, at, key);
    }

    /** Null when the line is none. */
    static Checkpoint parse(String line) {
        Matcher found = LINE.matcher(line);
        return found.matches()
                ? new Checkpoint(
                        found.group(1),
                        Long.parseLong(found.group(2)),
                        found.group(3),
                        found.group(4),
                        found.group(5),
                        found.group(6))
                : null;
    }
}
