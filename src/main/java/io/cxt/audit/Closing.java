package io.cxt.audit;

import io.cxt.audit.AuditChain.Head;
import io.cxt.db.Session;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signed statement that the first events of a chain were removed on purpose, and of what the rows were that rest on removed
 * events.
 *
 * @param end the last event that was removed
 * @param until when that was written, as the audit writes times
 * @param at when it was signed; later than any closing record of the same ledger before
 * @param rested the rows of the whole ledger that rest on removed events of any chain
 * @param key the id of the key
 * @param signature over the line up to itself
 */
public record Closing(String chain, Head end, String until, String at, Rested rested, String key, String signature)
        implements SignedLine {
    static final String FORM = "cxt-closing-";
    private static final String TIME = "([-:.\\dTZ]{27})";
    private static final Pattern LINE =
            Pattern.compile(FORM + "1 (" + Checkpoint.CHAIN + ") (\\d{1,18}) ([0-9a-f]{64}) " + TIME + " " + TIME
                    + " (\\d{1,18}) ([0-9a-f]{64}) ([0-9a-f]{16}) ([\\w-]{85}[AQgw])");

    /**
     * Hashes of rows, of which none can be added, taken away or changed without a trace.
     *
     * @param sum of the hashes as numbers, modulo 2 to the power of 256, in hex
     */
    public record Rested(long rows, String sum) {
        public static final Rested NONE = new Rested(0, "0".repeat(64));
        private static final BigInteger BOUND = BigInteger.ONE.shiftLeft(256);

        /** So many, of this sum. */
        public static Rested of(long rows, BigInteger sum) {
            return new Rested(rows, sum(sum));
        }

        /** With one more. */
        public Rested plus(String hash) {
            return new Rested(rows + 1, sum(new BigInteger(sum, 16).add(new BigInteger(hash, 16))));
        }

        /** With one less. */
        public Rested minus(String hash) {
            return new Rested(rows - 1, sum(new BigInteger(sum, 16).subtract(new BigInteger(hash, 16))));
        }

        private static String sum(BigInteger number) {
            return "%064x".formatted(number.mod(BOUND));
        }
    }

    static Closing of(String chain, Head end, String until, String at, Rested rested, SigningKey key) {
        Closing unsigned = new Closing(chain, end, until, at, rested, key.id(), "");
        return new Closing(chain, end, until, at, rested, key.id(), key.sign(unsigned.signedText()));
    }

    @Override
    public long seq() {
        return end.seq();
    }

    @Override
    public String line() {
        return signedText() + signature;
    }

    boolean signedBy(SigningKey signer) {
        return signer.signed(signedText(), signature);
    }

    private String signedText() {
        return FORM + "1 " + chain + " " + end.seq() + " " + end.hash() + " " + until + " " + at + " " + rested.rows
                + " " + rested.sum + " " + key + " ";
    }

    /** Parses a line; null when it is no closing record. */
    static @Nullable Closing parse(@Nullable String line) {
        Matcher found = LINE.matcher(String.valueOf(line));
        return found.matches() && isTime(found.group(4)) && isTime(found.group(5))
                ? new Closing(
                        found.group(1),
                        new Head(Long.parseLong(found.group(2)), found.group(3)),
                        found.group(4),
                        found.group(5),
                        new Rested(Long.parseLong(found.group(6)), found.group(7)),
                        found.group(8),
                        found.group(9))
                : null;
    }

    private static boolean isTime(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** The closing records of the ledger, that of each chain, in their order; what is no closing record is left out. */
    public static List<Closing> all(Session session) throws SQLException {
        return session.list("SELECT line FROM audit_closing ORDER BY chain", row -> parse(row.getString(1))).stream()
                .filter(Objects::nonNull)
                .toList();
    }

    /** The one that was signed last; its {@link #rested} is that of the ledger now. */
    public static Optional<Closing> newest(List<Closing> all) {
        return all.stream().max((one, other) -> one.at.compareTo(other.at));
    }
}
