package io.cxt.intake;

import io.cxt.intake.UndecidedSources.Kind;
import org.jspecify.annotations.Nullable;

/** A step that a site added breaks a rule for steps. The transcript is not at fault: its source stays. */
public final class SiteStepException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String next;

    private SiteStepException(Kind kind, String message, String next) {
        super(message);
        this.kind = kind;
        this.next = next;
    }

    /** A step that may succeed another time. @param message holds nothing of the transcript */
    public SiteStepException(String message) {
        this(Kind.STEP, message, "look at that step and at what it calls");
    }

    /** A step that fails each time until a person changes it. */
    public static SiteStepException forPerson(String message) {
        return new SiteStepException(Kind.PERSON, message, "correct the routes");
    }

    /**
     * Something that is in no route of CXT changes what they do.
     *
     * @param next what a person can do
     */
    public static SiteStepException outside(String message, String next) {
        return new SiteStepException(Kind.PERSON, message, next);
    }

    /**
     * A step was given something that it does not work on.
     *
     * @param next what to do, without a full stop
     */
    public static SiteStepException notA(String what, String step, String next, @Nullable Object body) {
        return new SiteStepException("The body before %s is %s and no %s. %s"
                .formatted(step, body == null ? "empty" : "a " + body.getClass().getName(), what, next));
    }

    /** What can help the source. */
    Kind kind() {
        return kind;
    }

    /** What a person can do. */
    String next() {
        return next;
    }
}
