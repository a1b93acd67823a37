package io.cxt.pickup;

import io.cxt.intake.Intake;
import io.cxt.intake.Opening;
import io.cxt.intake.Source;
import io.cxt.intake.SourceReading;
import io.cxt.intake.SourceStaysException;
import io.cxt.intake.Verdict;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Ties a source reading to a Camel exchange: an exchange that fails leaves its source where it is. */
public final class ExchangeReading {
    private static final String ANSWER = "cxtAnswer";

    private ExchangeReading() {}

    /**
     * Opens a source until the exchange is over.
     *
     * @throws SourceStaysException when it cannot be read now
     */
    public static SourceReading open(Intake intake, Source source, Exchange exchange) throws SourceStaysException {
        Opening opening = intake.open(source);
        if (opening instanceof Opening.Opened opened) {
            WhenOver.of(exchange, opened.end());
            WhenOver.atLast(exchange, opened.unlock());
            return opened.reading();
        }
        throw new SourceStaysException(((Opening.Stays) opening).why());
    }

    /**
     * Waits until nothing of a source is in flight.
     *
     * @return true when every transcript is decided, false when the source is to be abandoned
     * @throws SourceStaysException when it stays and is read again
     */
    public static boolean finish(Intake intake, SourceReading reading)
            throws SourceStaysException, InterruptedException {
        Verdict verdict = intake.finish(reading);
        if (verdict instanceof Verdict.Stays stays) {
            throw new SourceStaysException(stays.cause().why());
        }
        return verdict instanceof Verdict.Decided;
    }

    /**
     * Brings the answer of a pickup into the exchange of the route that called it. Only the body changes. An exception is
     * new to that exchange: Camel would otherwise leave it to our error handler, which has had it, and not to the sender's.
     * Only {@link #isAnswer} knows it again.
     */
    public static @Nullable Exchange answerToSender(@Nullable Exchange sender, @Nullable Exchange own) {
        if (sender == null || own == null) {
            return sender;
        }
        if (own.getException() != null) {
            sender.setException(own.getException());
            sender.setProperty(ANSWER, own.getException());
        } else {
            sender.getMessage().setBody(own.getMessage().getBody());
        }
        return sender;
    }

    /** True when that exception is what our own exchange ended with: it was logged there. */
    public static boolean isAnswer(Exchange sender, Throwable fault) {
        return sender.getProperty(ANSWER) == fault;
    }
}
