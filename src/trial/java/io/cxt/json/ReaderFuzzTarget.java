package io.cxt.json;

import io.cxt.json.TranscriptReader.Form;
import java.util.Arrays;

/** What a fuzzer calls that is guided by coverage: {@code src/fuzz/run}. It knows the method by its name and parameter. */
public final class ReaderFuzzTarget {
    private static final ReaderOracle ORACLE = new ReaderOracle();

    private ReaderFuzzTarget() {}

    /** @param input the first byte chooses the form and what becomes of unknown fields, the rest is the source */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 1) {
            Form form = (input[0] & 1) == 0 ? Form.DOCUMENT : Form.LINES;
            ORACLE.check(Arrays.copyOfRange(input, 1, input.length), form, (input[0] & 2) != 0);
        }
    }
}
