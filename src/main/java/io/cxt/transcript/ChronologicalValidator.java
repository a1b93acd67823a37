package io.cxt.transcript;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for the first message that is earlier than one before it. */
public final class ChronologicalValidator implements ConstraintValidator<Chronological, Transcript> {

    @Override
    public boolean isValid(Transcript transcript, ConstraintValidatorContext context) {
        int stepBack = transcript == null ? -1 : firstStepBack(transcript.messages());
        if (stepBack < 0) {
            return true;
        }
        context.disableDefaultConstraintViolation();
        context.buildConstraintViolationWithTemplate(context.getDefaultConstraintMessageTemplate())
                .addPropertyNode("messages")
                .addPropertyNode("timestamp")
                .inIterable()
                .atIndex(stepBack)
                .addConstraintViolation();
        return false;
    }

    /** The index of the first message earlier than the one before it, or -1 when there is none. */
    static int firstStepBack(List<ChatMessage> messages) {
        Instant before = Instant.MIN;
        for (int i = 0; i < messages.size(); i++) {
            Instant instant = instantOf(messages.get(i));
            if (instant == null) {
                continue;
            }
            if (instant.isBefore(before)) {
                return i;
            }
            before = instant;
        }
        return -1;
    }

    /** When the message was written, or null when that is missing or cannot be read. */
    static @Nullable Instant instantOf(ChatMessage message) {
        return message == null || message.timestamp() == null
                ? null
                : message.timestamp().instant();
    }
}
