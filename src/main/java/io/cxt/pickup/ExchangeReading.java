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
    private static final String ANSWERED = "cxtAnswered";

    private ExchangeReading() {}

    /**
     * Opens a source until the exchange is over.
     *
     * @throws SourceStaysException when it cannot be read now
     */
    public static SourceReading open(Intake intake, Source source, Exchange exchange) throws SourceStaysException {
        exchange.removeProperty(ANSWERED); // it may be a copy of one that had an answer
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

    /** Notes that the source of this exchange is closed, so that its body is what became of it. */
    public static void answered(Exchange exchange) {
        exchange.setProperty(ANSWERED, true);
    }

    /**
     * Brings the answer of a pickup into the exchange of the route that called it. Only the body changes. An exception is
     * new to that exchange: Camel would otherwise leave it to our error handler, which has had it, and not to the sender's.
     * Only {@link #isAnswer} knows it again. No answer without an exception is no answer: an error handler or a step took
     * the exception away.
     */
    public static @Nullable Exchange answerToSender(@Nullable Exchange sender, @Nullable Exchange own) {
        if (sender == null || own == null) {
            return sender;
        }
        Exception fault = own.getException();
        if (fault == null && own.getProperty(ANSWERED) == null) {
            fault = new SourceStaysException(
                    "It is not decided: a step or an error handler ended CXT's work on it. Hand it over again; a route of CXT"
                            + " needs errorHandler: defaultErrorHandler, and its last step");
            fault.initCause(own.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
        }
        if (fault == null) {
            sender.getMessage().setBody(own.getMessage().getBody());
        } else {
            sender.setException(fault);
            sender.setProperty(ANSWER, fault);
        }
        return sender;
    }

    /** True when that exception is what our own exchange ended with: it was logged there. */
    public static boolean isAnswer(Exchange sender, Throwable fault) {
        return sender.getProperty(ANSWER) == fault;
    }
}
