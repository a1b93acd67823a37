package io.cxt.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.cxone.Prepared;
import io.cxt.cxone.conversations.Conversations;
import io.cxt.fixture.StrictJson;
import io.cxt.json.TranscriptReader.Form;
import io.cxt.transcript.Entry;
import io.cxt.transcript.Limits;
import io.cxt.transcript.Origin;
import io.cxt.transcript.ReadingOptions;
import io.cxt.transcript.Rules;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What must hold of all that the reader makes of any bytes; throws when it does not. */
final class ReaderOracle {
    static final int MAX_RECORD = 64 * 1024;

    private final Rules rules = new Rules();
    private final Conversations target = new Conversations("");

    /**
     * Reads a spoilt text, and looks at all that was made of it.
     *
     * @return how many transcripts were taken from it
     */
    int check(byte[] source, Form form, boolean drop) {
        List<Entry> entries = new ArrayList<>();
        TranscriptReader reader =
                TranscriptReader.open(new ByteArrayInputStream(source), form, new ReadingOptions(drop, MAX_RECORD));
        while (reader.hasNext()) {
            entries.add(reader.next());
            assertThat(reader.held()).isLessThan(8 * MAX_RECORD + (1 << 20));
        }
        int taken = 0;
        for (Entry entry : entries) {
            assertThat(entry.line()).isPositive();
            if (!entry.readable()) {
                assertThat(entry.findings()).isNotEmpty().allMatch(finding -> finding.line() >= 1);
                continue;
            }
            taken++;
            assertThat(entry.findings()).isEmpty();
            assertThat(entry.raw().length).isLessThanOrEqualTo(MAX_RECORD);
            assertThat(StrictJson.holds(entry.raw(), 0, drop, StrictJson.DEEPEST))
                    .as("what was taken")
                    .isTrue();
            goesOut(entry);
        }
        String readAs = entries.isEmpty() ? "" : String.join(" ", entries.get(0).notes());
        if (readAs.matches(".*read-as:(lines|concatenated).*")) {
            nothingBetween(entries, source);
        } else if (form == Form.DOCUMENT
                && !readAs.matches(".*(gzip|utf-16).*")
                && !entries.isEmpty()
                && taken == entries.size()) {
            int from = startsWithMark(source) ? 3 : 0;
            // an array's own level is not one of those of its elements
            // nor is what stands around transcripts ever sent: it may be nested as deep as other formats
            boolean around = readAs.contains("read-as:transcripts");
            int deepest = around ? StrictJsonReader.MAX_DEPTH : StrictJson.DEEPEST + 1;
            assertThat(StrictJson.holds(source, from, drop || around, deepest))
                    .as("the document as a whole")
                    .isTrue();
        }
        return taken;
    }

    /** Of a source in pieces, what was read is all of it but for blanks and commas, up to the first fault. */
    private static void nothingBetween(List<Entry> entries, byte[] source) {
        String text = new String(source, StandardCharsets.ISO_8859_1);
        int at = startsWithMark(source) ? 3 : 0;
        for (Entry entry : entries) {
            if (entry.raw() == null) {
                return;
            }
            int found = text.indexOf(new String(entry.raw(), StandardCharsets.ISO_8859_1), at);
            assertThat(text.substring(at, found)).as("what was passed over").containsPattern("\\A[\\s,]*\\z");
            at = found + entry.raw().length;
        }
        assertThat(text.substring(at)).as("what was passed over at the end").containsPattern("\\A\\s*\\z");
    }

    private static boolean startsWithMark(byte[] source) {
        return source.length > 2 && source[0] == (byte) 0xEF && source[1] == (byte) 0xBB && source[2] == (byte) 0xBF;
    }

    /** What keeps the rules can be written, and what is written is JSON. */
    private void goesOut(Entry entry) {
        if (rules.check(entry.transcript(), entry.line()).isEmpty()) {
            Prepared prepared = target.prepare(entry, new Origin("reading-1", "x", 1, 1), new Limits(7, 9_000, true));
            assertThat(prepared.parts()).allSatisfy(part -> {
                assertThat(part.payload().length).isLessThanOrEqualTo(9_000);
                assertThat(StrictJson.holds(part.payload())).isTrue();
            });
        }
    }
}
