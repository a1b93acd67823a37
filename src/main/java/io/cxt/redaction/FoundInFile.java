package io.cxt.redaction;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Told what rules find in a file. */
public interface FoundInFile {
    /**
     * A piece in which something is found.
     *
     * @param line the line it begins on, from 1
     * @param offset its first byte, from 0
     * @param counts by rule
     */
    void at(long line, long offset, Map<String, Integer> counts);

    /** Counts lines and bytes, and leaves nothing of a piece. */
    final class Places implements UnaryOperator<byte[]> {
        private static final byte[] NOTHING = {};

        private final FoundInFile told;
        private final Function<String, Map<String, Integer>> finding;
        private long line = 1;
        private long offset;

        Places(FoundInFile told, Function<String, Map<String, Integer>> finding) {
            this.told = told;
            this.finding = finding;
        }

        @Override
        public byte[] apply(byte[] piece) {
            Map<String, Integer> counts = finding.apply(new String(piece, StandardCharsets.UTF_8));
            if (!counts.isEmpty()) {
                told.at(line, offset, counts);
            }
            offset += piece.length;
            line += piece[piece.length - 1] == '\n' ? 1 : 0;
            return NOTHING;
        }
    }
}
