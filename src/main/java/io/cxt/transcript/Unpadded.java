package io.cxt.transcript;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An id has no blanks around it, of no kind. One that is nothing but blanks is missing, which has a rule of its own. */
@Documented
@Constraint(validatedBy = Unpadded.Edges.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Unpadded {

    /** What is reported; begins with the rule's id, as every message here does. */
    String message() default "ID-BLANK: has blanks around it, perhaps of a kind that cannot be seen";

    /** Asked for by Bean Validation; not used here. */
    Class<?>[] groups() default {};

    /** Asked for by Bean Validation; not used here. */
    Class<? extends Payload>[] payload() default {};

    /** Looks at the first and the last character. */
    final class Edges implements ConstraintValidator<Unpadded, String> {

        @Override
        public boolean isValid(String id, ConstraintValidatorContext context) {
            return id == null || id.trim().isEmpty() || Blanks.strip(id).length() == id.length();
        }
    }
}
