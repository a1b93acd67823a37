package io.cxt.pickup.jms;

import io.cxt.archive.DeadLetters;
import io.cxt.archive.Refusal;
import io.cxt.intake.KeptLetters;
import io.cxt.ledger.Intakes;
import io.cxt.text.SafeName;
import io.cxt.transcript.Reason;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dead letters of a queue: the content of a message is on disk, with its reason, before it is acknowledged. */
public final class JmsLetters {
    private static final Logger LOG = LoggerFactory.getLogger(JmsLetters.class);

    private final KeptLetters letters;
    private final Intakes intakes;
    private final Clock clock;

    public JmsLetters(KeptLetters letters, Intakes intakes, Clock clock) {
        this.letters = letters;
        this.intakes = intakes;
        this.clock = clock;
    }

    DeadLetters.Incoming begin() throws IOException {
        return letters.begin();
    }

    /**
     * Keeps a message that cannot be read.
     *
     * @param most bytes that it may have
     */
    void keep(JmsDelivery delivery, JmsBody body, int most) throws IOException {
        String why = body.readable()
                ? "longer than pickup.jms.max-message-bytes = %s".formatted(most)
                : "a message of another kind than TextMessage and BytesMessage";
        Reason reason = body.readable() ? Reason.MESSAGE_TOO_LONG : Reason.MESSAGE_KIND;
        String source = JmsMessage.name(delivery, body.beginning());
        Refusal refusal = refusal("rejected", reason, source, why);
        String file = letters.keep(body.letter(), refusal, body.ending()).deadLetter();
        String id = intakes.open("jms", source, body.sent());
        intakes.undecided(id, source, why, "kept as " + file);
        intakes.close(id, source, 0, "read=0");
        LOG.warn(
                "rejected message={} reason=\"{}\" kept={} next=\"{}\"",
                SafeName.value(source),
                why,
                file,
                reason.hint());
    }

    /**
     * Keeps a message that fails each time without being at fault; its reading is on record already.
     *
     * @return the letter's file, below {@code data.dir}
     */
    @Nullable
    String keep(JmsMessage message, String why) throws IOException {
        Refusal refusal = refusal("failed", Reason.NOT_DECIDED, message.name(), why);
        return letters.keepWhole(refusal, message.content(), message.wholeEnding())
                .deadLetter();
    }

    private Refusal refusal(String outcome, Reason reason, String source, String why) {
        String now = clock.instant().toString();
        return new Refusal(
                outcome,
                reason.id(),
                null,
                source,
                1,
                1,
                List.of(new Refusal.Fault(reason.id(), 1, "", why, reason.hint())),
                null,
                null,
                reason.hint(),
                null,
                now,
                now,
                null);
    }
}
