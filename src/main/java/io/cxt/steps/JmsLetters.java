package io.cxt.steps;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.Refusal;
import io.cxt.ledger.Intakes;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** The dead letters of a queue: what a message held is on our disk, with its reason and on record, before it is acknowledged. */
final class JmsLetters {
    private final DeadLetters letters;
    private final Intakes intakes;
    private final Clock clock;

    JmsLetters(DeadLetters letters, Intakes intakes, Clock clock) {
        this.letters = letters;
        this.intakes = intakes;
        this.clock = clock;
    }

    DeadLetters.Incoming begin() throws IOException {
        return letters.begin();
    }

    /**
     * Keeps a message that nobody reads.
     *
     * @return the letter's file, below {@code data.dir}
     */
    String keep(JmsDelivery delivery, JmsBody body, String reason, String why, String next) throws IOException {
        String source = JmsMessage.name(delivery, new byte[0]);
        String file = keep(body.letter(), refusal("rejected", reason, source, why, next), body.ending());
        String id = intakes.open("jms", source, body.sent());
        intakes.undecided(id, source, why, "kept as " + file);
        intakes.close(id, source, 0, "read=0");
        return file;
    }

    /** Keeps a message that meets a fault of ours each time; its reading is on record already. */
    String keep(JmsMessage message, String why) throws IOException {
        String next = "Nothing is wrong with the message. Repair the cause, then run: cxt dead-letters replay with this"
                + " letter's name. What was sent is not sent again.";
        try (DeadLetters.Incoming letter = letters.begin()) {
            letter.stream().write(message.content());
            return keep(
                    letter,
                    refusal("failed", "NOT-DECIDED", message.name(), why, next),
                    MessageForm.ending(message.content()));
        }
    }

    private static String keep(DeadLetters.Incoming letter, Refusal refusal, String ending) throws IOException {
        return letter.keep(refusal, ending).deadLetter();
    }

    private Refusal refusal(String outcome, String reason, String source, String why, String next) {
        String now = clock.instant().toString();
        return new Refusal(
                outcome,
                reason,
                null,
                source,
                1,
                1,
                List.of(new Refusal.Fault(reason, 1, "", why, next)),
                null,
                null,
                next,
                null,
                now,
                now);
    }
}
