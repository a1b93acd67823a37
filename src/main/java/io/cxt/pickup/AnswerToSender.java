package io.cxt.pickup;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Brings the answer of a pickup into the exchange of the route that called it. Only the body changes. An exception is
 * new to that exchange: Camel would otherwise leave it to our error handler, which has had it, and not to the sender's.
 */
public final class AnswerToSender implements AggregationStrategy {
    @Override
    public @Nullable Exchange aggregate(@Nullable Exchange sender, @Nullable Exchange own) {
        if (sender == null || own == null) {
            return sender;
        }
        if (own.getException() != null) {
            sender.setException(own.getException());
        } else {
            sender.getMessage().setBody(own.getMessage().getBody());
        }
        return sender;
    }
}
