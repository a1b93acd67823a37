package io.cxt.transcript;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The messages of a transcript do not go back in time.
 *
 * <p>Compared are the points in time, so the zones may be mixed. Equal times are in order. A message whose time is
 * missing or cannot be read is stepped over: that has a rule of its own. Reported is the first step back only, since
 * one message out of place often makes all after it look wrong.
 */
@Documented
@Constraint(validatedBy = ChronologicalValidator.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Chronological {

    /** What is reported; begins with the rule's id, as every message here does. */
    String message() default
            "TS-ORDER: is earlier than the message before it; messages must be in chronological order, oldest first";

    /** Asked for by Bean Validation; not used here. */
    Class<?>[] groups() default {};

    /** Asked for by Bean Validation; not used here. */
    Class<? extends Payload>[] payload() default {};
}
