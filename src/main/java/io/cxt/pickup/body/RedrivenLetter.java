package io.cxt.pickup.body;

import io.cxt.db.Staged;
import io.cxt.intake.LetterContent;
import io.cxt.ledger.ReplayedLetter;
import io.cxt.mapping.Mappings;
import io.cxt.pace.LaneClosedException;
import io.cxt.text.SafeName;
import io.cxt.transcript.EntryReader;
import io.cxt.transcript.ReadingOptions;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that a job hands over as body: it keeps its row and its place of origin, and its calls wait for the job's turn.
 *
 * @param name the same each time that the job hands it over, so that an interrupted reading goes on
 * @param content as received
 * @param mappings how that is read where it is no transcript of our own form
 * @param turns those of the job
 * @param ending what is written with the end of its reading, by the word for the worst outcome of its transcripts; null when
 *     it holds none
 */
public record RedrivenLetter(
        String name,
        LetterContent content,
        Mappings mappings,
        ReplayedLetter letter,
        Turns turns,
        Function<@Nullable String, Staged<Void>> ending) {

    /** The turns of a job to call CXone. */
    public interface Turns {
        /** Waits for the next one. */
        void await() throws LaneClosedException, InterruptedException;
    }

    EntryReader open(ReadingOptions options) throws IOException {
        return content.open(mappings, letter.cameIn(), options);
    }

    /** Leaves the content out: toString ends up in exception messages and logs. */
    @Override
    public String toString() {
        return "RedrivenLetter[" + SafeName.log(name) + "]";
    }
}
