package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signed statement of how far a chain of the audit had come, kept outside the database.
 *
 * @param end the chain's last event at that time; its place is 0 when there was none
 * @param at when it was signed, as the audit writes times
 * @param others the other chains at that time; null in the first form, which does not hold them
 * @param key the id of the key
 * @param signature over the line up to itself
 */
public record Checkpoint(
        String chain, Head end, String at, @Nullable Others others, String key, String signature)
        implements SignedLine {
    /** What the name of a chain that is signed looks like. */
    static final String CHAIN = "[\\w-]{1,64}";

    /** 64 bytes in Base64 end in one of four letters; a decoder would take any other for one of them. */
    private static final Pattern LINE =
            Pattern.compile("cxt-checkpoint-([12]) (" + CHAIN + ") (\\d{1,18}) ([0-9a-f]{64}) ([-:.\\dTZ]{27})"
                    + "(?: (\\d{1,9}) (\\d{1,18}) ([0-9a-f]{64}))? ([0-9a-f]{16}) ([\\w-]{85}[AQgw])");

    /**
     * What the ledger had at that time at least, so that the checkpoints of other chains reveal a missing one.
     *
     * @param chains how many chains
     * @param operator the end of the operator's chain
     */
    record Others(long chains, Head operator) {
        static final Others NONE = new Others(0, Head.NONE);
    }

    static Checkpoint of(String chain, Head end, String at, @Nullable Others others, SigningKey key) {
        Checkpoint unsigned = new Checkpoint(chain, end, at, others, key.id(), "");
        return new Checkpoint(chain, end, at, others, key.id(), key.sign(unsigned.signedText()));
    }

    @Override
    public long seq() {
        return end.seq();
    }

    public String hash() {
        return end.hash();
    }

    @Override
    public String line() {
        return signedText() + signature;
    }

    boolean signedBy(SigningKey signer) {
        return signer.signed(signedText(), signature);
    }

    private String signedText() {
        String more =
                others == null ? "" : " " + others.chains + " " + others.operator.seq() + " " + others.operator.hash();
        return "cxt-checkpoint-" + (others == null ? 1 : 2) + " " + chain + " " + end.seq() + " " + end.hash() + " "
                + at + more + " " + key + " ";
    }

    /** Parses a line; null when it is no checkpoint. */
    static @Nullable Checkpoint parse(String line) {
        Matcher found = LINE.matcher(line);
        if (!found.matches() || found.group(1).equals("2") == (found.group(6) == null)) {
            return null;
        }
        Others others = found.group(6) == null
                ? null
                : new Others(Long.parseLong(found.group(6)), new Head(Long.parseLong(found.group(7)), found.group(8)));
        return new Checkpoint(
                found.group(2),
                new Head(Long.parseLong(found.group(3)), found.group(4)),
                found.group(5),
                others,
                found.group(9),
                found.group(10));
    }
}
